import Columnar
import Core

/// Types, and columns declared with them.
extension Parser {
  private static let plainTypes: [String: DataType] = [
    "BOOLEAN": .boolean, "TINYINT": .tinyint, "BYTE": .tinyint, "SMALLINT": .smallint,
    "SHORT": .smallint, "INT": .int, "INTEGER": .int, "BIGINT": .bigint, "LONG": .bigint,
    "FLOAT": .float, "REAL": .float, "DOUBLE": .double, "STRING": .string, "BINARY": .binary,
    "DATE": .date, "TIMESTAMP": .timestamp, "TIMESTAMP_LTZ": .timestamp, "VOID": .null,
  ]

  private static let unsupportedTypes: [String: String] = [
    "TIMESTAMP_NTZ": "TIMESTAMP", "VARIANT": "STRING", "INTERVAL": "a number of days or seconds",
    "TIME": "STRING", "GEOMETRY": "BINARY", "GEOGRAPHY": "BINARY",
  ]

  mutating func dataType() throws(Fault) -> DataType {
    try nested { (parser) throws(Fault) in try parser.anyType() }
  }

  private mutating func anyType() throws(Fault) -> DataType {
    guard current.kind == .word else { throw unexpected("a type") }
    let word = current.keyword
    if let type = Parser.plainTypes[word] {
      advance()
      return type
    }
    switch word {
    case "DECIMAL", "DEC", "NUMERIC": return try decimalType()
    case "VARCHAR", "CHAR", "CHARACTER":
      advance()
      try expect("(")
      _ = try wholeNumber("a length")
      try expect(")")
      return .string
    case "ARRAY":
      advance()
      try expect("<")
      let element = try dataType()
      try expect(">")
      return .array(element: element, containsNull: true)
    case "MAP":
      advance()
      try expect("<")
      let key = try dataType()
      try expect(",")
      let value = try dataType()
      try expect(">")
      return .map(key: key, value: value, valueContainsNull: true)
    case "STRUCT": return try structType()
    default: break
    }
    if let instead = Parser.unsupportedTypes[word] {
      throw fault("type \(word) is not supported", remedy: "use \(instead)")
    }
    throw Fault(
      .configuration, at: place, "found \(current.shown) where a type was expected",
      remedy: Suggestion.remedy(
        for: word, among: Array(Parser.plainTypes.keys) + ["DECIMAL", "ARRAY", "MAP", "STRUCT"],
        otherwise: "use a Spark SQL type such as STRING, BIGINT or DECIMAL(12,2)"))
  }

  private mutating func decimalType() throws(Fault) -> DataType {
    advance()
    guard accept("(") else { return .decimal(precision: 10, scale: 0) }
    let start = current
    let precision = try wholeNumber("the number of digits")
    let scale = accept(",") ? try wholeNumber("the digits after the point") : 0
    guard (1...Decimal.maximumPrecision).contains(precision), scale <= precision else {
      throw Fault(
        .configuration, at: place(of: start),
        "no DECIMAL has \(precision) digits, \(scale) after the point",
        remedy: "use 1 to \(Decimal.maximumPrecision) digits and no more of them after the point")
    }
    try expect(")")
    return .decimal(precision: precision, scale: scale)
  }

  private mutating func structType() throws(Fault) -> DataType {
    advance()
    if accept("<>") { return .structure([]) }
    try expect("<")
    if accept(">") { return .structure([]) }
    let members = try commaList { (parser) throws(Fault) in
      let name = try parser.identifier("a member's name")
      _ = parser.accept(":")
      return try parser.field(name)
    }
    try expect(">")
    return .structure(members)
  }

  private mutating func field(_ name: String) throws(Fault) -> Field {
    var field = Field(name, try dataType())
    while true {
      if accept("NOT", "NULL") {
        field.isNullable = false
      } else if accept("COMMENT") {
        field.metadata["comment"] = try stringLiteral("a comment")
      } else {
        return field
      }
    }
  }

  /// `name type [NOT NULL] [COMMENT '…']`.
  mutating func column() throws(Fault) -> ColumnSyntax {
    let start = place
    let name = try identifier("a column name")
    let column = ColumnSyntax(field: try field(name), place: start)
    if isAt("DEFAULT") || isAt("GENERATED") {
      throw fault(
        "found \(current.shown); columns with computed values are not supported",
        remedy: "compute the value in the query")
    }
    return column
  }
}
