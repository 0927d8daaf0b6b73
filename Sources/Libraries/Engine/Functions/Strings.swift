import Columnar
import Core

extension FunctionCatalog {
  /// Text functions whose loops run over bytes.
  static let strings: [(String, ScalarBinding)] =
    [
      ("lower", lettercase("lower", upper: false)), ("lcase", lettercase("lcase", upper: false)),
      ("upper", lettercase("upper", upper: true)), ("ucase", lettercase("ucase", upper: true)),
      ("trim", trimming("trim", .both)), ("btrim", trimming("btrim", .both)),
      ("ltrim", trimming("ltrim", .start)), ("rtrim", trimming("rtrim", .end)),
      ("length", length("length")), ("len", length("len")),
      ("char_length", length("char_length")), ("character_length", length("character_length")),
      (
        "octet_length",
        function("octet_length", [.string], .int, isTotal: true) {
          columns, count, _ in numbers(columns[0], count) { Int32($0.count) }
        }
      ),
      (
        "bit_length",
        function("bit_length", [.string], .int, isTotal: true) {
          columns, count, _ in numbers(columns[0], count) { Int32($0.count * 8) }
        }
      ),
      ("substring", substring("substring")), ("substr", substring("substr")),
      (
        "left",
        function("left", .takes(.text, .of(.int)), [.string, .int], .string, isTotal: true) {
          columns, count, _ in
          let lengths = columns[1].int32s
          return try texts(columns, count) { text, row in
            characters(text, from: 0, to: max(0, Int(lengths[row])))
          }
        }
      ),
      (
        "right",
        function("right", [.string, .int], .string, isTotal: true) { columns, count, _ in
          let lengths = columns[1].int32s
          return try texts(columns, count) { text, row in
            let total = characterCount(text)
            return characters(text, from: max(0, total - max(0, Int(lengths[row]))), to: total)
          }
        }
      ),
      ("startswith", test("startswith") { $0.count >= $1.count && hasBytes($0, $1, at: 0) }),
      (
        "endswith",
        test("endswith") { text, end in
          text.count >= end.count && hasBytes(text, end, at: text.count - end.count)
        }
      ),
      ("contains", test("contains") { firstOffset(of: $1, in: $0, from: 0) != nil }),
      ("concat_ws", concatWithSeparator),
      (
        "ascii",
        function("ascii", [.string], .int, isTotal: true) { columns, count, _ in
          numbers(columns[0], count) { text in
            Int32(String(decoding: text.prefix(4), as: UTF8.self).unicodeScalars.first?.value ?? 0)
          }
        }
      ),
    ]

  // MARK: Loops

  /// A run of each text as a new string column; `part` gives where it stands in the bytes.
  @inline(__always)
  private static func texts(
    _ columns: [Column], _ count: Int, _ part: (TextBytes, Int) -> Range<Int>
  ) throws -> Column {
    let present = validity(of: columns)
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(count + 1)
    try columns[0].withBytes { view in
      for row in 0..<count {
        if present?[row] ?? true {
          let text = view[row]
          runs.bytes.append(contentsOf: TextBytes(rebasing: text[part(text, row)]))
        }
        try runs.endValue()
      }
    }
    return Column(.string, count: count, validity: present, .bytes(runs))
  }

  /// A number for each text.
  @inline(__always)
  private static func numbers(
    _ column: Column, _ count: Int, _ body: (TextBytes) -> Int32
  ) -> Column {
    let values = column.withBytes { view in
      fillRows(count) { column.isNull($0) ? 0 : body(view[$0]) }
    }
    return Column(.int, count: count, validity: column.validity, .int32(values))
  }

  private static func test(
    _ name: String, _ body: @escaping @Sendable (TextBytes, TextBytes) -> Bool
  ) -> ScalarBinding {
    function(name, [.string, .string], .boolean, isTotal: true) { columns, count, _ in
      let present = validity(of: columns)
      let values = columns[0].withBytes { left in
        columns[1].withBytes { right in
          fillRows(count) { (present?[$0] ?? true) && body(left[$0], right[$0]) }
        }
      }
      return Column(.boolean, count: count, validity: present, .boolean(values))
    }
  }

  // MARK: Letter case

  private static func lettercase(_ name: String, upper: Bool) -> ScalarBinding {
    let first: UInt8 = upper ? UInt8(ascii: "a") : UInt8(ascii: "A")
    return function(name, [.string], .string, isTotal: true) { columns, count, context in
      let meter = GrowthMeter(name, context.holdingText)
      let column = columns[0].flattened()
      guard case .bytes(let runs) = column.values else {
        throw dataFault(
          "'\(name)' is given more than 2 GiB of text in one batch of rows",
          remedy: "ask for less of each row")
      }
      if runs.bytes.allSatisfy({ $0 < 0x80 }) {
        let bytes = mapRows(runs.bytes) { $0 &- first < 26 ? $0 ^ 0x20 : $0 }
        return Column(
          .string, count: count, validity: column.validity,
          .bytes(ByteRuns(offsets: runs.offsets, bytes: bytes)))
      }
      var result = ByteRuns()
      for row in 0..<count {
        let text = String(decoding: runs[row], as: UTF8.self)
        let cased = upper ? text.uppercased() : text.lowercased()
        try meter.take(cased.utf8.count)
        result.append(cased.utf8)
      }
      return Column(.string, count: count, validity: column.validity, .bytes(result))
    }
  }

  // MARK: Trim

  enum TrimSide: Sendable { case both, start, end }

