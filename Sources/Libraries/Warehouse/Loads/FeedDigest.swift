import Columnar
import Core

/// What a delivery holds, gathered while it is staged: rows, sums of decimals, a digest that does
/// not depend on the order, and whether a key may have come twice.
struct FeedDigest {
  private(set) var rowCount = 0
  /// Sums in units of each decimal column's last digit, by position; nil for other columns, and for
  /// sums of more digits than a decimal has.
  private(set) var sums: [Int128?]
  /// Whether two rows may have the same key; false is certain.
  private(set) var mayRepeatKeys: Bool
  /// The positions of the key's columns that had a NULL.
  private(set) var nullKeys: Set<Int> = []
  /// Whether a column of the key had a NULL.
  var hasNullKeys: Bool { !nullKeys.isEmpty }

  private let keys: [Int]
  private let hashLimit: Int
  private var keyHashes = SeenHashes()
  private var texts: TextHashes
  private var digestLow: UInt64 = 0
  private var digestHigh: UInt64 = 0

  /// For batches of `schema`, of which `keys` are the positions of the key's columns; `hashLimit`
  /// keys are remembered to tell whether one came twice.
  init(_ schema: Schema, keys: [Int], hashLimit: Int) {
    self.hashLimit = hashLimit
    mayRepeatKeys = hashLimit == 0
    texts = TextHashes(count: schema.fields.count)
    sums = schema.fields.map { $0.type.isDecimal ? 0 : nil }
    self.keys = keys
  }

  /// The digest of all rows.
  var digest: String {
    hexText(
      [digestLow, digestHigh].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) }
      })
  }

  mutating func add(_ batch: Batch) {
    rowCount += batch.rowCount
    var rows = [UInt64](repeating: 0, count: batch.rowCount)
    for (position, column) in batch.columns.enumerated() {
      combine(column, texts.hashes(of: column, at: position), into: &rows)
      if let sum = sums[position] { sums[position] = total(of: column, from: sum) }
    }
    for hash in rows {
      digestLow &+= hash
      digestHigh &+= mixed(hash ^ 0x9E37_79B9_7F4A_7C15)
    }
    for position in keys where batch.columns[position].hasNulls { nullKeys.insert(position) }
    if !mayRepeatKeys { rememberKeys(batch) }
  }

  private mutating func rememberKeys(_ batch: Batch) {
    guard rowCount <= hashLimit else {
      mayRepeatKeys = true
      keyHashes = SeenHashes()
      return
    }
    var keyed = [UInt64](repeating: 1, count: batch.rowCount)
    for position in keys {
      let column = batch.columns[position]
      combine(column, texts.hashes(of: column, at: position), into: &keyed)
    }
    for hash in keyed where !keyHashes.insert(hash) { mayRepeatKeys = true }
  }

  /// `start` and the column's values added up; nil where that takes more digits than we have.
  private func total(of column: Column, from start: Int128) -> Int128? {
    var sum = start
    switch column.values {
    case .int64(let values):
      for row in values.indices where !column.isNull(row) { sum += Int128(values[row]) }
    case .int128(let values):
      for row in values.indices where !column.isNull(row) {
        let (next, hasOverflown) = sum.addingReportingOverflow(values[row])
        if hasOverflown { return nil }
        sum = next
      }
    default: break
    }
    return sum.magnitude < Decimal.power(Decimal.maximumPrecision).magnitude ? sum : nil
  }
}

/// Mixes each row's value into its hash; the same in every process. `texts` are the hashes of the
/// column's texts, if it has any.
private func combine(_ column: Column, _ texts: [UInt64], into rows: inout [UInt64]) {
  switch column.values {
  case .boolean(let values): mix(column, &rows) { values[$0] ? 1 : 2 }
  case .int32(let values): mix(column, &rows) { UInt64(bitPattern: Int64(values[$0])) }
  case .int64(let values): mix(column, &rows) { UInt64(bitPattern: values[$0]) }
  case .int128(let values):
    mix(column, &rows) { row in
      UInt64(truncatingIfNeeded: values[row])
        ^ mixed(UInt64(truncatingIfNeeded: values[row] >> 64))
    }
  case .double(let values):
    mix(column, &rows) { (values[$0] == 0 ? 0 : values[$0]).bitPattern }
  case .bytes: mix(column, &rows) { texts[$0] }
  case .dictionary(let codes, _): mix(column, &rows) { texts[Int(codes[$0])] }
  case .list, .structure: mix(column, &rows) { UInt64($0) }
  }
}

@inline(__always)
private func mix(_ column: Column, _ rows: inout [UInt64], _ word: (Int) -> UInt64) {
  let nullHash: UInt64 = 0x51_7CC1_B727_220A
  let hasNulls = column.hasNulls
  rows.withUnsafeMutableBufferPointer { rows in
    for row in rows.indices {
      let word = hasNulls && column.isNull(row) ? nullHash : word(row)
      rows[row] = mixed((rows[row] << 5 | rows[row] >> 59) ^ word)
    }
  }
}

/// The hashes of columns' texts; those of a dictionary are kept while batches share it.
private struct TextHashes {
  private var dictionaries: [ByteDictionary?]
  private var ofDictionaries: [[UInt64]]

  init(count: Int) {
    dictionaries = [ByteDictionary?](repeating: nil, count: count)
    ofDictionaries = [[UInt64]](repeating: [], count: count)
  }

  /// A hash a value, or a dictionary's entry; none for columns without texts.
  mutating func hashes(of column: Column, at position: Int) -> [UInt64] {
    switch column.values {
    case .bytes(let runs): return textHashes(runs)
    case .dictionary(_, let dictionary):
      if dictionaries[position] !== dictionary {
        dictionaries[position] = dictionary
        ofDictionaries[position] = textHashes(dictionary.values)
      }
      return ofDictionaries[position]
    default: return []
    }
  }
}

private func textHashes(_ runs: ByteRuns) -> [UInt64] {
  runs.bytes.withUnsafeBufferPointer { bytes in
    (0..<runs.count).map { row in
      textHash(
        UnsafeBufferPointer(rebasing: bytes[Int(runs.offsets[row])..<Int(runs.offsets[row + 1])]))
    }
  }
}

/// A hash of bytes, the same in every process.
@inline(__always)
private func textHash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
  var hash = UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15
  let raw = UnsafeRawBufferPointer(text)
  var position = 0
  while position + 8 <= raw.count {
    hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    position += 8
  }
  var last: UInt64 = 0
  while position < raw.count {
    last = last << 8 | UInt64(raw[position])
    position += 1
  }
  return mixed(hash ^ last)
}

/// Spreads every bit over the whole word (the finalizer of MurmurHash3).
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
  var word = value ^ (value >> 33)
  word = word &* 0xFF51_AFD7_ED55_8CCD  // Wrapping is the point of a hash.
  word ^= word >> 33
  word = word &* 0xC4CE_B9FE_1A85_EC53
  return word ^ (word >> 33)
}
