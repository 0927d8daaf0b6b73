import Columnar

/// Strings and binaries by dictionary as long as that pays, then plainly.
///
/// Columns that are dictionaries already are translated code by code: each of their entries is
/// looked up once, however many rows have it.
final class BytesEncoder: ValueEncoder {
  private let limits: DictionaryLimits
  private var dictionary: BytesDictionary?
  private var codes: [Int32] = []
  private var plain: [UInt8] = []
  /// What the values of the page at hand would take plainly.
  private var plainByteCount = 0
  private var hasDictionaryPage = false
  private var finished: (count: Int, bytes: [UInt8])?
  private var least: [UInt8]?
  private var greatest: [UInt8]?
  /// The input dictionary seen last, and our code for each of its entries, or -1.
  private var source: ByteDictionary?
  private var translation: [Int32] = []

  init(limits: DictionaryLimits) {
    self.limits = limits
    dictionary = limits.byteCount > 0 ? BytesDictionary() : nil
  }

  func append(_ column: Column) {
    switch (column.values, dictionary != nil) {
    case (.bytes(let runs), true): encode(runs)
    case (.bytes(let runs), false): appendPlain(runs, nil)
    case (.dictionary(let codes, let source), true): translate(codes, source)
    case (.dictionary(let codes, let source), false): appendPlain(source.values, codes)
    default: preconditionFailure("a \(column.type.sql) column is not stored as bytes")
    }
  }

  var pendingByteCount: Int {
    guard let dictionary else { return plain.count }
    return codes.count * bitWidth(of: max(1, dictionary.count - 1)) / 8
  }

  func takePage() -> (encoding: Encoding, bytes: [UInt8]) {
    guard let dictionary else {
      defer { plain.removeAll(keepingCapacity: true) }
      return (.plain, plain)
    }
    let pays = DictionaryLimits.pays(
      dictionary: dictionary.plainByteCount, codes: pendingByteCount, plain: plainByteCount)
    plainByteCount = 0
    if !hasDictionaryPage, !pays {
      appendPlain(dictionary.values, codes)
      codes = []
      self.dictionary = nil
      return takePage()
    }
    hasDictionaryPage = true
    let width = bitWidth(of: max(0, dictionary.count - 1))
    let bytes = [UInt8(width)] + runLengthEncoded(codes, width: width)
    codes.removeAll(keepingCapacity: true)
    if dictionary.plainByteCount > limits.byteCount {
      finished = (dictionary.count, dictionary.plainBytes)
      self.dictionary = nil
      translation = []
      source = nil
    }
    return (.runLengthDictionary, bytes)
  }

  func takeDictionary() -> (count: Int, bytes: [UInt8])? {
    if let finished { return finished }
    guard hasDictionaryPage, let dictionary else { return nil }
    return (dictionary.count, dictionary.plainBytes)
  }

  var bounds: PlainBounds? {
    guard let least, let greatest else { return nil }
    return PlainBounds(minimum: least, maximum: greatest)
  }

  private func encode(_ runs: ByteRuns) {
    plainByteCount += runs.bytes.count + 4 * runs.count
    let known = dictionary!.count
    codes.reserveCapacity(codes.count + runs.count)
    runs.bytes.withUnsafeBytes { bytes in
      for row in 0..<runs.count {
        let range = Int(runs.offsets[row])..<Int(runs.offsets[row + 1])
        codes.append(dictionary!.code(of: UnsafeRawBufferPointer(rebasing: bytes[range])))
      }
    }
    noteEntries(from: known)
  }

