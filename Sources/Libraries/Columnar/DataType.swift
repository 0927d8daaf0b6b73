/// A column's logical type, in Spark SQL's terms.
package indirect enum DataType: Hashable, Sendable {
  case boolean
  case tinyint
  case smallint
  case int
  case bigint
  case float
  case double
  /// 1 to 38 digits, `scale` of them after the point.
  case decimal(precision: Int, scale: Int)
  case string
  case binary
  case date
  /// An instant in UTC with microseconds.
  case timestamp
  case array(element: DataType, containsNull: Bool)
  case structure([Field])
  case map(key: DataType, value: DataType, valueContainsNull: Bool)
  /// The type of a bare NULL.
  case null
}

/// A named, typed column of a schema or member of a structure.
package struct Field: Hashable, Sendable {
  package var name: String
  package var type: DataType
  package var isNullable: Bool
  /// Free text and the like; kept, not interpreted.
  package var metadata: [String: String]

  package init(
    _ name: String, _ type: DataType, isNullable: Bool = true, metadata: [String: String] = [:]
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.metadata = metadata
  }
}

/// The ordered columns of a table or batch.
package struct Schema: Hashable, Sendable {
  package var fields: [Field] {
    didSet { positions = NamePositions(of: fields) }
  }
  /// Where the names stand, once there are many: files of strangers have a hundred thousand.
  private var positions: NamePositions?

  package init(_ fields: [Field]) {
    self.fields = fields
    positions = NamePositions(of: fields)
  }

  /// The position of the column called `name`, letter case aside, or nil.
  package func index(of name: String) -> Int? {
    if let positions { return positions.first(name, in: fields) }
    if let exact = fields.firstIndex(where: { $0.name == name }) { return exact }
    let lowered = name.lowercased()
    return fields.firstIndex { $0.name.lowercased() == lowered }
  }

  package var names: [String] { fields.map(\.name) }

  /// The columns at `positions`, in that order.
  package func selecting(_ positions: [Int]) -> Schema { Schema(positions.map { fields[$0] }) }

  package static func == (left: Schema, right: Schema) -> Bool { left.fields == right.fields }

  package func hash(into hasher: inout Hasher) { hasher.combine(fields) }
}

/// How a column's values lie in memory; several logical types share one layout.
package enum Layout: Hashable, Sendable {
  case boolean
  /// tinyint, smallint, int, date (days since the epoch).
  case int32
  /// bigint, timestamp (microseconds), decimal of at most 18 digits (unscaled).
  case int64
  /// decimal of 19 to 38 digits (unscaled).
  case int128
  /// double; float too, each value rounded to a `Float`.
  case double
  /// string (UTF-8), binary.
  case bytes
  case list
  case structure
}

extension DataType {
  /// The layout of this type's values. `map` is a list of structures (key, value); `null` is
  /// boolean.
  package var layout: Layout {
    switch self {
    case .boolean, .null: .boolean
    case .tinyint, .smallint, .int, .date: .int32
    case .bigint, .timestamp: .int64
    case .decimal(let precision, _): precision <= 18 ? .int64 : .int128
    case .float, .double: .double
    case .string, .binary: .bytes
    case .array, .map: .list
    case .structure: .structure
    }
  }

  /// Spark SQL's spelling, upper case: `DECIMAL(12,2)`, `ARRAY<STRUCT<sku: STRING>>`.
  package var sql: String {
    switch self {
    case .boolean: "BOOLEAN"
    case .tinyint: "TINYINT"
    case .smallint: "SMALLINT"
    case .int: "INT"
    case .bigint: "BIGINT"
    case .float: "FLOAT"
    case .double: "DOUBLE"
    case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
    case .string: "STRING"
    case .binary: "BINARY"
    case .date: "DATE"
    case .timestamp: "TIMESTAMP"
    case .array(let element, _): "ARRAY<\(element.sql)>"
    case .structure(let fields):
      "STRUCT<\(fields.map { "\($0.name): \($0.type.sql)" }.joined(separator: ", "))>"
    case .map(let key, let value, _): "MAP<\(key.sql), \(value.sql)>"
    case .null: "VOID"
    }
  }

  /// The members of a structure; empty for other types.
  package var fields: [Field] {
    if case .structure(let fields) = self { return fields }
    return []
  }

  /// Whether values are whole numbers, decimals or floating point.
  package var isNumeric: Bool {
    switch self {
    case .tinyint, .smallint, .int, .bigint, .float, .double, .decimal: true
    default: false
    }
  }
}
