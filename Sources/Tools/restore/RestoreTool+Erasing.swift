import ArgumentParser
import Audit
import Core
import LakeJobs
import LakeTool
import Recovery
import Stewardship
import UnixTool

extension RestoreTool {
  /// Has whom the record of erasures tells of leave what was restored of an epoch of before; the
  /// restored lake's record of acts tells of it.
  func eraseAgain(_ place: RestoredPlace, _ console: Console) throws {
    console.say(
      "\(counted(place.erasures.count, "person")) erased after the epoch was taken: "
        + "erasing them again")
    let lake = try options(of: place)
    guard
      let secret = try Secret.value(of: ErasureFolder.secretName, in: "\(place.lake)/_secrets")
    else {
      throw Fault(
        .configuration, "no secret '\(ErasureFolder.secretName)', by which they are known again",
        remedy: "give it as MEDALLION_SECRET_ERASURE_KEY")
    }
    do {
      let workspace = try lake.workspace(console)
      let erasure = Erasure(
        workspace, place.warehouse, lake.queryContext(console),
        try SubjectsFile(jobsFolder: lake.jobs, LocalFileSystem()), secret: secret)
      let entry = lake.entry(
        "erase.again", ErasureFolder.record, [("plans", place.erasures.joined(separator: " "))])
      try lake.audit(console).recording(entry) {
        _ = try erasure.eraseAgain(place.erasures) {
          console.note("\($0.kind.rawValue) \($0.name)")
        }
      }
    } catch let fault as Fault where fault.kind == .configuration && erasing.jobs == nil {
      // Job files of before the first erasure may not say what it takes.
      throw Fault(
        .configuration, at: fault.place, "\(fault.problem), and persons are to be erased again",
        remedy: "give '--erase-by DIR': the job files of today, which say it")
    }
  }

  /// The restored lake, with the job files that tell what is said of persons.
  private func options(of place: RestoredPlace) throws -> LakeOptions {
    var arguments = ["--lake=\(place.lake)", "--jobs=\(erasing.jobs ?? place.jobs)"]
    if let keys = erasing.keys { arguments.append("--keys=\(keys)") }
    return try LakeOptions.parse(arguments)
  }
}