  private func translate(_ input: [Int32], _ from: ByteDictionary) {
    let known = dictionary!.count
    if source !== from {
      source = from
      translation = [Int32](repeating: -1, count: from.values.count)
    }
    codes.reserveCapacity(codes.count + input.count)
    from.values.bytes.withUnsafeBytes { bytes in
      for code in input {
        let start = Int(from.values.offsets[Int(code)])
        let end = Int(from.values.offsets[Int(code) + 1])
        plainByteCount += end - start + 4
        var ours = translation[Int(code)]
        if ours < 0 {
          ours = dictionary!.code(of: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
          translation[Int(code)] = ours
        }
        codes.append(ours)
      }
    }
    noteEntries(from: known)
  }

  /// Every entry of the dictionary is some row's value, so only new entries move the bounds.
  private func noteEntries(from known: Int) {
    let values = dictionary!.values
    values.bytes.withUnsafeBytes { bytes in
      for entry in known..<values.count {
        let range = Int(values.offsets[entry])..<Int(values.offsets[entry + 1])
        note(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
  }

  /// Appends length and bytes of the values at `rows`, or of all.
  private func appendPlain(_ runs: ByteRuns, _ rows: [Int32]?) {
    runs.bytes.withUnsafeBytes { bytes in
      for index in 0..<(rows?.count ?? runs.count) {
        let row = rows.map { Int($0[index]) } ?? index
        let range = Int(runs.offsets[row])..<Int(runs.offsets[row + 1])
        let value = UnsafeRawBufferPointer(rebasing: bytes[range])
        note(value)
        appendLength(value.count, to: &plain)
        plain.append(contentsOf: value)
      }
    }
  }

  private func note(_ value: UnsafeRawBufferPointer) {
    if least == nil || precedes(value, least!) { least = Array(value) }
    if greatest == nil || follows(value, greatest!) { greatest = Array(value) }
  }

  private func precedes(_ value: UnsafeRawBufferPointer, _ bound: [UInt8]) -> Bool {
    bound.withUnsafeBytes { comesBefore(value, $0) }
  }

  private func follows(_ value: UnsafeRawBufferPointer, _ bound: [UInt8]) -> Bool {
    bound.withUnsafeBytes { comesBefore($0, value) }
  }
}

/// Appends a length as plain byte arrays have it: four bytes, the lowest first.
private func appendLength(_ count: Int, to bytes: inout [UInt8]) {
  let length = UInt32(count)
  bytes.append(UInt8(truncatingIfNeeded: length))
  bytes.append(UInt8(truncatingIfNeeded: length >> 8))
  bytes.append(UInt8(truncatingIfNeeded: length >> 16))
  bytes.append(UInt8(truncatingIfNeeded: length >> 24))
}

/// Whether `left` stands before `right` in the order of unsigned bytes.
@inline(__always)
private func comesBefore(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  let count = min(left.count, right.count)
  var index = 0
  while index < count {
    if left[index] != right[index] { return left[index] < right[index] }
    index += 1
  }
  return left.count < right.count
}

/// Gives each different byte string the next code; open addressing over hashes and codes.
struct BytesDictionary {
  private(set) var values = ByteRuns()
  private var hashes: [UInt64] = []
  private var table = [Int32](repeating: -1, count: 1 << 10)

  var count: Int { hashes.count }

  /// The bytes of the dictionary page.
  var plainByteCount: Int { values.bytes.count + 4 * count }

  /// The dictionary page: length and bytes of each entry.
  var plainBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(plainByteCount)
    for entry in 0..<count {
      appendLength(values[entry].count, to: &bytes)
      bytes.append(contentsOf: values[entry])
    }
    return bytes
  }

  /// The code of `value`, which is added when it is new.
  mutating func code(of value: UnsafeRawBufferPointer) -> Int32 {
    let hash = hashOfBytes(value)
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let code = table[slot]
      if code < 0 { break }
      if hashes[Int(code)] == hash, isEqual(value, toEntry: Int(code)) { return code }
      slot = (slot + 1) & mask
    }
    let code = Int32(truncatingIfNeeded: count)
    table[slot] = code
    hashes.append(hash)
    values.append(value)
    if count * 2 > table.count { grow() }
    return code
  }

  private func isEqual(_ value: UnsafeRawBufferPointer, toEntry entry: Int) -> Bool {
    let start = Int(values.offsets[entry])
    guard Int(values.offsets[entry + 1]) - start == value.count else { return false }
    return values.bytes.withUnsafeBytes { bytes in
      var index = 0
      while index + 8 <= value.count {
        let left = value.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let right = bytes.loadUnaligned(fromByteOffset: start + index, as: UInt64.self)
        if left != right { return false }
        index += 8
      }
      while index < value.count {
        if value[index] != bytes[start + index] { return false }
        index += 1
      }
      return true
    }
  }

  private mutating func grow() {
    let mask = table.count * 2 - 1
    table = [Int32](repeating: -1, count: mask + 1)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while table[slot] >= 0 { slot = (slot + 1) & mask }
      table[slot] = Int32(truncatingIfNeeded: code)
    }
  }
}

/// A hash of a byte string, eight bytes at a time; the same in every run.
@inline(__always)
private func hashOfBytes(_ value: UnsafeRawBufferPointer) -> UInt64 {
  var hash = UInt64(value.count) &* 0x9E37_79B9_7F4A_7C15
  var index = 0
  while index + 8 <= value.count {
    hash = mixed(hash ^ value.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    index += 8
  }
  var rest: UInt64 = 0
  while index < value.count {
    rest = rest << 8 | UInt64(value[index])
    index += 1
  }
  return mixed(hash ^ rest)
}

@inline(__always)
private func mixed(_ word: UInt64) -> UInt64 {
  let product = word.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
  return product.high ^ product.low ^ 0xE703_7ED1_A0B4_28DB
}
