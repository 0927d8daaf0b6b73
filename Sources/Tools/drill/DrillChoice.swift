import ArgumentParser
import Core
import Recovery
import UnixTool

/// What is drilled, and where.
struct DrillChoice: ParsableArguments {
  @Flag(help: "only a table and a day, chosen by --seed")
  var partial = false

  @Option(help: ArgumentHelp("what chance chooses by (default: the time)", valueName: "N"))
  var seed: UInt64?

  @Option(
    name: .customLong("break"),
    help: ArgumentHelp("damage that is done to the drill's own copies", valueName: "WHAT"))
  var damage: DrillDamage?

  @Option(help: ArgumentHelp("the newest epoch that is not after this time", valueName: "TIME"))
  var at: Timestamp?

  @Option(
    name: .customLong("epoch"), help: ArgumentHelp("the epoch of this name", valueName: "NAME"))
  var name: String?

  @Option(help: ArgumentHelp("commits of each table that are done once more", valueName: "N"))
  var intervals: Int64 = 2

  @Option(
    help: ArgumentHelp("folder for what is restored, or TMPDIR (default: /tmp)", valueName: "DIR"))
  var scratch: String?

  @Option(
    help: ArgumentHelp("folder for reports (default: DIR/_drills of the lake)", valueName: "DIR"))
  var record: String?

  @Option(help: ArgumentHelp("user who drills, where root starts it", valueName: "NAME"))
  var user: String?

  func epoch() throws(Fault) -> EpochChoice { try EpochChoice(at: at, named: name) }
}

extension DrillDamage: ExpressibleByArgument {}
