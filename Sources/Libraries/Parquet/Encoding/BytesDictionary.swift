import Columnar
import Core

/// Gives each different byte string the next code; open addressing over hashes and codes.
struct BytesDictionary {
  private(set) var values = ByteRuns()
  private var hashes: [UInt64] = []
  private var table = [Int32](repeating: -1, count: 1 << 10)
  private let seed: HashSeed

  init(_ seed: HashSeed = .ofProcess) { self.seed = seed }

  var count: Int { hashes.count }

  /// The bytes in memory.
  var heldByteCount: Int {
    values.bytes.capacity + 4 * values.offsets.capacity + 8 * hashes.capacity + 4 * table.count
  }

  /// The bytes of the dictionary page.
  var plainByteCount: Int { values.bytes.count + 4 * count }

  /// The dictionary page: length and bytes of each entry.
  var plainBytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: plainByteCount) { plain, count in
      values.bytes.withUnsafeBytes { bytes in
        let plain = UnsafeMutableRawBufferPointer(plain)
        for entry in 0..<self.count {
          let start = Int(values.offsets[entry])
          let length = Int(values.offsets[entry + 1]) - start
          plain.storeBytes(of: UInt32(length).littleEndian, toByteOffset: count, as: UInt32.self)
          UnsafeMutableRawBufferPointer(rebasing: plain[(count + 4)...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
          count += 4 + length
        }
      }
    }
  }

  /// Appends the code of each of `runs` to `codes`.
  mutating func encode(_ runs: ByteRuns, into codes: inout [Int32]) {
    let start = codes.count
    codes.append(contentsOf: repeatElement(0, count: runs.count))
    codes.withUnsafeMutableBufferPointer { codes in
      runs.bytes.withUnsafeBytes { bytes in
        runs.offsets.withUnsafeBufferPointer { offsets in
          for row in 0..<offsets.count - 1 {
            let range = Int(offsets[row])..<Int(offsets[row + 1])
            codes[start + row] = code(of: UnsafeRawBufferPointer(rebasing: bytes[range]))
          }
        }
      }
    }
  }

  /// Appends our code for each of `input`, codes into `source`, to `codes`, and gives how many
  /// bytes the values would take plainly. `translation` has our code of each entry, or -1.
  mutating func translate(
    _ input: [Int32], _ source: ByteRuns, _ translation: inout [Int32], into codes: inout [Int32]
  ) -> Int {
    let start = codes.count
    codes.append(contentsOf: repeatElement(0, count: input.count))
    var byteCount = 0
    codes.withUnsafeMutableBufferPointer { codes in
      source.bytes.withUnsafeBytes { bytes in
        source.offsets.withUnsafeBufferPointer { offsets in
          translation.withUnsafeMutableBufferPointer { translation in
            for (row, code) in input.enumerated() {
              let range = Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])
              byteCount += range.count + 4
              if translation[Int(code)] < 0 {
                translation[Int(code)] = self.code(
                  of: UnsafeRawBufferPointer(rebasing: bytes[range]))
              }
              codes[start + row] = translation[Int(code)]
            }
          }
        }
      }
    }
    return byteCount
  }

  /// The code of `value`, which is added when it is new.
  private mutating func code(of value: UnsafeRawBufferPointer) -> Int32 {
    let hash = seed.hash(of: value)
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
    // Not by the runs' own `append`, which is not made for this type of bytes.
    values.bytes.append(contentsOf: value)
    values.offsets.append(Int32(values.bytes.count))
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
