import Columnar
import Core

/// Key columns as rows of 64-bit words, so that equal keys have equal words.
///
///     a word a bigint | two words a decimal of 38 digits | half a word an int, a date, or the
///     number of a string | then a bit a column that is set where the value is NULL
///
/// Text and nested values are numbered by an interner, which lives as long as the encoder; their
/// NULL has a number of its own and needs no bit.
struct KeyEncoder {
  private struct Field {
    var word = 0
    var shift: UInt64 = 0
    /// The bits of the word (and of the one behind it) that the value takes.
    var mask: UInt64 = ~0
    var isWide = false
    var nullWord = 0
    var nullBit: UInt64 = 0
  }

  /// Words a row.
  let width: Int
  private let fields: [Field]
  private var interners: [KeyInterner]

  init(_ types: [DataType]) {
    var fields = types.map { _ in Field() }
    var word = 0
    for (index, type) in types.enumerated() where !KeyEncoder.isHalf(type) {
      fields[index].word = word
      fields[index].isWide = type.layout == .int128
      word += type.layout == .int128 ? 2 : 1
    }
    var half = word * 2
    for (index, type) in types.enumerated() where KeyEncoder.isHalf(type) {
      fields[index].word = half / 2
      fields[index].shift = UInt64(half % 2 * 32)
      fields[index].mask = 0xFFFF_FFFF << fields[index].shift
      half += 1
    }
    // The bits of NULLs go into what is left of the last word, then into further ones.
    var bit = half * 32
    for (index, type) in types.enumerated() where !KeyEncoder.isInterned(type) {
      fields[index].nullWord = bit / 64
      fields[index].nullBit = 1 << UInt64(bit % 64)
      bit += 1
    }
    self.fields = fields
    width = max(1, (bit + 63) / 64)
    interners = types.map { _ in KeyInterner() }
  }

  /// Bytes held, about.
  var byteCount: Int { interners.reduce(0) { $0 + $1.byteCount } }

