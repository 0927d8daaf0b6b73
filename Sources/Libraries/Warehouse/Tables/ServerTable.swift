import Columnar
import Core
import Database

/// A table of a server: made in its shape, or altered in place to follow it. Rows, indexes, foreign
/// keys and what others were allowed stay.
struct ServerTable {
  private let shape: TableShape
  private let database: any LoadingConnection
  private var dialect: Dialect { database.dialect }
  private var name: String { dialect.quoted(shape.table) }

  init(_ shape: TableShape, in database: any LoadingConnection) {
    self.shape = shape
    self.database = database
  }

  func make() throws(Fault) {
    var lines = shape.columns.map(declaration)
    var key = shape.columns.filter(\.isKey).map(\.name)
    if !key.isEmpty {
      if let month = shape.month { key.append(month) }
      lines.append("PRIMARY KEY (\(list(key)))")
    }
    let partitioning = shape.month.map { " PARTITION BY RANGE (\(dialect.quoted($0)))" } ?? ""
    if let numbered = shape.columns.first(where: \.isNumbered) {
      try database.execute("CREATE SEQUENCE IF NOT EXISTS \(sequence(numbered))")
    }
    let made = WarehouseSchema.newName(shape.table, dialect)
    try database.execute("CREATE TABLE \(made) (\(lines.joined(separator: ", ")))\(partitioning)")
    if let numbered = shape.columns.first(where: \.isNumbered) {
      try database.execute(
        "ALTER SEQUENCE \(sequence(numbered)) OWNED BY \(made).\(dialect.quoted(numbered.name))")
    }
  }

  /// Follows the shape; `present` are the columns that the table has.
  func follow(_ present: [TableColumn], at place: Place) throws(Fault) {
    let isPartitioned = try MonthPartitions(of: shape.table, in: database)?.column
    if isPartitioned != shape.month { return try makeAnew(present, at: place) }
    let changes = changes(present)
    guard !changes.isEmpty else { return }
    try clearViews()
    for change in changes { try database.execute(change) }
  }

  /// Takes away what shows its columns and would keep them as they are; the load that goes on makes
  /// its own views anew.
  private func clearViews() throws(Fault) {
    let beside = try database.rows(
      "SELECT name FROM _views WHERE fact = $1", [.string(shape.table)]
    ).compactMap { if case .string(let view) = $0[0] { view } else { nil } }
    for view in beside + ["\(shape.table)_cents"] {
      try MaskedViews.stepAside(from: view, in: database)
      try database.execute("DROP VIEW IF EXISTS \(dialect.quoted(view))")
    }
    try MaskedViews.stepAside(from: shape.table, in: database)
  }

  private func changes(_ present: [TableColumn]) -> [String] {
    let names = Set(shape.columns.map { $0.name.lowercased() })
    var changes = present.filter { !names.contains($0.name.lowercased()) && !$0.isNullable }.map {
      "ALTER TABLE \(name) DROP COLUMN \(dialect.quoted($0.name))"
    }
    for column in shape.columns where !column.isKey {
      let quoted = dialect.quoted(column.name)
      let alter = "ALTER TABLE \(name) ALTER COLUMN \(quoted)"
      let isFilled = column.constraint.hasPrefix("NOT NULL")
      let type = dialect.declaration(of: column.type)
      var isNullable = true
      if let stored = present.first(where: { $0.name.lowercased() == column.name.lowercased() }) {
        isNullable = stored.isNullable
        if stored.type != dialect.dataType(declared: type) {
          changes.append("\(alter) TYPE \(type) USING \(column.converted(quoted, from: stored))")
        }
      } else {
        changes.append("ALTER TABLE \(name) ADD COLUMN \(quoted) \(type)")
      }
      if isFilled, isNullable {
        changes.append("UPDATE \(name) SET \(quoted) = \(column.filling) WHERE \(quoted) IS NULL")
        changes.append("\(alter) SET NOT NULL")
      } else if !isFilled, !isNullable, column.name != shape.month {
        changes.append("\(alter) DROP NOT NULL")
      }
      if isFilled, let standard = column.standard { changes.append("\(alter) \(standard)") }
    }
    // Of a column that has its default already there is nothing to do.
    return changes.contains { !$0.contains(" SET DEFAULT ") } ? changes : []
  }

