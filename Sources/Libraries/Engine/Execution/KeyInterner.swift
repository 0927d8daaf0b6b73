import Columnar
import Core

/// Numbers for byte strings: equal strings get one number, counted from 0 in order of arrival.
struct KeyInterner {
  /// The number of a string that was never added.
  static let unknown: Int32 = -1

  private var entries = ByteRuns()
  private var hashes: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 64)
  private var mask = 63

  /// The string's number; a new one if `adding`, else `unknown`.
  mutating func number(of bytes: TextBytes, adding: Bool) -> Int32 {
    let hash = hashOf(bytes)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry < 0 { break }
      if hashes[Int(entry)] == hash, isEntry(Int(entry), bytes) { return entry }
      slot = (slot + 1) & mask
    }
    guard adding else { return KeyInterner.unknown }
    let entry = Int32(hashes.count)
    slots[slot] = entry
    hashes.append(hash)
    entries.append(bytes)
    if hashes.count * 2 > slots.count { growSlots() }
    return entry
  }

  /// Bytes held, about.
  var byteCount: Int { entries.bytes.count + entries.offsets.count * 4 + hashes.count * 16 }

  private func isEntry(_ entry: Int, _ bytes: TextBytes) -> Bool {
    let start = Int(entries.offsets[entry])
    let end = Int(entries.offsets[entry + 1])
    guard end - start == bytes.count else { return false }
    return entries.bytes.withUnsafeBufferPointer {
      bytesEqual(TextBytes(rebasing: $0[start..<end]), bytes)
    }
  }

  private mutating func growSlots() {
    mask = slots.count * 2 - 1
    slots = [Int32](repeating: -1, count: mask + 1)
    for (entry, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(entry)
    }
  }
}

/// A hash of bytes, eight at a time; multiplications wrap as hashes do.
@inline(__always)
func hashOf(_ bytes: TextBytes) -> UInt64 {
  let raw = UnsafeRawBufferPointer(bytes)
  var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
  var at = 0
  while at + 8 <= bytes.count {
    hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    at += 8
  }
  if at < bytes.count {
    var word: UInt64 = 0
    while at < bytes.count {
      word = word << 8 | UInt64(raw[at])
      at += 1
    }
    hash = mixed(hash ^ word)
  }
  return hash
}

/// A word whose bits all depend on all bits of the given one.
@inline(__always)
func mixed(_ word: UInt64) -> UInt64 {
  let product = (word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
  return product.high ^ product.low
}