  /// The rows' words, row by row. Strings unknown so far are numbered if `adding`; else they get a
  /// number that equals none.
  mutating func words(
    _ columns: [Column], count: Int, adding: Bool, _ cache: inout DictionaryNumbers
  ) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: count * width)
    for (index, column) in columns.enumerated() {
      let field = fields[index]
      switch column.values {
      case .boolean(let values): put(values, field, &words) { $0 ? 1 : 0 }
      case .int32(let values): put(values, field, &words) { UInt64(UInt32(bitPattern: $0)) }
      case .int64(let values): put(values, field, &words) { UInt64(bitPattern: $0) }
      case .double(let values):
        put(values, field, &words) { UInt64(bitPattern: orderedBits($0)) }
      case .int128(let values):
        var high = field
        high.word += 1
        put(values, field, &words) { UInt64(truncatingIfNeeded: $0) }
        put(values, high, &words) { UInt64(truncatingIfNeeded: $0 >> 64) }
      default:
        let numbers = numbers(column, index, adding: adding, &cache)
        put(numbers, field, &words) { UInt64(UInt32(bitPattern: $0)) }
        continue
      }
      if column.type == .null {
        for row in 0..<count { words[row * width + field.nullWord] |= field.nullBit }
      } else if let validity = column.validity {
        markNulls(validity, field, &words)
      }
    }
    return words
  }

  /// Writes one field of each row; what lies under a NULL is taken out again by `markNulls`.
  @inline(__always)
  private func put<Value>(
    _ values: [Value], _ field: Field, _ words: inout [UInt64], _ word: (Value) -> UInt64
  ) {
    let width = width
    words.withUnsafeMutableBufferPointer { words in
      values.withUnsafeBufferPointer { values in
        var at = field.word
        for row in 0..<values.count {
          words[at] |= word(values[row]) << field.shift
          at += width
        }
      }
    }
  }

  private func markNulls(_ validity: Bitmap, _ field: Field, _ words: inout [UInt64]) {
    for row in (~validity).setPositions {
      let start = Int(row) * width
      words[start + field.word] &= ~field.mask
      if field.isWide { words[start + field.word + 1] = 0 }
      words[start + field.nullWord] |= field.nullBit
    }
  }

  /// The rows that a column of text under a dictionary leaves to be looked at, when these are few:
  /// those whose value has a number.
  mutating func knownRows(
    _ columns: [Column], count: Int, _ cache: inout DictionaryNumbers
  ) -> [Int32]? {
    for (index, column) in columns.enumerated() {
      guard case .dictionary = column.values else { continue }
      let numbers = self.numbers(column, index, adding: false, &cache)
      let known = Bitmap(count: count) { numbers[$0] != KeyInterner.unknown }
      if known.setCount * 4 < count { return known.setPositions }
    }
    return nil
  }

  /// How many values of the column at `index`, one of text or of a nested type, have a number.
  func internedCount(_ index: Int) -> Int { interners[index].count }

  /// The numbers of values of the column at `index`, one of text or of a nested type.
  mutating func numbers(
    _ column: Column, _ index: Int, adding: Bool, _ cache: inout DictionaryNumbers
  ) -> [Int32] {
    switch column.values {
    case .dictionary(let codes, let dictionary):
      return cache.numbers(codes, column.validity, dictionary, index) { bytes in
        interners[index].number(of: bytes, adding: adding)
      }
    case .bytes:
      return column.withBytes { view in
        fillRows(column.count) { row in
          column.isNull(row)
            ? Self.nullNumber : interners[index].number(of: view[row], adding: adding)
        }
      }
    default:
      var bytes: [UInt8] = []
      return fillRows(column.count) { row in
        guard !column.isNull(row) else { return KeyEncoder.nullNumber }
        bytes.removeAll(keepingCapacity: true)
        KeyEncoder.append(column, row, to: &bytes)
        return bytes.withUnsafeBufferPointer { interners[index].number(of: $0, adding: adding) }
      }
    }
  }

  /// What NULL counts as among interned values.
  static let nullNumber = Int32.max

  /// Whether values of the type are numbered by an interner.
  private static func isInterned(_ type: DataType) -> Bool {
    switch type.layout {
    case .bytes, .list, .structure: true
    default: false
    }
  }

  private static func isHalf(_ type: DataType) -> Bool {
    switch type.layout {
    case .int64, .int128, .double: false
    default: true
    }
  }

  /// Bytes that are equal for equal values of nested types.
  private static func append(_ column: Column, _ row: Int, to bytes: inout [UInt8]) {
    guard !column.isNull(row) else {
      bytes.append(0)
      return
    }
    bytes.append(1)
    switch column.values {
    case .boolean(let values): bytes.append(values[row] ? 1 : 0)
    case .int32(let values): appendWord(UInt64(UInt32(bitPattern: values[row])), to: &bytes)
    case .int64(let values): appendWord(UInt64(bitPattern: values[row]), to: &bytes)
    case .double(let values):
      appendWord(UInt64(bitPattern: orderedBits(values[row])), to: &bytes)
    case .int128(let values):
      appendWord(UInt64(truncatingIfNeeded: values[row]), to: &bytes)
      appendWord(UInt64(truncatingIfNeeded: values[row] >> 64), to: &bytes)
    case .bytes, .dictionary:
      column.withBytes { view in
        appendWord(UInt64(view[row].count), to: &bytes)
        bytes.append(contentsOf: view[row])
      }
    case .list(_, let elements):
      let range = column.listRange(row)
      appendWord(UInt64(range.count), to: &bytes)
      for place in range { append(elements, place, to: &bytes) }
    case .structure(let members):
      for member in members { append(member, row, to: &bytes) }
    }
  }

  private static func appendWord(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) }
  }
}

/// The numbers of the entries of the dictionary seen last, one dictionary a key column.
struct DictionaryNumbers {
  private static let unasked: Int32 = -2

  private var dictionaries: [ByteDictionary?]
  private var known: [[Int32]]

  init(columnCount: Int) {
    dictionaries = Array(repeating: nil, count: columnCount)
    known = Array(repeating: [], count: columnCount)
  }

  /// The number of each row's entry, `KeyEncoder.nullNumber` for NULL; each entry in use is asked
  /// for once.
  mutating func numbers(
    _ codes: [Int32], _ validity: Bitmap?, _ dictionary: ByteDictionary, _ index: Int,
    _ number: (TextBytes) -> Int32
  ) -> [Int32] {
    if dictionaries[index] !== dictionary {
      dictionaries[index] = dictionary
      known[index] = [Int32](repeating: DictionaryNumbers.unasked, count: dictionary.values.count)
    }
    var answers = known[index]
    known[index] = []
    let runs = dictionary.values
    let result = runs.bytes.withUnsafeBufferPointer { bytes in
      answers.withUnsafeMutableBufferPointer { answers in
        codes.withUnsafeBufferPointer { codes in
          fillRows(codes.count) { row -> Int32 in
            if let validity, !validity[row] { return KeyEncoder.nullNumber }
            let code = Int(codes[row])
            if answers[code] == DictionaryNumbers.unasked {
              let range = Int(runs.offsets[code])..<Int(runs.offsets[code + 1])
              answers[code] = number(TextBytes(rebasing: bytes[range]))
            }
            return answers[code]
          }
        }
      }
    }
    known[index] = answers
    return result
  }
}
