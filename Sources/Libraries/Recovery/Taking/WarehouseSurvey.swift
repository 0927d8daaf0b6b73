import Columnar
package import Core
import Database
import WarehouseJobs

/// A warehouse that is to be backed up: where it is, and what its server wants to know.
package struct WarehouseSource: Sendable {
  let place: WarehousePlace
  /// The address of its server, which holds no password; of a file its path.
  let address: String
  let password: String?

  package init(_ address: String, password: String?) throws(Fault) {
    place = try WarehousePlace(address, password: password)
    self.address = address
    self.password = password
  }
}

/// The warehouse as it stands in one moment.
///
/// A SQLite file is copied by SQLite's own online backup, which sees one transaction's state
/// however much is written meanwhile, and keeps pages where they were, so that what did not change
/// is known from the epoch before. Of a PostgreSQL server the warehouse's four schemas are dumped
/// by pg_dump (`--format=custom`, not compressed, since chunks are), in the very snapshot that the
/// control totals are read in: a base backup would be of the whole server, with databases that are
/// none of ours, and could be put back on a server of the same version only.
struct WarehouseSurvey {
  /// The warehouse's part of an epoch.
  struct Found {
    let items: [EpochItem]
    let mark: EpochCut.WarehouseMark
  }

  /// Where a dump lies below the root of what is restored.
  static let dump = "warehouse/warehouse.dump"
  /// Where a file lies.
  static let file = "lake/warehouse.db"
  static let schemas = ["dim", "fact", "staging", "medallion"]

  private let source: WarehouseSource
  private let files: any FileSystem
  private let scratch: EpochScratch

  init(_ source: WarehouseSource, _ files: any FileSystem, _ scratch: EpochScratch) {
    self.source = source
    self.files = files
    self.scratch = scratch
  }

  /// The warehouse as it stands now; nil when there is none.
  func take() throws(Fault) -> Found? {
    guard let path = source.place.path else { return try takeFromServer() }
    guard try files.exists(path) else { return nil }
    let copy = try scratch.copy(path)
    let totals = try WarehouseTotals(of: WarehousePlace(copy), "file", files)
    return Found(items: [EpochItem(Self.file, .copy(copy))], mark: totals.mark)
  }

  private func takeFromServer() throws(Fault) -> Found? {
    guard let session = try source.place.openedToRead(files) else { return nil }
    guard try session.hasTable("_ledger") else { return nil }
    try session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    defer { try? session.execute("COMMIT") }
    guard case .string(let snapshot) = try session.value("SELECT pg_export_snapshot()") else {
      throw Fault(
        .internal, at: session.place, "the server gives no snapshot", remedy: "report it")
    }
    let mark = try WarehouseTotals.mark(in: session, kind: "server")
    let path = scratch.newPath("dump")
    let arguments =
      ["--format=custom", "--compress=0", "--no-password", "--snapshot=\(snapshot)"]
      + Self.schemas.map { "--schema=\($0)" } + ["--file=\(path)", "--dbname=\(source.address)"]
    let outcome = try ChildProgram(
      "pg_dump", arguments, environment: source.password.map { ["PGPASSWORD": $0] } ?? [:]
    ).run(remedy: "install the server's client programs: apt-get install postgresql-client")
    guard outcome.status == 0 else {
      throw Fault(
        .temporary, at: session.place, "pg_dump ended with \(outcome.status): \(outcome.lastWord)",
        remedy: "see whether pg_dump is of the server's version, and its user may read the schemas")
    }
    return Found(items: [EpochItem(Self.dump, .copy(path))], mark: mark)
  }
}

/// Control totals of a warehouse: how many rows each table has, and the sums of its whole numbers.
struct WarehouseTotals {
  let mark: EpochCut.WarehouseMark

  /// The totals of the warehouse at `place`.
  init(of place: WarehousePlace, _ kind: String, _ files: any FileSystem) throws(Fault) {
    guard let database = try place.openedToRead(files) else {
      throw Fault(.missing, "the warehouse is gone", remedy: "load it: make warehouse")
    }
    mark = try Self.mark(in: database, kind: kind)
  }

  static func mark(
    in database: any LoadingConnection, kind: String
  ) throws(Fault) -> EpochCut.WarehouseMark {
    var mark = EpochCut.WarehouseMark(kind: kind)
    if try database.hasTable("_ledger") {
      let rows = try database.rows(
        "SELECT table_name, inputs FROM _ledger WHERE load_id IN "
          + "(SELECT max(load_id) FROM _ledger GROUP BY table_name)")
      for row in rows {
        if case .string(let table) = row[0], case .string(let inputs) = row[1] {
          mark.loads[table] = inputs
        }
      }
    }
    for table in try database.tables() where !table.hasPrefix("_") && !table.hasPrefix("stg_") {
      mark.totals[table] = try totals(of: table, in: database)
    }
    return mark
  }

  private static func totals(
    of table: String, in database: any LoadingConnection
  ) throws(Fault) -> [String: String] {
    let dialect = database.dialect
    let summed = try database.columns(of: table).filter {
      [.tinyint, .smallint, .int, .bigint].contains($0.type)
    }.map(\.name)
    // Remainders, since sums of keys that are hashes do not fit into any number.
    let sums = summed.map {
      "sum(CAST(\(dialect.quoted($0)) AS \(dialect.wholeNumber)) % 1000000007)"
    }
    let list = (["count(*)"] + sums.map { "CAST(\($0) AS TEXT)" }).joined(separator: ", ")
    let row = try database.rows("SELECT \(list) FROM \(dialect.quoted(table))").first ?? []
    var totals: [String: String] = [:]
    for (name, value) in zip(["rows"] + summed, row) {
      switch value {
      case .integer(let number): totals[name] = "\(number)"
      case .string(let text): totals[name] = text
      default: totals[name] = "0"
      }
    }
    return totals
  }
}
