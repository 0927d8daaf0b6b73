package import Columnar

/// A 64-bit hash of a row's key: the values of some columns, in order.
///
/// Equal keys of one type have equal hashes in every run, batch and encoding; -0 equals 0, and NaN
/// equals NaN. It is written down in indexes: whoever changes it raises `version`.
package enum KeyHash {
  /// Which hash this is.
  static let version = 1
  /// The hash of a row with a NULL in its key, which equals nothing; no key has it.
  package static let none: UInt64 = 0

  /// Whether keys of this type can be hashed.
  package static func supports(_ type: DataType) -> Bool {
    switch type.layout {
    case .list, .structure: false
    default: type != .null
    }
  }

  /// The hash of each row of `columns`, whose types are all supported.
  package static func hashes(of columns: [Column], count: Int) -> [UInt64] {
    var hashes = [UInt64](repeating: seed, count: count)
    for column in columns { combine(column, into: &hashes) }
    for row in hashes.indices where hashes[row] == none { hashes[row] = 1 }
    for column in columns {
      guard let validity = column.validity, !validity.isAllSet else { continue }
      for row in 0..<count where !validity[row] { hashes[row] = none }
    }
    return hashes
  }

  private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let factor: UInt64 = 0xD6E8_FEB8_6659_FD93
  private static let other: UInt64 = 0xA076_1D64_78BD_642F

  private static func combine(_ column: Column, into hashes: inout [UInt64]) {
    switch column.values {
    case .boolean(let values): combine(values, into: &hashes) { $0 ? 1 : 0 }
    case .int32(let values):
      combine(values, into: &hashes) { UInt64(bitPattern: Int64($0)) }
    case .int64(let values): combine(values, into: &hashes) { UInt64(bitPattern: $0) }
    case .int128(let values):
      combine(values, into: &hashes) { value in
        let high = UInt64(truncatingIfNeeded: value >> 64)
        return mixed(UInt64(truncatingIfNeeded: value), high ^ factor)
      }
    case .double(let values):
      combine(values, into: &hashes) { value in
        value.isNaN ? Double.nan.bitPattern : value == 0 ? 0 : value.bitPattern
      }
    case .bytes(let runs): combine(textHashes(runs), into: &hashes) { $0 }
    case .dictionary(let codes, let dictionary):
      if dictionary.values.count <= codes.count {
        let entries = textHashes(dictionary.values)
        // A code under a NULL may be any; the row's hash is overwritten then.
        combine(codes, into: &hashes) { code in
          entries.indices.contains(Int(code)) ? entries[Int(code)] : 0
        }
      } else {
        let runs = dictionary.values
        combine(codes, into: &hashes) { code in
          (0..<runs.count).contains(Int(code)) ? runs[Int(code)].withUnsafeBytes { hash($0) } : 0
        }
      }
    case .list, .structure: preconditionFailure("a key is no list and no structure")
    }
  }

  @inline(__always)
  private static func combine<Value>(
    _ values: [Value], into hashes: inout [UInt64], _ bits: (Value) -> UInt64
  ) {
    precondition(values.count >= hashes.count, "a column has a value for each row")
    values.withUnsafeBufferPointer { values in
      hashes.withUnsafeMutableBufferPointer { hashes in
        for row in 0..<hashes.count { hashes[row] = mixed(hashes[row], bits(values[row])) }
      }
    }
  }

  /// The hash of each run of bytes.
  private static func textHashes(_ runs: ByteRuns) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: runs.count) { hashes, count in
      runs.bytes.withUnsafeBytes { bytes in
        runs.offsets.withUnsafeBufferPointer { offsets in
          for row in 0..<offsets.count - 1 {
            hashes[row] = hash(
              UnsafeRawBufferPointer(
                rebasing: bytes[Int(offsets[row])..<Int(offsets[row + 1])]))
          }
        }
      }
      count = runs.count
    }
  }

  /// Eight bytes at a time, the rest padded with zeros; the length tells paddings apart.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = mixed(seed, UInt64(bytes.count))
    var position = 0
    while position + 8 <= bytes.count {
      hash = mixed(hash, load(bytes, position))
      position += 8
    }
    if position < bytes.count {
      var tail: UInt64 = 0
      var shift: UInt64 = 0
      while position < bytes.count {
        tail |= UInt64(bytes[position]) << shift
        shift += 8
        position += 1
      }
      hash = mixed(hash, tail)
    }
    return hash
  }

  @inline(__always)
  private static func load(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  /// Both halves of a 128-bit product, folded: every bit of the input reaches every bit.
  @inline(__always)
  private static func mixed(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let product = (hash ^ other).multipliedFullWidth(by: value ^ factor)
    let folded = product.high ^ product.low
    return folded ^ (folded >> 29) ^ hash &* 3  // Wrapping: a hash.
  }
}
