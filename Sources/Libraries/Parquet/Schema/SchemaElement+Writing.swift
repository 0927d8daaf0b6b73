import Columnar
import Core

extension SchemaElement {
  /// The footer's list for `schema`, as Spark lays it out. Fields whose metadata have a number
  /// under `key` get it as their field id.
  static func list(
    for schema: Schema, numberedBy key: String? = nil
  ) throws(Fault) -> [SchemaElement] {
    var root = SchemaElement()
    root.name = "spark_schema"
    root.childCount = schema.fields.count
    var layout = SchemaLayout(key: key, elements: [root])
    for field in schema.fields { try layout.append(field, path: field.name) }
    return layout.elements
  }

  fileprivate mutating func annotate(
    _ logical: LogicalType, _ converted: ConvertedType, children: Int = 0
  ) {
    self.logical = logical
    self.converted = converted
    childCount = children
  }

  /// The repeated layer inside a list or map.
  fileprivate static func layer(_ name: String, children: Int) -> SchemaElement {
    var element = SchemaElement()
    element.name = name
    element.repetition = .repeated
    element.childCount = children
    return element
  }

  fileprivate mutating func describe(leaf type: DataType) {
    switch type {
    case .boolean: physical = .boolean
    case .tinyint:
      physical = .int32
      annotate(.integer(bitWidth: 8, isSigned: true), .int8)
    case .smallint:
      physical = .int32
      annotate(.integer(bitWidth: 16, isSigned: true), .int16)
    case .int: physical = .int32
    case .bigint: physical = .int64
    case .float: physical = .float
    case .double: physical = .double
    case .string:
      physical = .byteArray
      annotate(.string, .utf8)
    case .binary: physical = .byteArray
    case .date:
      physical = .int32
      annotate(.date, .date)
    case .timestamp:
      physical = .int64
      annotate(.timestamp(.micros, isUTC: true), .timestampMicros)
    case .decimal(let precision, let scale):
      physical = precision <= 9 ? .int32 : precision <= 18 ? .int64 : .fixedLengthByteArray
      typeLength = precision <= 18 ? 0 : SchemaElement.byteCount(ofPrecision: precision)
      annotate(.decimal(scale: scale, precision: precision), .decimal)
      self.precision = precision
      self.scale = scale
    case .array, .map, .structure, .null: preconditionFailure("\(type.sql) is no leaf")
    }
  }

  /// The fewest bytes of two's complement that hold any number of `precision` digits.
  static func byteCount(ofPrecision precision: Int) -> Int {
    let bits = 128 - (Decimal.power(precision) - 1).leadingZeroBitCount + 1
    return (bits + 7) / 8
  }

  fileprivate static func cannotStore(_ path: String, _ type: DataType) -> Fault {
    Fault(
      .usage, "column '\(path)' has type \(type.sql), which a Parquet file cannot hold",
      remedy: "cast it to another type, or leave it out")
  }
}

/// A list of elements in the making.
private struct SchemaLayout {
  /// Where fields have their numbers.
  let key: String?
  var elements: [SchemaElement]

  mutating func append(_ field: Field, path: String) throws(Fault) {
    let id = key.flatMap { field.metadata[$0] }.flatMap { Int($0) }
    try append(field.name, field.type, field.isNullable, id: id, path: path)
  }

  private mutating func append(
    _ name: String, _ type: DataType, _ isNullable: Bool, id: Int? = nil, path: String
  ) throws(Fault) {
    var element = SchemaElement()
    element.name = name
    element.fieldID = id
    element.repetition = isNullable ? .optional : .required
    switch type {
    case .array(let inner, let containsNull):
      element.annotate(.list, .list, children: 1)
      elements += [element, SchemaElement.layer("list", children: 1)]
      try append("element", inner, containsNull, path: path + ".element")
    case .map(let key, let value, let valueContainsNull):
      element.annotate(.map, .map, children: 1)
      elements += [element, SchemaElement.layer("key_value", children: 2)]
      try append("key", key, false, path: path + ".key")
      try append("value", value, valueContainsNull, path: path + ".value")
    case .structure(let fields):
      guard !fields.isEmpty else { throw SchemaElement.cannotStore(path, type) }
      element.childCount = fields.count
      elements.append(element)
      for field in fields { try append(field, path: path + "." + field.name) }
    case .null: throw SchemaElement.cannotStore(path, type)
    default:
      element.describe(leaf: type)
      elements.append(element)
    }
  }
}
