import Columnar
import Core
import Database

/// The table `stg_<name>` with what the current load brought; emptied by the next load.
///
/// After a load that filled an empty fact it is a view of the fact, whose rows are what it brought.
struct Staging {
  let name: String
  let schema: Schema
  /// Columns of the key of which no staged row has a NULL, where the database finds rows faster
  /// that way.
  var filledKeys: Set<String> = []
  private let table: WarehouseTable
  private let load: LoadContext

  /// So many keys are remembered to tell whether one came twice; beyond that SQLite tells.
  static let hashLimit = 2_000_000

  /// Makes an empty staging table with the columns of `schema`.
  init(_ table: WarehouseTable, _ schema: Schema, of load: LoadContext) throws(Fault) {
    name = Staging.name(of: table.name)
    self.schema = schema
    self.table = table
    self.load = load
    try Staging.drop(name, in: load.database)
    var shape = TableShape(name)
    shape.add(schema.fields)
    try shape.realize(in: load.database, at: load.database.place)
  }

  static func name(of table: String) -> String { "stg_\(table)" }

  /// Takes away what the load before left under `name`.
  static func drop(_ name: String, in database: any LoadingConnection) throws(Fault) {
    if let kind = try database.relation(name)?.kind {
      try database.execute("DROP \(kind) \(database.dialect.quoted(name))")
    }
  }

  /// Appends all batches that `next` gives.
  func append(_ next: @escaping () throws -> Batch?) throws {
    _ = try load.database.append(
      to: name, schema.names, at: table.place, naming: { [table] in table.name(ofRow: $0, in: $1) },
      next)
  }

  /// `.verdict` when two rows have the same key, NULLs taken as equal.
  func checkKeys() throws(Fault) { try checkRepeats(in: name, of: table, load) }

  /// `.verdict` when a row has a NULL in its key.
  func checkNoNulls() throws(Fault) {
    for column in table.key {
      let count = try load.database.integer(
        "SELECT count(*) FROM \(load.quoted(name)) WHERE \(load.quoted(column)) IS NULL")
      guard count == 0 else {
        throw Fault(
          .verdict, at: table.place,
          "\(table.name): \(counted(count, "row")) \(count == 1 ? "has" : "have") no \(column)",
          remedy: "leave them out in the SELECT: a member needs a key")
      }
    }
  }
}

/// `.verdict` when two rows that are stored under `name` have the same key of `table`, NULLs taken
/// as equal.
func checkRepeats(
  in name: String, of table: WarehouseTable, _ load: LoadContext
) throws(Fault) {
  let columns = table.key.map(load.quoted).joined(separator: ", ")
  let repeated = try load.database.rows(
    "SELECT \(columns) FROM \(load.quoted(name)) GROUP BY \(columns) HAVING count(*) > 1 LIMIT 1")
  guard let row = repeated.first else { return }
  throw Fault(
    .verdict, at: table.place, "\(table.name): several rows have \(table.keyWords(row))",
    remedy: "make the SELECT give one row a key, or name more columns in 'key'")
}

/// SQL for the natural key as one text: its columns' texts with a unit separator between them.
func naturalKey(_ columns: [String], of alias: String, _ dialect: Dialect) -> String {
  columns.map { dialect.keyText("\(alias).\(dialect.quoted($0))") }.joined(
    separator: " || '\u{1F}' || ")
}

/// SQL that holds when the columns are equal on both sides, NULLs included. `filled` are those that
/// have no NULL on one of the sides: only they lead a server to an index.
func same(
  _ columns: [String], _ left: String, _ right: String, _ dialect: Dialect,
  filled: Set<String> = []
) -> String {
  columns.map { column in
    let sign = filled.contains(column) ? "=" : "IS NOT DISTINCT FROM"
    return "\(left).\(dialect.quoted(column)) \(sign) \(right).\(dialect.quoted(column))"
  }.joined(separator: " AND ")
}

/// SQL that holds when any of the columns differs, NULLs taken as equal.
func differing(_ columns: [String], _ left: String, _ right: String, _ dialect: Dialect) -> String {
  columns.isEmpty
    ? "false"
    : columns.map {
      "\(left).\(dialect.quoted($0)) IS DISTINCT FROM \(right).\(dialect.quoted($0))"
    }.joined(separator: " OR ")
}
