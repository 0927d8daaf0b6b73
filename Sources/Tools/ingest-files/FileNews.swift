import Core
import Ingest
import LakeJobs
import UnixTool

extension Console {
  /// Says what became of files that were to be taken into `table`, but for those that were refused;
  /// `isNamed` says that a person named them, who expects each to be taken.
  func tell(of outcome: FileIngest.Outcome, into table: LakeTableName, isNamed: Bool) {
    if isNamed {
      for file in outcome.known { say("\(file): taken before, nothing to do") }
    }
    for file in outcome.repeated {
      say("\(file): the same bytes were taken before, nothing to do")
    }
    for file in outcome.alike {
      say("\(file): holds the bytes of another file, and is taken as another delivery")
    }
    for file in outcome.changed { warn(.changedInput(file)) }
    for (file, words, count) in outcome.drifted {
      warn(.drift(words, of: file, table, rejectedCount: count))
    }
    for (file, why) in outcome.waiting {
      let fault = Fault(.temporary, at: Place(file), why, remedy: "left for a later run")
      if isNamed { fail(fault) } else { say("\(file): \(why)") }
    }
  }
}
