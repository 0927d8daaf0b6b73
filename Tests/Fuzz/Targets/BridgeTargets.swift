import CSimdjson
import TestSupport

/// The C face itself, from bytes behind which nothing may be read.
extension Target {
  static let bridgeDocuments = Target(
    name: "bridge-documents", meaning: "the C face: a text into tokens, escapes, counts",
    corpus: jsonDocuments, words: jsonWords, grammar: JSONGrammar.lines
  ) { input in
    let room = GuardedBytes(byteCount: input.count + 1)
    // Whole, and cut at some byte.
    for input in [input, Array(input.prefix(input.count * 7 / 11))] where !input.isEmpty {
      try room.with(input) { try readDocument($0, input) }
    }
  }

  private static func readDocument(_ bytes: UnsafePointer<UInt8>, _ input: [UInt8]) throws {
    let count = input.count
    let breaks = input.count { $0 == UInt8(ascii: "\n") }
    guard medallion_count_line_breaks(bytes, count) == breaks else {
      throw Disagreement("line breaks are counted otherwise")
    }
    let isText = String(validating: input, as: UTF8.self) != nil
    guard medallion_json_is_utf8(bytes, count) == isText else {
      throw Disagreement("what is UTF-8 is judged otherwise")
    }
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    defer { output.deallocate() }
    guard medallion_json_unescape(bytes, count, output.baseAddress) <= count else {
      throw Disagreement("escapes have become more")
    }
    guard let document = medallion_json_document_create() else { return }
    defer { medallion_json_document_destroy(document) }
    for depth: UInt32 in [1_000, 3] {
      var offset = 0
      let status = medallion_json_document_read(document, bytes, count, depth, &offset)
      guard status == MEDALLION_JSON_OK else {
        guard offset <= count else { throw Disagreement("it goes wrong behind the end") }
        continue
      }
      var tokenCount = 0
      let tokens = medallion_json_document_tokens(document, &tokenCount)
      for token in UnsafeBufferPointer(start: tokens, count: tokenCount) {
        guard token.start <= count else { throw Disagreement("a token begins behind the end") }
        guard token.kind < MEDALLION_JSON_ARRAY.rawValue else { continue }
        guard token.start <= token.end, token.end <= count else {
          throw Disagreement("a token ends behind the end")
        }
        let length = Int(token.end - token.start)
        let made = medallion_json_unescape(bytes + Int(token.start), length, output.baseAddress)
        guard made <= length else { throw Disagreement("a text has grown") }
      }
    }
  }

  static let bridgeLines = Target(
    name: "bridge-lines", meaning: "the C face: lines into columns, as options ask",
    corpus: jsonDocuments + [.own("json-lines")], words: jsonWords, grammar: JSONGrammar.lines
  ) { input in
    guard !input.isEmpty else { return }
    let room = GuardedBytes(byteCount: input.count + 1)
    // What is asked for hangs on the input, so that it can be replayed.
    let choice = input.reduce(UInt64(17)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    try room.with(input) { try BridgeLines(choice).read($0, count: input.count) }
  }

  static let bridgeCheck = Target(
    name: "bridge-check", meaning: "the C face: lines kept or set aside, and noted",
    corpus: jsonDocuments + [.own("json-lines")], words: jsonWords, grammar: JSONGrammar.lines
  ) { input in
    guard !input.isEmpty else { return }
    let room = GuardedBytes(byteCount: input.count + 1)
    guard let check = medallion_json_check_create(40) else { return }
    defer { medallion_json_check_destroy(check) }
    func with(_ name: String, _ body: (UnsafePointer<UInt8>?, Int) -> Bool) {
      _ = Array(name.utf8).withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
    }
    with("a") { medallion_json_check_require(check, $0, $1) }
    with("event_ts") { medallion_json_check_time(check, $0, $1, { _, count, _ in count > 30 }) }
    with("l") { medallion_json_check_sender(check, $0, $1) }
    with("sequence") { medallion_json_check_number(check, $0, $1) }
    var parent: Int32 = 0
    for (name, shape) in [
      ("p", MEDALLION_JSON_SHAPE_OBJECT), ("x", MEDALLION_JSON_SHAPE_ARRAY),
      ("", MEDALLION_JSON_SHAPE_MAP), ("", MEDALLION_JSON_SHAPE_SCALAR),
    ] {
      with(name) {
        parent = medallion_json_check_declare(
          check, parent, shape, $0, $1, { _, count, _, other in count == other ? 1 : 0 })
        return parent >= 0
      }
    }
    for latest: Int64 in [.min, 0] {
      try room.with(input, more: 1) { bytes in
        var result = medallion_json_check_result()
        let misfits = [0, 2]
        let status = medallion_json_check_run(
          check, bytes, input.count,
          medallion_json_watch(notes_all: latest < 0, latest_time: latest),
          misfits, misfits.count, &result)
        guard status == MEDALLION_JSON_OK else { throw Disagreement("lines are not checked") }
        let kept = UnsafeBufferPointer(start: bytes, count: result.kept_byte_count)
        guard kept.count(where: { $0 == UInt8(ascii: "\n") }) == result.kept_lines,
          kept.last ?? UInt8(ascii: "\n") == UInt8(ascii: "\n"),
          result.kept_lines + result.rejected_lines <= result.lines
        else { throw Disagreement("other lines are kept than counted") }
      }
      medallion_json_check_forget_senders(check)
    }
  }
}

/// A reader of lines with columns of each kind, some of them below others.
private struct BridgeLines {
  private let lines: OpaquePointer
  private let columnCount: Int32
  private let keepsText: Bool
  private let rowCount: Int

