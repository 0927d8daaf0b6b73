import ArgumentParser
import Audit
import Core
import UnixTool

/// Which entries of the record are listed.
struct EntryChoice: ParsableArguments {
  @Option(help: ArgumentHelp("only of this kind; * stands for any letters", valueName: "KIND"))
  var kind: String?

  @Option(help: ArgumentHelp("only what was done to this; with * too", valueName: "NAME"))
  var subject: String?

  @Option(help: ArgumentHelp("only what this user did", valueName: "NAME"))
  var user: String?

  @Option(name: .customLong("of-run"), help: ArgumentHelp("only what a run did", valueName: "UUID"))
  var ofRun: RunID?

  @Option(help: ArgumentHelp("only from this time on", valueName: "TIME"))
  var since: Timestamp?

  @Option(help: ArgumentHelp("only before this time", valueName: "TIME"))
  var until: Timestamp?

  @Option(
    name: .customShort("n"),
    help: ArgumentHelp("the last so many (default: 100, JSON and CSV: all)", valueName: "N"))
  var count: Int?

  func validate() throws {
    guard count.map({ $0 > 0 }) ?? true else {
      throw ValidationError("'\(count ?? 0)' is no number of entries; give one from 1")
    }
  }

  /// The same as a search has it.
  var choice: AuditSearch.Choice {
    var choice = AuditSearch.Choice()
    choice.kind = kind.map { NamePattern($0) }
    choice.subject = subject.map { NamePattern($0) }
    choice.user = user
    choice.runID = ofRun?.description
    choice.since = since
    choice.until = until
    return choice
  }
}
