import Columnar
import Core
import JSON

extension FunctionCatalog {
  /// JSON in and out of text.
  static let documents: [(String, ScalarBinding)] = [
    (
      "get_json_object",
      function(
        "get_json_object", .takes(.exactly(.string), .exactly(.string)), [.string, .string],
        .string, mayAddNulls: true, isTotal: true
      ) { columns, count, _ in
        let reader = JSONReader()
        let present = validity(of: columns)
        let constant = columns[1].constantBytes.map {
          DocumentPath(String(decoding: $0, as: UTF8.self))
        }
        let builder = ColumnBuilder(.string, capacity: count)
        for row in 0..<count {
          guard present?[row] ?? true,
            let path = constant ?? DocumentPath(columns[1].scalar(at: row).text),
            let document = try? reader.read(columns[0].scalar(at: row).text),
            let text = path.text(in: document)
          else {
            builder.appendNull()
            continue
          }
          builder.append(bytes: text.utf8)
        }
        return builder.finish()
      }
    ),
    (
      "from_json",
      ScalarBinding(.takes(.of(.string), .nested)) { arguments in
        let type = arguments[1].type
        return ScalarFunction("from_json", [.string, type], type, mayAddNulls: true, isTotal: true)
        {
          columns, count, _ in
          let reader = JSONReader()
          let builder = ColumnBuilder(type, capacity: count)
          for row in 0..<count {
            guard !columns[0].isNull(row) else {
              builder.appendNull()
              continue
            }
            let document = looseDocument(columns[0].scalar(at: row).text, reader) ?? .null
            let value = documentValue(document, type)
            // A document that is none gives a structure of NULLs.
            builder.append(
              value.isNull && type.layout == .structure
                ? .structure(type.fields.map { _ in .null }) : value)
          }
          return builder.finish()
        }
      }
    ),
    (
      "to_json",
      ScalarBinding(.takes(.nested)) { arguments in
        let type = arguments[0].type
        return ScalarFunction("to_json", [type], .string, isTotal: true) { columns, count, _ in
          var runs = ByteRuns()
          for row in 0..<count {
            if !columns[0].isNull(row) {
              var writer = JSONWriter()
              writer.append(document(columns[0].scalar(at: row), type))
              runs.bytes.append(contentsOf: writer.bytes)
            }
            try runs.endValue()
          }
          return Column(.string, count: count, validity: columns[0].validity, .bytes(runs))
        }
      }
    ),
    (
      "json_array_length",
      rowFunction(
        "json_array_length", .takes(.exactly(.string)), [.string], .int, mayAddNulls: true
      ) { values, _ in
        let document = try? JSONReader().read(values[0].text)
        return document?.array.map { .integer(Int64($0.count)) } ?? .null
      }
    ),
    (
      "json_object_keys",
      rowFunction(
        "json_object_keys", .takes(.exactly(.string)), [.string],
        .array(element: .string, containsNull: false), mayAddNulls: true
      ) { values, _ in
        let document = try? JSONReader().read(values[0].text)
        return document?.object.map { .list($0.keys.map { .string($0) }) } ?? .null
      }
    ),
  ]

  /// The value that `text` spells, as Spark reads JSON in text: strings may stand in single quotes.
  /// Nil when it spells none.
  private static func looseDocument(_ text: String, _ reader: JSONReader) -> JSONValue? {
    if let document = try? reader.read(text) { return document }
    return text.contains("'") ? try? reader.read(doubleQuoted(text)) : nil
  }

