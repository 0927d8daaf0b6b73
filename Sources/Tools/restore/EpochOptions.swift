import ArgumentParser
import Core
import Recovery
import UnixTool

/// Which epoch, and how much of it.
struct EpochOptions: ParsableArguments {
  @Option(help: ArgumentHelp("the newest epoch that is not after this time", valueName: "TIME"))
  var at: Timestamp?

  @Option(
    name: .customLong("epoch"), help: ArgumentHelp("the epoch of this name", valueName: "NAME"))
  var name: String?

  @Option(
    name: .customLong("table"),
    help: ArgumentHelp("only this table, or log such as bronze/pos/events", valueName: "TABLE"))
  var tables: [String] = []

  @Option(help: ArgumentHelp("only what tables have of this day", valueName: "DATE"))
  var day: CivilDate?

  func epoch() throws(Fault) -> EpochChoice { try EpochChoice(at: at, named: name) }

  func scope() -> RestoreScope {
    if let day { return .day(day, tables) }
    return tables.isEmpty ? .whole : .tables(tables)
  }
}
