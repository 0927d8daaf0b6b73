import Columnar
import Core
import JSON

/// The columns of files that nobody declared.
enum FileSchema {
  /// So many lines of JSON are looked at.
  private static let linesLookedAt = 1_000

  /// The columns that the first record of a CSV file names, all STRING; a name that is missing or
  /// stands a second time is `_c` and its number from 0, as Spark has it.
  static func ofCSV(_ source: any ByteSource, at place: Place) throws(Fault) -> Schema {
    var bytes: [UInt8] = []
    var isQuoted = false
    var end: Int?
    while end == nil, let piece = try source.next() {
      let start = bytes.count
      bytes += piece
      end = bytes.indices[start...].first { index in
        if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
        return bytes[index] == UInt8(ascii: "\n") && !isQuoted
      }
    }
    guard !bytes.isEmpty else {
      throw Fault(
        .data, at: place, "the file is empty, so its columns are unknown",
        remedy: "give it a header")
    }
    var seen: Set<String> = []
    let names = fields(String(decoding: bytes[..<(end ?? bytes.count)], as: UTF8.self))
    return Schema(
      names.enumerated().map { position, name in
        let isNew = !name.isEmpty && seen.insert(name.lowercased()).inserted
        return Field(isNew ? name : "_c\(position)", .string)
      })
  }

  /// The members of the first objects of a file of JSON lines, in the order first met. Whole numbers
  /// are BIGINT, others DOUBLE; a member of several kinds is STRING.
  static func ofJSON(_ source: any ByteSource, at place: Place) throws(Fault) -> Schema {
    let reader = JSONReader()
    var shape = JSONShape.object([])
    var rest: [UInt8] = []
    var lineCount = 0
    func look(_ line: ArraySlice<UInt8>) {
      lineCount += 1
      do {
        let value = try reader.read(line)
        if value.object != nil { shape = shape.joined(with: JSONShape(of: value)) }
      } catch {
        // The reader of the rows tells of it.
        return
      }
    }
    while lineCount < linesLookedAt, let piece = try source.next() {
      rest += piece
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if end > start { look(rest[start..<end]) }
        start = end + 1
      }
      rest.removeSubrange(..<start)
    }
    if lineCount < linesLookedAt, !rest.isEmpty { look(rest[...]) }
    guard case .object(let members) = shape, !members.isEmpty else {
      throw Fault(
        .data, at: place, "there is no JSON object in the first lines",
        remedy: "give a file of one object a line")
    }
    return Schema(members.map { Field($0.name, $0.shape.type) })
  }

  /// The fields of a record of RFC 4180.
  private static func fields(_ record: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    var last: Character?
    for character in record where character != "\r" && character != "\u{FEFF}" {
      switch character {
      case "\"":
        if !isQuoted, last == "\"" { fields[fields.count - 1].append("\"") }
        isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
      last = character
    }
    return fields
  }
}

/// What kinds of values stand in a place of some JSON texts.
private indirect enum JSONShape {
  /// A member of an object and its values.
  struct Member {
    var name: String
    var shape: JSONShape
  }

  case nothing
  case boolean
  case integer
  case double
  case text
  case array(JSONShape)
  case object([Member])

  init(of value: JSONValue) {
    switch value {
    case .null: self = .nothing
    case .bool: self = .boolean
    case .number(let text): self = Int64(text) == nil ? .double : .integer
    case .string: self = .text
    case .array(let elements):
      self = .array(elements.reduce(.nothing) { $0.joined(with: JSONShape(of: $1)) })
    case .object(let object):
      self = .object(object.members.map { Member(name: $0.key, shape: JSONShape(of: $0.value)) })
    }
  }

  /// The shape that fits both.
  func joined(with other: JSONShape) -> JSONShape {
    switch (self, other) {
    case (.nothing, _): return other
    case (_, .nothing): return self
    case (.boolean, .boolean), (.integer, .integer), (.double, .double): return self
    case (.integer, .double), (.double, .integer): return .double
    case (.array(let left), .array(let right)): return .array(left.joined(with: right))
    case (.object(var members), .object(let others)):
      for member in others {
        if let index = members.firstIndex(where: { $0.name == member.name }) {
          members[index].shape = members[index].shape.joined(with: member.shape)
        } else {
          members.append(member)
        }
      }
      return .object(members)
    default: return .text
    }
  }

  var type: DataType {
    switch self {
    case .boolean: .boolean
    case .integer: .bigint
    case .double: .double
    case .nothing, .text: .string
    case .array(let element): .array(element: element.type, containsNull: true)
    case .object(let members): .structure(members.map { Field($0.name, $0.shape.type) })
    }
  }
}
