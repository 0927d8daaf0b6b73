import CYAML
import Core

/// The only document of a file, as libyaml holds it in memory of its own.
///
/// libyaml keeps nodes in an array, numbered from 1; lists and mappings hold numbers, an alias is
/// the number of what it repeats. So a short file may mean an endless or an enormous tree: the
/// walk stops at a depth and at a number of values that nobody writes by hand.
struct YAMLDocument: ~Copyable {
  private static let deepest = 100
  private static let most = 1_000_000

  private var document = yaml_document_t()
  private let path: String
  private var count = 0

  /// Reads `bytes`; `.configuration` when they are not YAML, or more than one document.
  init(_ bytes: [UInt8], path: String) throws(Fault) {
    self.path = path
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      throw .outOfMemory("this file", at: Place(path))
    }
    defer { yaml_parser_delete(&parser) }
    // The parser reads the bytes where they lie, so it must not outlive this closure's run.
    let failure: Fault? = bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
      return Self.load(&document, &parser, path)
    }
    if let failure { throw failure }
  }

  deinit {
    var document = document
    yaml_document_delete(&document)
  }

  /// The document's value; that of an empty one is a null.
  mutating func root() throws(Fault) -> YAMLValue {
    guard document.nodes.top != document.nodes.start else {
      return YAMLValue(place: Place(path), content: .scalar("", isPlain: true))
    }
    return try value(1, depth: 0)
  }

  /// The value of the node numbered `number`, and all below it.
  private mutating func value(_ number: Int32, depth: Int) throws(Fault) -> YAMLValue {
    let node = document.nodes.start[Int(number) - 1]
    let place = Self.place(node.start_mark, path)
    count += 1
    guard depth <= Self.deepest, count <= Self.most else {
      throw Fault(
        .configuration, at: place, "this nests too deeply, or repeats itself without end",
        remedy: "write out what the aliases stand for")
    }
    switch node.type {
    case YAML_SEQUENCE_NODE:
      var elements: [YAMLValue] = []
      let items = node.data.sequence.items
      for item in UnsafeBufferPointer(start: items.start, count: items.top - items.start) {
        elements.append(try value(item, depth: depth + 1))
      }
      return YAMLValue(place: place, content: .list(elements))
    case YAML_MAPPING_NODE:
      var members: [YAMLValue.Member] = []
      let pairs = node.data.mapping.pairs
      for pair in UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start) {
        let key = try value(pair.key, depth: depth + 1)
        members.append(
          YAMLValue.Member(key: key, value: try value(pair.value, depth: depth + 1)))
      }
      return YAMLValue(place: place, content: .mapping(members))
    default:
      let scalar = node.data.scalar
      let text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return YAMLValue(
        place: place,
        content: .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE))
    }
  }

  /// Fills `document` from `parser`, which must then be at its end; what is wrong otherwise.
  private static func load(
    _ document: inout yaml_document_t, _ parser: inout yaml_parser_t, _ path: String
  ) -> Fault? {
    guard yaml_parser_load(&parser, &document) == 1 else { return fault(of: parser, path) }
    guard document.nodes.top != document.nodes.start else { return nil }
    var next = yaml_document_t()
    guard yaml_parser_load(&parser, &next) == 1 else {
      yaml_document_delete(&document)
      return fault(of: parser, path)
    }
    defer { yaml_document_delete(&next) }
    guard next.nodes.top != next.nodes.start else { return nil }
    yaml_document_delete(&document)
    return Fault(
      .configuration, at: place(next.start_mark, path), "a second document begins here",
      remedy: "keep one document in a file")
  }

  private static func fault(of parser: yaml_parser_t, _ path: String) -> Fault {
    guard parser.error != YAML_MEMORY_ERROR else {
      return .outOfMemory("this file", at: Place(path))
    }
    let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
    let isReading = parser.error == YAML_READER_ERROR
    return Fault(
      .configuration, at: isReading ? Place(path) : place(parser.problem_mark, path),
      "not valid YAML: \(problem)",
      remedy: isReading ? "save it as UTF-8" : "mend the indentation or the quotes there")
  }

  private static func place(_ mark: yaml_mark_t, _ path: String) -> Place {
    Place(path, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
