import Columnar
import Core

/// Finds rows by key: a hash table over keys encoded as bytes.
///
/// A key is the values of some columns, each as its bytes with what is needed to tell them apart; a
/// row with a NULL in its key has none, for NULL equals nothing.
struct MergeKeys {
  private var bytes: [UInt8] = []
  /// Key `i` is `bytes[ends[i - 1]..<ends[i]]`.
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Key numbers plus one; 0 is free. As many as a power of two.
  private var slots: [Int32] = [Int32](repeating: 0, count: 64)
  private let seed: HashSeed

  init(_ seed: HashSeed = .ofProcess) { self.seed = seed }

  /// How many different keys there are.
  var count: Int { ends.count }

  /// The number of the key, which is new if there was none such.
  mutating func insert(_ key: [UInt8]) -> (number: Int, isNew: Bool) {
    let hash = hash(key)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot] - 1)
      if hashes[number] == hash, equals(number, key) { return (number, false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(ends.count + 1)
    bytes += key
    ends.append(bytes.count)
    hashes.append(hash)
    if ends.count * 2 > slots.count { grow() }
    return (ends.count - 1, true)
  }

  /// The number of the key, or nil.
  func find(_ key: [UInt8]) -> Int? {
    let hash = hash(key)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot] - 1)
      if hashes[number] == hash, equals(number, key) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func equals(_ number: Int, _ key: [UInt8]) -> Bool {
    let start = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - start == key.count else { return false }
    for index in key.indices where bytes[start + index] != key[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number + 1)
    }
  }

  private func hash(_ key: [UInt8]) -> UInt64 { key.withUnsafeBytes { seed.hash(of: $0) } }
}

/// Spells the keys of a batch's rows as bytes; equal values of one type have equal bytes.
struct MergeKeyBytes {
  private let columns: [Column]

  /// `columns` in the order of the key, of the types the table has.
  init(_ columns: [Column]) { self.columns = columns }

  /// Puts the key of `row` into `key`; false when a part of it is NULL.
  func encode(_ row: Int, into key: inout [UInt8]) -> Bool {
    key.removeAll(keepingCapacity: true)
    for column in columns {
      if column.isNull(row) { return false }
      append(column, row, to: &key)
    }
    return true
  }

  /// Puts all values of `row` into `bytes`, NULLs among them.
  func encodeAll(_ row: Int, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    for column in columns {
      let isNull = column.isNull(row)
      bytes.append(isNull ? 0 : 1)
      if !isNull { append(column, row, to: &bytes) }
    }
  }

  private func append(_ column: Column, _ row: Int, to key: inout [UInt8]) {
    switch column.values {
    case .boolean(let values): key.append(values[row] ? 1 : 0)
    case .int32(let values): append(values[row], to: &key)
    case .int64(let values): append(values[row], to: &key)
    case .int128(let values): append(values[row], to: &key)
    case .double(let values):
      // One bit pattern for each value: -0 equals 0, NaN equals NaN.
      let value = values[row]
      append(value.isNaN ? Double.nan.bitPattern : (value == 0 ? 0 : value.bitPattern), to: &key)
    case .bytes(let runs): append(runs[row], to: &key)
    case .dictionary(let codes, let dictionary):
      append(dictionary.values[Int(codes[row])], to: &key)
    case .list, .structure:
      append(Array("\(column.scalar(at: row))".utf8)[...], to: &key)
    }
  }

  private func append(_ value: some FixedWidthInteger, to key: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { key.append(contentsOf: $0) }
  }

  private func append(_ value: ArraySlice<UInt8>, to key: inout [UInt8]) {
    append(Int32(value.count), to: &key)
    key.append(contentsOf: value)
  }
}
