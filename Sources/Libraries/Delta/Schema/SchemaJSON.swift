package import Columnar
package import Core
import JSON

/// A table's schema as the JSON text that `metaData.schemaString` holds.
///
///     {"type":"struct","fields":[{"name":"sku","type":"string","nullable":true,"metadata":{}}]}
///
/// Metadata values that are no strings keep their JSON text under the key with the mark `json:`
/// ahead of it. TIMESTAMP_NTZ is read as TIMESTAMP (a wall clock taken as UTC) and remembered
/// under `SchemaJSON.typeKey`.
package enum SchemaJSON {
  /// The metadata key that keeps the name of a type we read as another one.
  package static let typeKey = "medallion.type"
  /// The mark of metadata whose value is JSON and not a string.
  static let jsonMark = "json:"

  /// The text for `schema`.
  package static func encode(_ schema: Schema) -> String {
    JSONWriter.text(typeValue(.structure(schema.fields)))
  }

  /// The schema that `text` spells; `.data` at `place` when it spells none, naming the type that
  /// is unknown if there is one.
  package static func decode(_ text: String, at place: Place) throws(Fault) -> Schema {
    let value = try JSONValue(parsing: text, at: place)
    guard case .structure(let fields) = try type(value, at: place) else {
      throw Action.malformed("the schema", at: place)
    }
    return Schema(fields)
  }

  /// The name of a simple type.
  static func name(of type: DataType) -> String { typeValue(type).plainText }

  // MARK: Writing

  private static func typeValue(_ type: DataType) -> JSONValue {
    switch type {
    case .boolean: return .string("boolean")
    case .tinyint: return .string("byte")
    case .smallint: return .string("short")
    case .int: return .string("integer")
    case .bigint: return .string("long")
    case .float: return .string("float")
    case .double: return .string("double")
    case .decimal(let precision, let scale): return .string("decimal(\(precision),\(scale))")
    case .string: return .string("string")
    case .binary: return .string("binary")
    case .date: return .string("date")
    case .timestamp: return .string("timestamp")
    case .null: return .string("void")
    case .array(let element, let containsNull):
      return [
        "type": "array", "elementType": typeValue(element), "containsNull": .bool(containsNull),
      ]
    case .map(let key, let value, let valueContainsNull):
      return [
        "type": "map", "keyType": typeValue(key), "valueType": typeValue(value),
        "valueContainsNull": .bool(valueContainsNull),
      ]
    case .structure(let fields):
      return ["type": "struct", "fields": .array(fields.map(fieldValue))]
    }
  }

  private static func fieldValue(_ field: Field) -> JSONValue {
    var metadata = field.metadata
    var original = metadata.removeValue(forKey: typeKey)
    if field.seal != nil {
      metadata[ColumnSeal.typeMark] = original ?? name(of: field.type)
      original = name(of: .binary)
    }
    return [
      "name": .string(field.name),
      "type": original.map { .string($0) } ?? typeValue(field.type),
      "nullable": .bool(field.isNullable),
      "metadata": .object(
        JSONObject(metadata.sorted { $0.key < $1.key }.map { metadataMember($0.key, $0.value) })),
    ]
  }

  private static func metadataMember(_ key: String, _ value: String) -> (String, JSONValue) {
    guard key.hasPrefix(jsonMark),
      let parsed = try? JSONValue(parsing: value)
    else { return (key, .string(value)) }
    return (String(key.dropFirst(jsonMark.count)), parsed)
  }

  // MARK: Reading

  private static func type(_ value: JSONValue, at place: Place) throws(Fault) -> DataType {
    if let name = value.string { return try primitive(name, at: place) }
    switch value["type"]?.string {
    case "struct":
      guard let list = value["fields"]?.array else { break }
      var fields: [Field] = []
      for element in list { fields.append(try field(element, at: place)) }
      return .structure(fields)
    case "array":
      guard let element = value["elementType"] else { break }
      return .array(
        element: try type(element, at: place), containsNull: value["containsNull"]?.bool ?? true)
    case "map":
      guard let key = value["keyType"], let item = value["valueType"] else { break }
      return .map(
        key: try type(key, at: place), value: try type(item, at: place),
        valueContainsNull: value["valueContainsNull"]?.bool ?? true)
    default: break
    }
    throw Action.malformed("the schema", at: place)
  }

  private static func field(_ value: JSONValue, at place: Place) throws(Fault) -> Field {
    guard let name = value["name"]?.string, let typeValue = value["type"] else {
      throw Action.malformed("the schema", at: place)
    }
    var metadata: [String: String] = [:]
    for (key, value) in value["metadata"]?.object ?? [:] {
      if let text = value.string {
        metadata[key] = text
      } else {
        metadata[jsonMark + key] = JSONWriter.text(value)
      }
    }
    var spelled = typeValue
    // What is sealed lies as binary; a column that another program made something else is that.
    if let own = metadata.removeValue(forKey: ColumnSeal.typeMark),
      typeValue.string == Self.name(of: .binary)
    {
      spelled = .string(own)
    }
    if let name = spelled.string, name == "timestamp_ntz" { metadata[typeKey] = name }
    return Field(
      name, try type(spelled, at: place), isNullable: value["nullable"]?.bool ?? true,
      metadata: metadata)
  }

  private static func primitive(_ name: String, at place: Place) throws(Fault) -> DataType {
    switch name {
    case "boolean": return .boolean
    case "byte": return .tinyint
    case "short": return .smallint
    case "integer": return .int
    case "long": return .bigint
    case "float": return .float
    case "double": return .double
    case "string": return .string
    case "binary": return .binary
    case "date": return .date
    case "timestamp", "timestamp_ntz": return .timestamp
    case "void", "null": return .null
    default: break
    }
    if name.hasPrefix("decimal"), let type = decimal(name.dropFirst(7)) { return type }
    if name.hasPrefix("char(") || name.hasPrefix("varchar(") { return .string }
    throw Fault(
      .data, at: place, "a column has type '\(name)', which is not supported",
      remedy: "read the table with a newer release, or without that column")
  }

  private static func decimal(_ text: Substring) -> DataType? {
    if text.isEmpty { return .decimal(precision: 10, scale: 0) }
    guard text.hasPrefix("("), text.hasSuffix(")") else { return nil }
    let numbers = text.dropFirst().dropLast().split(separator: ",").map { part in
      Int(String(part.filter { $0 != " " }))
    }
    guard numbers.count == 2, let precision = numbers[0], let scale = numbers[1],
      (1...Decimal.maximumPrecision).contains(precision), (0...precision).contains(scale)
    else { return nil }
    return .decimal(precision: precision, scale: scale)
  }
}