  /// `trim(text)` cuts spaces; `trim(characters, text)` and `btrim(text, characters)` any of the
  /// characters.
  private static func trimming(_ name: String, _ side: TrimSide) -> ScalarBinding {
    let textIsLast = name != "btrim"
    return function(name, [.string, .string], required: 1, .string, isTotal: true) {
      columns, count, _ in
      guard columns.count == 2 else {
        return try texts(columns, count) { text, _ in
          var range = 0..<text.count
          if side != .end {
            while let first = range.first, text[first] == 0x20 {
              range = first + 1..<range.upperBound
            }
          }
          if side != .start {
            while let last = range.last, text[last] == 0x20 { range = range.lowerBound..<last }
          }
          return range
        }
      }
      let columns = textIsLast ? columns.reversed() : columns
      return try texts(columns, count) { text, row in
        let cut = columns[1].scalar(at: row).text.unicodeScalars.map { Array(String($0).utf8) }
        return trimmed(text, cut, side)
      }
    }
  }

  /// What is left of `text` without any of `cut`, each a character's bytes, at its ends. The text
  /// may be no UTF-8: characters are told by their bytes, and what is none is kept.
  private static func trimmed(
    _ text: TextBytes, _ cut: [[UInt8]], _ side: TrimSide
  ) -> Range<Int> {
    var start = 0
    var end = text.count
    if side != .end {
      while start < end {
        var next = start + 1
        while next < end, text[next] & 0xC0 == 0x80 { next += 1 }
        guard cut.contains(where: { $0.elementsEqual(text[start..<next]) }) else { break }
        start = next
      }
    }
    if side != .start {
      while end > start {
        var last = end - 1
        while last > start, text[last] & 0xC0 == 0x80 { last -= 1 }
        guard cut.contains(where: { $0.elementsEqual(text[last..<end]) }) else { break }
        end = last
      }
    }
    return start..<end
  }

  // MARK: Characters

  private static func length(_ name: String) -> ScalarBinding {
    ScalarBinding(.takes(.either([.exactly(.string), .exactly(.binary), .of(.string)]))) {
      arguments in
      let type = arguments[0].type
      return ScalarFunction(name, [type], .int, isTotal: true) { columns, count, _ in
        numbers(columns[0], count) { Int32(type == .binary ? $0.count : characterCount($0)) }
      }
    }
  }

  /// `substring(text, position[, length])`: positions start at 1; negative ones count from the end.
  private static func substring(_ name: String) -> ScalarBinding {
    function(
      name, .takes(.text, .of(.int), optional: .of(.int)), [.string, .int, .int], .string,
      isTotal: true
    ) {
      columns, count, _ in
      let starts = columns[1].int32s
      let lengths = columns.count == 3 ? columns[2].int32s : nil
      return try texts(columns, count) { text, row in
        let position = Int(starts[row])
        let total = position < 0 ? characterCount(text) : 0
        let start = position > 0 ? position - 1 : position < 0 ? total + position : 0
        let end = lengths.map { start + Int($0[row]) } ?? Int.max
        guard end > start else { return 0..<0 }
        return characters(text, from: max(0, start), to: max(0, end))
      }
    }
  }

  /// NULLs are skipped; arrays give their elements. NULL only when the separator is.
  private static let concatWithSeparator = ScalarBinding(
    .takes(.of(.string), repeated: .either([.of(.string), .of(textArray)]))
  ) { arguments in
    let types = arguments.map { argument -> DataType in
      if case .array = argument.type { return textArray }
      return .string
    }
    return ScalarFunction("concat_ws", types, .string) { columns, count, context in
      let meter = GrowthMeter("concat_ws", context.holdingText)
      try meter.take(columns.flatByteCount)
      var runs = ByteRuns()
      runs.offsets.reserveCapacity(count + 1)
      for row in 0..<count {
        if !columns[0].isNull(row) { try appendJoined(columns, row, to: &runs.bytes, meter) }
        try runs.endValue()
      }
      return Column(.string, count: count, validity: columns[0].validity, .bytes(runs))
    }
  }

  private static func appendJoined(
    _ columns: [Column], _ row: Int, to bytes: inout [UInt8], _ meter: GrowthMeter
  ) throws(Fault) {
    var isFirst = true
    let separatorByteCount = columns[0].withBytes { $0[row].count }
    for column in columns.dropFirst() where !column.isNull(row) {
      let isList = column.type != .string
      let source = isList ? column.listElements : column
      if isList { try meter.take(column.listRange(row).count, of: separatorByteCount) }
      for place in isList ? column.listRange(row) : row..<row + 1 where !source.isNull(place) {
        if !isFirst { columns[0].withBytes { bytes.append(contentsOf: $0[row]) } }
        source.withBytes { bytes.append(contentsOf: $0[place]) }
        isFirst = false
      }
    }
  }
}

/// How many code points UTF-8 text has.
func characterCount(_ text: TextBytes) -> Int {
  var count = 0
  for byte in text where byte & 0xC0 != 0x80 { count += 1 }
  return count
}

/// Where the code points `from` up to `to` stand in the bytes.
func characters(_ text: TextBytes, from: Int, to: Int) -> Range<Int> {
  var seen = 0
  var start = text.count
  for (offset, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
    if seen == from { start = offset }
    if seen == to { return min(start, offset)..<offset }
    seen += 1
  }
  return start..<text.count
}

/// Whether `part` stands in `text` at `offset`; there is room for it.
func hasBytes(_ text: TextBytes, _ part: TextBytes, at offset: Int) -> Bool {
  bytesEqual(TextBytes(rebasing: text[offset..<offset + part.count]), part)
}

/// The first place of `part` in `text` at or after `offset`.
func firstOffset(of part: TextBytes, in text: TextBytes, from offset: Int) -> Int? {
  guard let first = part.first else { return offset <= text.count ? offset : nil }
  var at = offset
  while at + part.count <= text.count {
    if text[at] == first, hasBytes(text, part, at: at) { return at }
    at += 1
  }
  return nil
}
