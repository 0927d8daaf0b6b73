import ArgumentParser
import Core
import LakeTool
import UnixTool

/// What only some actions take.
struct BackupChoice: ParsableArguments {
  @Option(help: ArgumentHelp("bytes a second that go to the backup at most", valueName: "SIZE"))
  var bandwidth: ByteCount?

  @Option(
    name: .customLong("read-data"),
    help: ArgumentHelp("read this share of the packs: 5%, or all", valueName: "SHARE"))
  var reading: DataShare?

  @Option(
    name: .customLong("recipient-key"),
    help: ArgumentHelp("file of the key of who is added", valueName: "FILE"))
  var recipientKey: String?

  @Option(
    name: .customLong("keep-last"), help: ArgumentHelp("keep the last so many", valueName: "N"))
  var keepLast = 1

  @Option(name: .customLong("keep-daily"), help: ArgumentHelp("of so many days", valueName: "N"))
  var keepDaily = 0

  @Option(name: .customLong("keep-weekly"), help: ArgumentHelp("of so many weeks", valueName: "N"))
  var keepWeekly = 0

  @Option(
    name: .customLong("keep-monthly"), help: ArgumentHelp("of so many months", valueName: "N"))
  var keepMonthly = 0

  @Option(name: .customLong("keep-yearly"), help: ArgumentHelp("of so many years", valueName: "N"))
  var keepYearly = 0

  @Flag(name: .customLong("prune"), help: "free the room of what is forgotten, too")
  var prunes = false
}
