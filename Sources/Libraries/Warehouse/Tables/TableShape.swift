import Columnar
import Core
import Database

/// The columns a warehouse table must have: makes the table, or adds what it lacks.
struct TableShape {
  struct Shaped {
    var name: String
    var type: DataType
    /// What stands behind the type: `NOT NULL`, `PRIMARY KEY`.
    var constraint = ""
  }

  let table: String
  private(set) var columns: [Shaped] = []

  init(_ table: String) { self.table = table }

  mutating func add(_ name: String, _ type: DataType, _ constraint: String = "") {
    columns.append(Shaped(name: name, type: type, constraint: constraint))
  }

  mutating func add(_ fields: some Sequence<Field>) {
    for field in fields { add(field.name, field.type) }
  }

  /// Creates the table if it is missing, else adds the columns it lacks; columns it has beyond the
  /// shape stay as they are. `.configuration` when a column has another type than it had.
  func realize(in database: SQLiteConnection, at place: Place) throws(Fault) {
    try checkNames(place)
    let dialect = database.dialect
    let present = try database.columns(of: table)
    guard !present.isEmpty else {
      let list = columns.map { declaration($0, dialect) }.joined(separator: ", ")
      try database.execute("CREATE TABLE \(dialect.quoted(table)) (\(list))")
      return
    }
    for column in columns {
      guard
        let found = present.first(where: { $0.name.lowercased() == column.name.lowercased() })
      else {
        guard column.constraint.isEmpty else { throw rebuildFault(column.name, place) }
        try database.execute(
          "ALTER TABLE \(dialect.quoted(table)) ADD COLUMN \(declaration(column, dialect))")
        continue
      }
      guard found.declaredType == typeName(column, dialect) else {
        throw rebuildFault(column.name, place)
      }
    }
  }

  private func declaration(_ column: Shaped, _ dialect: Dialect) -> String {
    let type = typeName(column, dialect)
    let rest = column.constraint.isEmpty ? "" : " \(column.constraint)"
    return "\(dialect.quoted(column.name)) \(type)\(rest)"
  }

  private func typeName(_ column: Shaped, _ dialect: Dialect) -> String {
    // Under this name alone SQLite makes a key the row's own number.
    column.constraint == "PRIMARY KEY" ? "INTEGER" : dialect.declaration(of: column.type)
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

  private func rebuildFault(_ column: String, _ place: Place) -> Fault {
    Fault(
      .configuration, at: place, "\(table): column \(column) has changed its kind",
      remedy: "drop the table in the warehouse and load it anew: its keys stay")
  }
}
