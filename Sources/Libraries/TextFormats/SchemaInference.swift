package import Columnar
import Compression
package import Core
import JSON

/// The columns of foreign text files, told from how they begin.
package enum SchemaInference {
  /// How many lines of JSON are looked at.
  package static let sampleLineCount = 1_000

  /// The columns that the header of a CSV file names, all STRING.
  package static func csv(
    _ file: any ReadableFile, options: CSVOptions, at place: Place
  ) throws -> Schema {
    var options = options
    options.header = true
    let reader = try CSVReader(file, schema: Schema([]), options: options, at: place)
    while reader.header == nil, try reader.next() != nil {}
    let names = CSVHeader.distinct(reader.header?.names ?? [])
    return Schema(names.map { Field($0, .string) })
  }

  /// The members of the first lines of JSON, each with a type that holds all its values: BIGINT,
  /// DOUBLE, BOOLEAN, STRING, ARRAY or STRUCT; STRING where they differ.
  package static func json(_ file: any ReadableFile, at place: Place) throws -> Schema {
    let splitter = LineSplitter(
      DecompressingReader(file, at: place), maximumLineLength: 16 << 20)
    let reader = JSONReader()
    var found: DataType?
    var count = 0
    while count < sampleLineCount, let chunk = try splitter.next() {
      for line in chunk.bytes.split(separator: UInt8(ascii: "\n")) where count < sampleLineCount {
        count += 1
        guard let value = try? reader.read(line), case .object = value else { continue }
        found = merged(found, type(of: value))
      }
    }
    return Schema(found?.fields.map { Field($0.name, settled($0.type)) } ?? [])
  }

  private static func type(of value: JSONValue) -> DataType {
    switch value {
    case .null: .null
    case .bool: .boolean
    case .number: value.int64 != nil && value.number?.contains(".") == false ? .bigint : .double
    case .string: .string
    case .array(let elements):
      .array(
        element: elements.reduce(.null) { merged($0, type(of: $1)) }, containsNull: true)
    case .object(let members):
      .structure(members.map { Field($0.key, type(of: $0.value)) })
    }
  }

  private static func merged(_ left: DataType?, _ right: DataType) -> DataType {
    switch (left, right) {
    case (nil, let type), (.null, let type): return type
    case (let type?, .null): return type
    case (let left?, let right) where left == right: return left
    case (.bigint, .double), (.double, .bigint): return .double
    case (.array(let left, _), .array(let right, _)):
      return .array(element: merged(left, right), containsNull: true)
    case (.structure(var fields), .structure(let others)):
      for other in others {
        if let index = fields.firstIndex(where: { $0.name == other.name }) {
          fields[index].type = merged(fields[index].type, other.type)
        } else {
          fields.append(other)
        }
      }
      return .structure(fields)
    default: return .string
    }
  }

  /// What was only ever NULL is STRING.
  private static func settled(_ type: DataType) -> DataType {
    switch type {
    case .null: .string
    case .array(let element, let containsNull):
      .array(element: settled(element), containsNull: containsNull)
    case .structure(let fields):
      .structure(fields.map { Field($0.name, settled($0.type)) })
    default: type
    }
  }
}