  init(_ choice: UInt64) {
    func asks(_ bit: UInt64) -> Bool { choice >> bit & 1 == 1 }
    keepsText = asks(0)
    rowCount = Int(choice >> 8 % 5) + 1
    let required = Array("a".utf8)
    let reader = required.withUnsafeBufferPointer { required in
      var options = medallion_json_lines_options(
        keeps_text: asks(0), keeps_line_number: asks(1), keeps_corrupt_text: asks(2),
        codes_texts: asks(3), spreads_arrays: asks(4), maximum_depth: asks(5) ? 1_000 : 4,
        required_text: required.baseAddress, required_count: asks(6) && asks(7) ? 1 : 0,
        conversions: Self.conversions)
      return medallion_json_lines_create(&options)
    }
    guard let reader else { preconditionFailure("there is memory for a reader") }
    lines = reader
    var next: Int32 = 0
    func add(_ kind: medallion_json_column_kind, _ name: String, below parent: Int32 = 0) -> Int32 {
      next = Array(name.utf8).withUnsafeBufferPointer {
        medallion_json_lines_add(reader, parent, kind, $0.baseAddress, $0.count)
      }
      return next
    }
    for (index, name) in "abcdefghijklm".enumerated() {
      // All kinds of scalars, some twice.
      let kind = medallion_json_column_kind(rawValue: UInt32(index % 11))
      let column = add(kind, String(name))
      medallion_json_lines_set_range(reader, column, -100, 1_000_000)
      medallion_json_lines_set_decimal(reader, column, 9, 2)
    }
    _ = add(MEDALLION_JSON_COLUMN_INT64, "", below: add(MEDALLION_JSON_COLUMN_ARRAY, "n"))
    let map = add(MEDALLION_JSON_COLUMN_MAP, "o")
    _ = add(MEDALLION_JSON_COLUMN_STRING, "", below: map)
    _ = add(MEDALLION_JSON_COLUMN_DOUBLE, "", below: map)
    let structure = add(MEDALLION_JSON_COLUMN_STRUCTURE, "p")
    let element = add(
      MEDALLION_JSON_COLUMN_STRUCTURE, "",
      below: add(MEDALLION_JSON_COLUMN_ARRAY, "x", below: structure))
    _ = add(MEDALLION_JSON_COLUMN_STRING, "y", below: element)
    _ = add(MEDALLION_JSON_COLUMN_VOID, "z", below: structure)
    columnCount = next
    _ = Array("zz".utf8).withUnsafeBufferPointer {
      medallion_json_lines_know(reader, $0.baseAddress, $0.count)
    }
  }

  /// What is no value, and what is one, by its length.
  private static let conversions = medallion_json_conversions(
    date: { _, count, day in
      day?.pointee = Int32(count)
      return count == 10
    },
    timestamp: { _, count, time in
      time?.pointee = Int64(count)
      return count > 15
    },
    decimal: { _, count, _, _, value in
      value?.storeBytes(of: Int128(count), as: Int128.self)
      return count < 12
    },
    number: { _, count, value in
      value?.pointee = Double(count)
      return true
    },
    likeness: { _, count, _, other in count == other ? 1 : 0 })

  func read(_ bytes: UnsafePointer<UInt8>, count: Int) throws {
    defer { medallion_json_lines_destroy(lines) }
    guard medallion_json_lines_begin(lines, bytes, count, 1) == MEDALLION_JSON_OK else { return }
    var isDone = false
    while !isDone {
      let status = medallion_json_lines_continue(lines, bytes, rowCount, &isDone)
      guard status == MEDALLION_JSON_OK else { throw Disagreement("lines are not read") }
      try look(at: count)
      medallion_json_lines_clear(lines)
    }
    _ = medallion_json_lines_refuse(lines, bytes, count, 2)
    try look(at: count)
  }

  /// Looks at each value of each column.
  private func look(at byteCount: Int) throws {
    let rows = medallion_json_lines_count(lines).rows
    if keepsText, let bounds = medallion_json_lines_text_bounds(lines) {
      for bound in UnsafeBufferPointer(start: bounds, count: 2 * rows + 1)
      where bound < 0 || bound > byteCount {
        throw Disagreement("a row's text stands elsewhere")
      }
    }
    for number in [MEDALLION_JSON_LINE_NUMBER_COLUMN, MEDALLION_JSON_CORRUPT_TEXT_COLUMN] {
      try look(medallion_json_lines_column(lines, Int32(number)))
    }
    for number in 0...columnCount { try look(medallion_json_lines_column(lines, number)) }
  }

  private func look(_ column: medallion_json_column) throws {
    if let validity = column.validity {
      let words = UnsafeBufferPointer(start: validity, count: (column.count + 63) / 64)
      let set = words.reduce(0) { $0 + $1.nonzeroBitCount }
      guard column.count - set == column.null_count else {
        throw Disagreement("NULLs are counted otherwise")
      }
    }
    if column.is_coded, column.count > 0 {
      let codes = column.values.assumingMemoryBound(to: Int32.self)
      for code in UnsafeBufferPointer(start: codes, count: column.count)
      where code < 0 || code >= max(1, column.text_count) {
        throw Disagreement("a code has no text")
      }
    } else if let offsets = column.offsets, column.count > 0 {
      var last: Int32 = 0
      for offset in UnsafeBufferPointer(start: offsets, count: column.count + 1) {
        guard offset >= last else { throw Disagreement("offsets go back") }
        last = offset
      }
    }
  }
}
