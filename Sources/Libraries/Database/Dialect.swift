package import Columnar
import Core

/// How one kind of database spells names and types; parameters are `$1`, `$2` … in both.
///
/// SQLite has no decimals, dates and instants of its own. There a DECIMAL column is declared
/// `DECIMAL(p,s)` and holds a whole number or the double nearest to the value, which reads back
/// exactly to the scale up to 15 digits (more are refused on the way in); DATE is text
/// `yyyy-mm-dd`, TIMESTAMP is RFC 3339 text in UTC, BOOLEAN is 0 or 1.
///
/// Read without a schema, a value's text is the source's own: whole numbers in digits, REAL as the
/// shortest text that reads back to it, a BLOB in hexadecimal digits, text that is not UTF-8 as
/// `ForeignText` writes it.
package enum Dialect: Sendable {
  case sqlite
  case postgresql

  /// `name` as an identifier, whatever it contains.
  package func quoted(_ name: String) -> String {
    "\"\(substituting("\"", in: name, with: "\"\""))\""
  }

  /// `text` as a string literal.
  package func literal(_ text: String) -> String {
    "'\(substituting("'", in: text, with: "''"))'"
  }

  /// The statement that begins a transaction that will write.
  package var beginWrite: String {
    switch self {
    case .sqlite: "BEGIN IMMEDIATE"
    case .postgresql: "BEGIN"
    }
  }

  /// The statement that begins a transaction in which all reads see one state.
  package var beginRead: String {
    switch self {
    case .sqlite: "BEGIN"
    case .postgresql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    }
  }

  /// How a column of `type` is declared.
  package func declaration(of type: DataType) -> String {
    switch (self, type) {
    case (_, .boolean), (_, .null): "BOOLEAN"
    case (.sqlite, .tinyint), (.sqlite, .smallint), (.sqlite, .int), (.sqlite, .bigint): type.sql
    case (.postgresql, .tinyint), (.postgresql, .smallint): "SMALLINT"
    case (.postgresql, .int): "INTEGER"
    case (.postgresql, .bigint): "BIGINT"
    case (_, .float): self == .sqlite ? "FLOAT" : "REAL"
    case (_, .double): self == .sqlite ? "DOUBLE" : "DOUBLE PRECISION"
    case (_, .decimal(let precision, let scale)):
      self == .sqlite ? "DECIMAL(\(precision),\(scale))" : "NUMERIC(\(precision),\(scale))"
    case (_, .string): "TEXT"
    case (_, .binary): self == .sqlite ? "BLOB" : "BYTEA"
    case (_, .date): "DATE"
    case (_, .timestamp): self == .sqlite ? "TIMESTAMP" : "TIMESTAMPTZ"
    case (_, .array), (_, .structure), (_, .map): "TEXT"
    }
  }

  /// What a declaration means; STRING when it is none we know.
  package func dataType(declared declaration: String) -> DataType {
    let upper = declaration.uppercased()
    let name = upper.prefix { $0 != "(" }.split(separator: " ").joined(separator: " ")
    switch name {
    case "BOOLEAN", "BOOL": return .boolean
    case "TINYINT": return .tinyint
    case "SMALLINT", "INT2": return .smallint
    case "INT", "INT4": return .int
    case "INTEGER": return self == .sqlite ? .bigint : .int
    case "BIGINT", "INT8": return .bigint
    case "FLOAT", "FLOAT4": return .float
    case "REAL": return self == .sqlite ? .double : .float
    case "DOUBLE", "DOUBLE PRECISION", "FLOAT8": return .double
    case "DECIMAL", "NUMERIC": return decimal(upper)
    case "BLOB", "BYTEA": return .binary
    case "DATE": return .date
    case "DATETIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE",
      "TIMESTAMP WITHOUT TIME ZONE":
      return .timestamp
    default: return .string
    }
  }

  private func decimal(_ declaration: String) -> DataType {
    let numbers = declaration.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
      .split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    guard let precision = numbers.first, (1...38).contains(precision) else {
      return .decimal(precision: 38, scale: 18)
    }
    let scale = numbers.count > 1 ? numbers[1] : 0
    guard (0...precision).contains(scale) else { return .decimal(precision: 38, scale: 18) }
    return .decimal(precision: precision, scale: scale)
  }
}
