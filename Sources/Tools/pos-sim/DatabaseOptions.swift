import ArgumentParser
import Core
import UnixTool

/// Where a source database goes.
struct DatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("SQLite file to make, or to take on from its day", valueName: "FILE"))
  var database: String?

  @Flag(help: "a script for PostgreSQL instead")
  var sql = false

  @Option(help: ArgumentHelp("leave out of the script what was up to this day", valueName: "DAY"))
  var since: CivilDate?

  @Option(
    name: .customLong("orders-per-day"),
    help: ArgumentHelp("orders of the web shop on an average day", valueName: "N"))
  var ordersPerDay = 200

  mutating func validate() throws {
    database = try database.map { try FileAddress.path($0) }
    try check(ordersPerDay, in: 1...999_999, "orders-per-day")
  }

  /// What becomes of a database.
  enum Form {
    case file(String)
    case script(since: CivilDate?)
  }

  func form() throws(Fault) -> Form {
    switch (database, sql) {
    case (let path?, false): return .file(path)
    case (nil, true): return .script(since: since)
    case (nil, false):
      throw Fault(
        .usage, "it is not said where the database goes",
        remedy: "give '--database FILE' or '--sql'")
    case (_?, true):
      throw Fault(.usage, "--database and --sql together", remedy: "give one of them")
    }
  }
}
