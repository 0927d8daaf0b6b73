package import Columnar
import Compression
package import Core
import JSON

/// The columns of foreign files of JSON lines, each with a type that holds all its values, as
/// `JSONLinesReader` reads them: BIGINT, DECIMAL for longer whole numbers, DOUBLE, BOOLEAN, STRING,
/// ARRAY or STRUCT; STRING where values differ.
///
/// The rules are Spark's: an object is a row, an array of objects a row for each. Other lines are
/// malformed; where there are any, the first column is `_corrupt_record`, which holds their text.
package struct JSONInference {
  private var found: DataType?
  private let reader = JSONReader()
  /// How many lines were not JSON, or no objects.
  package private(set) var malformedCount = 0

  package init() {}

  /// Takes all lines of `file` into account; `place` is what faults name.
  package mutating func take(_ file: any ReadableFile, at place: Place) throws {
    let options = JSONLinesOptions()
    let splitter = LineSplitter(
      DecompressingReader(file, at: place), maximumLineLength: options.maximumLineLength)
    while let chunk = try splitter.next() {
      for line in chunk.bytes.split(separator: UInt8(ascii: "\n"))
      where !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        take(line)
      }
    }
  }

  /// The columns found so far, in the order first met.
  package var schema: Schema {
    let fields = found?.fields.map { Field($0.name, settled($0.type)) } ?? []
    let corrupt = Field(JSONLinesOptions().corruptRecordColumn, .string)
    return Schema(
      malformedCount == 0 || fields.contains { $0.name == corrupt.name }
        ? fields : [corrupt] + fields)
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    switch try? reader.read(line) {
    case .object(let row)?: found = merged(found, type(of: .object(row)))
    case .array(let rows)? where rows.allSatisfy({ $0.object != nil }):
      for row in rows { found = merged(found, type(of: row)) }
    default: malformedCount += 1
    }
  }
}

private func type(of value: JSONValue) -> DataType {
  switch value {
  case .null: return .null
  case .bool: return .boolean
  case .number(let text): return type(ofNumber: text)
  case .string: return .string
  case .array(let elements):
    return .array(
      element: elements.reduce(.null) { merged($0, type(of: $1)) }, containsNull: true)
  case .object(let object):
    return .structure(
      joined([], object.members.map { Field($0.key, type(of: $0.value)) }))
  }
}

/// A number with a point or an exponent is DOUBLE, whatever its value.
private func type(ofNumber text: String) -> DataType {
  if text.utf8.contains(where: { ".eE".utf8.contains($0) }) { return .double }
  if Int64(text) != nil { return .bigint }
  let digitCount = text.utf8.count { $0 != UInt8(ascii: "-") }
  return digitCount <= Decimal.maximumPrecision
    ? .decimal(precision: digitCount, scale: 0) : .double
}

private func merged(_ left: DataType?, _ right: DataType) -> DataType {
  switch (left, right) {
  case (nil, let type), (.null, let type): return type
  case (let type?, .null): return type
  case (let left?, let right) where left == right: return left
  case (.bigint, .double), (.double, .bigint), (.decimal, .double), (.double, .decimal):
    return .double
  case (.decimal(let precision, _), .bigint), (.bigint, .decimal(let precision, _)):
    return .decimal(precision: max(precision, 20), scale: 0)
  case (.decimal(let left, _), .decimal(let right, _)):
    return .decimal(precision: max(left, right), scale: 0)
  case (.array(let left, _), .array(let right, _)):
    return .array(element: merged(left, right), containsNull: true)
  case (.structure(let fields), .structure(let others)): return .structure(joined(fields, others))
  default: return .string
  }
}

/// Fields with others behind them; of two with one name the type holds both. Fields are found by a
/// table of their names, for an object of strangers may have a hundred thousand.
private func joined(_ fields: [Field], _ others: [Field]) -> [Field] {
  var result = fields
  var places: [String: Int] = [:]
  places.reserveCapacity(fields.count + others.count)
  for (place, field) in fields.enumerated() { places[field.name] = place }
  for other in others {
    if let place = places[other.name] {
      result[place].type = merged(result[place].type, other.type)
    } else {
      places[other.name] = result.count
      result.append(other)
    }
  }
  return result
}

/// What was only ever NULL, or an object without members, is STRING.
private func settled(_ type: DataType) -> DataType {
  switch type {
  case .null: .string
  case .array(let element, let containsNull):
    .array(element: settled(element), containsNull: containsNull)
  case .structure(let fields):
    fields.isEmpty
      ? .string : .structure(fields.map { Field($0.name, settled($0.type)) })
  default: type
  }
}
