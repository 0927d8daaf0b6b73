import Columnar
import Core
import Database

/// The columns a warehouse table must have: makes the table, or brings one that is there to this
/// shape without losing its rows.
struct TableShape {
  struct Shaped {
    var name: String
    var type: DataType
    /// What stands behind the type: `NOT NULL`, `PRIMARY KEY`.
    var constraint = ""
    /// What a foreign key refers to, where it is declared with the column: ` REFERENCES …`.
    var reference = ""
    /// SQL for the value of stored rows that lack the column.
    var filling = "NULL"
    /// Whether the table numbers its rows in this column by itself.
    var isNumbered = false

    var isKey: Bool { constraint == "PRIMARY KEY" }
  }

  let table: String
  private(set) var columns: [Shaped] = []
  /// The column by whose months a server parts the table; nil for none.
  var month: String?

  init(_ table: String) { self.table = table }

  mutating func add(
    _ name: String, _ type: DataType, _ constraint: String = "", reference: String = "",
    filling: String = "NULL", isNumbered: Bool = false
  ) {
    columns.append(
      Shaped(
        name: name, type: type, constraint: constraint, reference: reference, filling: filling,
        isNumbered: isNumbered))
  }

  mutating func add(_ fields: some Sequence<Field>) {
    for field in fields { add(field.name, field.type) }
  }

  /// Creates the table if it is missing, else follows the shape: adds the columns it lacks; where a
  /// column has another type or constraint than it had, or one that must not be NULL is no longer
  /// part of it, the table is copied into one of this shape. Other columns that it has beyond the
  /// shape stay as they are: somebody may read them.
  func realize(in database: any LoadingConnection, at place: Place) throws(Fault) {
    try checkNames(place)
    let present = try database.columns(of: table)
    guard database.dialect == .sqlite else {
      let table = ServerTable(self, in: database)
      return present.isEmpty ? try table.make() : try table.follow(present, at: place)
    }
    guard !present.isEmpty else {
      try create(table, columns.map { declaration($0, database.dialect) }, in: database)
      return
    }
    let copying = TableCopy(self, present, in: database)
    if try copying.isNeeded() { return try copying.run() }
    for column in columns where copying.stored(column.name) == nil {
      try database.execute(
        "ALTER TABLE \(database.dialect.quoted(table)) ADD COLUMN "
          + declaration(column, database.dialect))
    }
  }

  func create(
    _ name: String, _ declarations: [String], in database: any LoadingConnection
  ) throws(Fault) {
    try database.execute(
      "CREATE TABLE \(database.dialect.quoted(name)) (\(declarations.joined(separator: ", ")))")
  }

  func declaration(_ column: Shaped, _ dialect: Dialect) -> String {
    // Under this name alone SQLite makes a key the row's own number.
    let type =
      column.constraint == "PRIMARY KEY" ? "INTEGER" : dialect.declaration(of: column.type)
    let rest = column.constraint.isEmpty ? "" : " \(column.constraint)"
    return "\(dialect.quoted(column.name)) \(type)\(rest)\(column.reference)"
  }

  private func checkNames(_ place: Place) throws(Fault) {
    var seen: Set<String> = []
    for column in columns where !seen.insert(column.name.lowercased()).inserted {
      throw Fault(
        .configuration, at: place,
        "\(table): the SELECT gives \(column.name), which the loader makes itself",
        remedy: "rename the column")
    }
  }
}
