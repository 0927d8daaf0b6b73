import Columnar
import Core
import Database

/// The table `stg_<name>` with what the current load brought; emptied by the next load.
struct Staging {
  let name: String
  let schema: Schema
  private(set) var content: DeliveredContent
  private let load: WarehouseLoad
  private let insert: SQLiteStatement

  /// Makes an empty staging table with the columns of `schema`; `key` is what must not repeat.
  init(_ table: String, _ schema: Schema, key: [String], of load: WarehouseLoad) throws(Fault) {
    name = "stg_\(table)"
    self.schema = schema
    self.load = load
    content = DeliveredContent(schema, keys: key.compactMap { schema.index(of: $0) })
    try load.database.execute("DROP TABLE IF EXISTS \(load.quoted(name))")
    var shape = TableShape(name)
    shape.add(schema.fields)
    try shape.realize(in: load.database, at: load.database.place)
    insert = try load.database.insertion(into: name, schema.names)
  }

  mutating func append(_ batch: Batch) throws(Fault) {
    try insert.runAll(batch)
    content.add(batch)
  }

  /// `.verdict` when two rows have the same key, NULLs taken as equal.
  func checkKeys(_ key: [String], _ place: Place) throws(Fault) {
    guard content.mayRepeatKeys else { return }
    let columns = key.map(load.quoted).joined(separator: ", ")
    let repeated = try load.database.rows(
      "SELECT \(columns) FROM \(load.quoted(name)) GROUP BY \(columns) HAVING count(*) > 1 LIMIT 1")
    guard let row = repeated.first else { return }
    let values = zip(key, row).map { "\($0) = \(plain($1))" }.joined(separator: ", ")
    throw Fault(
      .verdict, at: place, "several rows have \(values)",
      remedy: "make the SELECT give one row a key, or name more columns in 'key'")
  }

  /// `.verdict` when a row has a NULL in `key`.
  func checkNoNulls(_ key: [String], _ place: Place) throws(Fault) {
    for column in key {
      let count = try load.database.integer(
        "SELECT count(*) FROM \(load.quoted(name)) WHERE \(load.quoted(column)) IS NULL")
      guard count == 0 else {
        throw Fault(
          .verdict, at: place, "\(count) rows have no \(column)",
          remedy: "leave them out in the SELECT: a member needs a key")
      }
    }
  }
}

/// A stored value for a message.
func plain(_ value: Scalar) -> String {
  switch value {
  case .null: "NULL"
  case .string(let text): "'\(text)'"
  case .integer(let number): "\(number)"
  case .double(let number): "\(number)"
  default: "\(value)"
  }
}

/// SQL for the natural key as one text: its columns' texts with a unit separator between them.
func naturalKey(_ columns: [String], of alias: String, _ dialect: Dialect) -> String {
  columns.map { "CAST(\(alias).\(dialect.quoted($0)) AS TEXT)" }.joined(
    separator: " || char(31) || ")
}

/// SQL that holds when the columns are equal on both sides, NULLs included.
func same(_ columns: [String], _ left: String, _ right: String, _ dialect: Dialect) -> String {
  columns.map { "\(left).\(dialect.quoted($0)) IS \(right).\(dialect.quoted($0))" }
    .joined(separator: " AND ")
}

/// SQL that holds when any of the columns differs, NULLs taken as equal.
func differing(_ columns: [String], _ left: String, _ right: String, _ dialect: Dialect) -> String {
  columns.isEmpty
    ? "0"
    : columns.map { "\(left).\(dialect.quoted($0)) IS NOT \(right).\(dialect.quoted($0))" }
      .joined(separator: " OR ")
}
