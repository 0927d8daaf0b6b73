import Columnar
import Core
import Database

/// Copies a stored table into one of another shape under the same name, within the load's
/// transaction: rows, indexes and triggers stay, and views that read the table find it again.
struct TableCopy {
  private let shape: TableShape
  private let present: [TableColumn]
  private let database: any LoadingConnection
  private var dialect: Dialect { database.dialect }

  /// `present` are the columns that the table has.
  init(_ shape: TableShape, _ present: [TableColumn], in database: any LoadingConnection) {
    self.shape = shape
    self.present = present
    self.database = database
  }

  /// The stored column called `name` in any letter case.
  func stored(_ name: String) -> TableColumn? {
    present.first { $0.name.lowercased() == name.lowercased() }
  }

  /// Whether the table cannot be brought to its shape by new columns alone.
  func isNeeded() throws(Fault) -> Bool {
    if extra.contains(where: { !$0.isNullable }) { return true }
    guard
      case .string(let text) = try database.value(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1 COLLATE NOCASE",
        [.string(shape.table)])
    else { return false }
    return shape.columns.contains { column in
      guard let stored = stored(column.name) else { return !column.constraint.isEmpty }
      return !text.contains(shape.declaration(column, dialect))
        || column.constraint.isEmpty && !stored.isNullable
    }
  }

  func run() throws(Fault) {
    let copy = "_copy_of_\(shape.table)"
    let kept = extra.filter(\.isNullable)
    try shape.create(
      copy,
      shape.columns.map { shape.declaration($0, dialect) }
        + kept.map { "\(dialect.quoted($0.name)) \($0.declaredType)" }, in: database)
    let names = shape.columns.map(\.name) + kept.map(\.name)
    let values = shape.columns.map(value) + kept.map { dialect.quoted($0.name) }
    let table = dialect.quoted(shape.table)
    try database.execute(
      """
      INSERT INTO \(dialect.quoted(copy)) (\(names.map(dialect.quoted).joined(separator: ", ")))
      SELECT \(values.joined(separator: ", ")) FROM \(table)
      """)
    let companions = try companions()
    // Views that read the table are not looked at while it is away.
    try database.execute(
      "PRAGMA legacy_alter_table = ON; DROP TABLE \(table); "
        + "ALTER TABLE \(dialect.quoted(copy)) RENAME TO \(table); "
        + "PRAGMA legacy_alter_table = OFF")
    for companion in companions {
      // One over a column that is gone goes with it.
      try? database.execute(companion)
    }
  }

  private var extra: [TableColumn] {
    let names = Set(shape.columns.map { $0.name.lowercased() })
    return present.filter { !names.contains($0.name.lowercased()) }
  }

  /// The statements that made the table's indexes and triggers.
  private func companions() throws(Fault) -> [String] {
    let found = try database.rows(
      "SELECT sql FROM sqlite_schema WHERE tbl_name = $1 COLLATE NOCASE "
        + "AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid",
      [.string(shape.table)])
    return found.compactMap { if case .string(let text) = $0[0] { text } else { nil } }
  }

  /// SQL for what a row of the copy holds in a column of the shape.
  private func value(of column: TableShape.Shaped) -> String {
    guard let stored = stored(column.name) else { return column.filling }
    let name = dialect.quoted(stored.name)
    let value = converted(name, from: stored.type, to: column.type)
    guard column.constraint.hasPrefix("NOT NULL"), value != name || stored.isNullable else {
      return value
    }
    return "coalesce(\(value), \(column.filling))"
  }

  /// SQL for a stored value as one of another type; NULL where it is none: the load that follows
  /// brings the values of all rows that the job still gives.
  private func converted(_ name: String, from old: DataType, to new: DataType) -> String {
    switch (old, new) {
    case _ where old == new: name
    case (_, .string): "CAST(\(name) AS TEXT)"
    case (.tinyint, .smallint), (.tinyint, .int), (.smallint, .int), (_, .bigint):
      "CASE WHEN CAST(CAST(\(name) AS INTEGER) AS TEXT) = CAST(\(name) AS TEXT) "
        + "THEN CAST(\(name) AS INTEGER) END"
    case (.decimal(_, let scale), .decimal(_, let newScale)) where newScale >= scale: name
    case (.tinyint, .decimal), (.smallint, .decimal), (.int, .decimal), (.bigint, .decimal): name
    case (.float, .double), (.decimal, .double): name
    default: "NULL"
    }
  }
}