  /// `text` with its strings in single quotes put in double ones.
  private static func doubleQuoted(_ text: String) -> String {
    var result: [UInt8] = []
    var quote: UInt8?
    var isEscaped = false
    for byte in text.utf8 {
      let isQuote = byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
      if isEscaped {
        isEscaped = false
        // JSON escapes no single quote.
        if byte == UInt8(ascii: "'") { result.removeLast() }
        result.append(byte)
      } else if quote == nil, isQuote {
        quote = byte
        result.append(UInt8(ascii: "\""))
      } else if quote == byte {
        quote = nil
        result.append(UInt8(ascii: "\""))
      } else if quote == UInt8(ascii: "'"), byte == UInt8(ascii: "\"") {
        result += [UInt8(ascii: "\\"), byte]
      } else {
        isEscaped = quote != nil && byte == UInt8(ascii: "\\")
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A document as a value of `type`; what does not fit is NULL.
  static func documentValue(_ document: JSONValue, _ type: DataType) -> Scalar {
    switch (type, document) {
    case (_, .null): return .null
    case (.string, .string(let text)): return .string(text)
    case (.string, _): return .string(JSONWriter.text(document))
    case (.boolean, _): return document.bool.map { .boolean($0) } ?? .null
    case (.double, _), (.float, _): return document.double.map { .double($0) } ?? .null
    case (.decimal(let precision, let scale), _):
      let text = document.number ?? document.string
      return text.flatMap { Decimal(parsing: $0, precision: precision, scale: scale) }
        .map { .decimal($0) } ?? .null
    case (.date, .string(let text)): return CivilDate(parsing: text).map { .date($0) } ?? .null
    case (.timestamp, .string(let text)):
      return Timestamp(parsing: text).map { .timestamp($0) } ?? .null
    case (.array(let element, _), .array(let values)):
      return .list(values.map { documentValue($0, element) })
    case (.map(_, let value, _), .object(let object)):
      return .list(
        object.members.map { .structure([.string($0.key), documentValue($0.value, value)]) })
    case (.structure(let fields), .object(let object)):
      // To look through the members for each field would take the square of their number.
      let members = fields.count > 16 ? object.dictionary : nil
      return .structure(
        fields.map { field in
          let member = members == nil ? object[field.name] : members?[field.name]
          return documentValue(member ?? .null, field.type)
        })
    default:
      // `2.0` is no whole number to Spark, though it has its value.
      guard type.isWhole, let value = document.number.flatMap({ Int64($0) }) else { return .null }
      let bounds: ClosedRange<Int64> =
        switch type {
        case .tinyint: -128...127
        case .smallint: -32_768...32_767
        case .int: Int64(Int32.min)...Int64(Int32.max)
        default: Int64.min...Int64.max
        }
      return bounds.contains(value) ? .integer(value) : .null
    }
  }

  /// A value as a document; members that are NULL are left away.
  static func document(_ value: Scalar, _ type: DataType) -> JSONValue {
    switch value {
    case .null: return .null
    case .boolean(let value): return .bool(value)
    case .integer(let value): return JSONValue(value)
    case .double(let value):
      return value.isFinite ? .number(javaText(value)) : .string(javaText(value))
    case .decimal(let value): return JSONValue(value)
    case .string(let text): return .string(text)
    case .binary(let bytes): return .string(hexText(bytes))
    case .date(let date): return .string(date.description)
    case .timestamp(let instant):
      let pattern = try? DatePattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
      return .string(pattern?.text(of: instant) ?? instant.description)
    case .list(let values):
      if case .map(_, let valueType, _) = type {
        return .object(
          JSONObject(
            values.map { pair in
              (keyText(pair.elements[0]), document(pair.elements[1], valueType))
            }))
      }
      return .array(values.map { document($0, type.elementType) })
    case .structure(let values):
      let members = zip(type.fields, values).filter { !$1.isNull }
      return .object(JSONObject(members.map { ($0.name, document($1, $0.type)) }))
    }
  }

  private static func keyText(_ key: Scalar) -> String {
    switch key {
    case .string(let text): text
    case .integer(let value): String(value)
    default: "\(key)"
    }
  }
}

/// A path of `get_json_object`: `$.a['b'][0][*]`.
struct DocumentPath {
  private enum Step {
    case member(String)
    case index(Int)
    case all
  }

  private var steps: [Step] = []

  /// Nil when the text is no path.
  init?(_ text: String) {
    guard text.hasPrefix("$") else { return nil }
    var rest = text.dropFirst()
    while let first = rest.first {
      rest.removeFirst()
      if first == "." {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else { return nil }
        steps.append(name == "*" ? .all : .member(String(name)))
        rest.removeFirst(name.count)
      } else if first == "[" {
        guard let end = rest.firstIndex(of: "]") else { return nil }
        let inner = rest[..<end]
        rest = rest[rest.index(after: end)...]
        if inner == "*" {
          steps.append(.all)
        } else if inner.hasPrefix("'"), inner.hasSuffix("'"), inner.count >= 2 {
          steps.append(.member(String(inner.dropFirst().dropLast())))
        } else if let index = Int(inner) {
          steps.append(.index(index))
        } else {
          return nil
        }
      } else {
        return nil
      }
    }
  }

  /// What the path leads to, as text: a string bare, other values as JSON; nil for nothing.
  func text(in document: JSONValue) -> String? {
    let found = values(in: document, steps[...])
    let hasAll = steps.contains { if case .all = $0 { true } else { false } }
    guard !found.isEmpty else { return nil }
    if hasAll, found.count > 1 {
      return JSONWriter.text(.array(found.map(DocumentPath.renumbered)))
    }
    switch found[0] {
    case .null: return nil
    case .string(let text): return text
    default: return JSONWriter.text(DocumentPath.renumbered(found[0]))
    }
  }

  private func values(in document: JSONValue, _ steps: ArraySlice<Step>) -> [JSONValue] {
    guard let step = steps.first else { return [document] }
    let rest = steps.dropFirst()
    switch step {
    case .member(let name):
      // Of two members of one name the first, as in Spark.
      return document.object?.members.first { $0.key == name }
        .map { values(in: $0.value, rest) } ?? []
    case .index(let index):
      guard let array = document.array, array.indices.contains(index) else { return [] }
      return values(in: array[index], rest)
    case .all: return document.array?.flatMap { values(in: $0, rest) } ?? []
    }
  }

  /// Numbers as Jackson writes them again: `1.50` is `1.5`.
  private static func renumbered(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let text) where text.contains(where: { ".eE".contains($0) }):
      Double(text).map { .number(javaText($0)) } ?? value
    case .array(let values): .array(values.map(renumbered))
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, renumbered($0.value)) }))
    default: value
    }
  }
}