  /// Partitions are declared when a table is made: its rows go into a new one.
  private func makeAnew(_ present: [TableColumn], at place: Place) throws(Fault) {
    let before = "\(shape.table)_before"
    try clearViews()
    try database.execute("ALTER TABLE \(name) RENAME TO \(dialect.quoted(before))")
    try make()
    let kept = present.filter { column in shape.columns.contains { $0.name == column.name } }
    if let month = shape.month, kept.contains(where: { $0.name == month }) {
      let values = try database.rows(
        "SELECT DISTINCT \(dialect.quoted(month)) FROM \(dialect.quoted(before))")
      try MonthPartitions(shape.table, by: month, in: database).make(
        for: values.compactMap { if case .integer(let value) = $0[0] { value } else { nil } },
        at: place)
    }
    let names = list(kept.map(\.name))
    try database.execute(
      "INSERT INTO \(name) (\(names)) SELECT \(names) FROM \(dialect.quoted(before)); "
        + "DROP TABLE \(dialect.quoted(before))")
    try follow(database.columns(of: shape.table), at: place)
  }

  private func declaration(_ column: TableShape.Shaped) -> String {
    let start = "\(dialect.quoted(column.name)) \(dialect.declaration(of: column.type))"
    if column.isNumbered {
      let sequence = dialect.literal(sequence(column))
      return "\(start) NOT NULL DEFAULT nextval(\(sequence))"
    }
    return column.isKey ? start : "\(start) \(column.constraint)"
  }

  private func sequence(_ column: TableShape.Shaped) -> String {
    WarehouseSchema.facts("\(column.name)_seq", dialect)
  }

  private func list(_ names: [String]) -> String {
    names.map(dialect.quoted).joined(separator: ", ")
  }
}

extension TableShape.Shaped {
  /// `SET DEFAULT false`, if the column has a default.
  fileprivate var standard: String? {
    guard let word = constraint.range(after: "DEFAULT ") else { return nil }
    return "SET DEFAULT \(word)"
  }

  /// SQL for a stored value as one of this column's type; NULL where it is none: the load that
  /// follows brings the values of all rows that the job still gives.
  fileprivate func converted(_ name: String, from stored: TableColumn) -> String {
    let value: String
    switch (stored.type, type) {
    case (_, .string): value = "key_text(\(name))"
    case (.string, .tinyint), (.string, .smallint), (.string, .int), (.string, .bigint):
      value = "CASE WHEN \(name) ~ '^(0|-?[1-9][0-9]{0,8})$' THEN CAST(\(name) AS BIGINT) END"
    case (.tinyint, _), (.smallint, _), (.int, _), (.bigint, _), (.float, .double),
      (.decimal, .double), (.decimal, .decimal):
      let isWider = Self.width(type) >= Self.width(stored.type)
      value = isWider ? "CAST(\(name) AS \(Dialect.postgresql.declaration(of: type)))" : "NULL"
    default: value = "NULL"
    }
    return constraint.hasPrefix("NOT NULL") ? "coalesce(\(value), \(filling))" : value
  }

  /// How much a type of numbers holds before its point, roughly; others hold none.
  private static func width(_ type: DataType) -> Int {
    switch type {
    case .tinyint, .smallint: 4
    case .int: 9
    case .bigint: 18
    case .decimal(let precision, let scale): precision - scale
    case .double: 40
    default: 0
    }
  }
}

extension String {
  /// What stands behind the first `mark`; nil when it is not there.
  fileprivate func range(after mark: String) -> String? {
    guard let found = firstRange(of: mark) else { return nil }
    return String(self[found.upperBound...])
  }
}
