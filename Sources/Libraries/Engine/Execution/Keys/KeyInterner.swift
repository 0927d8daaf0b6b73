import Columnar
import Core

/// Numbers for byte strings: equal strings get one number, counted from 0 in order of arrival.
struct KeyInterner {
  /// The number of a string that was never added.
  static let unknown: Int32 = -1

  /// The strings end to end, and where each begins; one offset more than strings.
  private var bytes: [UInt8] = []
  private var offsets: [Int32] = [0]
  /// The upper half of a string's hash and, below it, its number plus one; 0 is an empty slot.
  private var slots = [UInt64](repeating: 0, count: 64)

  /// How many strings have a number.
  var count: Int { offsets.count - 1 }

  /// The string's number; a new one if `adding`, else `unknown`.
  mutating func number(of text: TextBytes, adding: Bool) -> Int32 {
    let hash = hashOf(text)
    let (found, empty) = slots.withUnsafeBufferPointer { slots in
      find(text, hash, slots)
    }
    if found >= 0 || !adding { return found }
    let number = count
    slots[empty] = KeyInterner.entry(hash, number)
    bytes.append(contentsOf: text)
    offsets.append(Int32(bytes.count))
    if count * 2 > slots.count { growSlots() }
    return Int32(number)
  }

  /// Bytes held, about.
  var byteCount: Int { bytes.count + offsets.count * 4 + slots.count * 8 }

  /// The string's number; or `unknown`, and the slot it would have.
  @inline(__always)
  private func find(
    _ text: TextBytes, _ hash: UInt64, _ slots: UnsafeBufferPointer<UInt64>
  ) -> (number: Int32, empty: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = slots[slot]
      if entry >> 32 == hash >> 32 {
        let number = Int32(truncatingIfNeeded: entry) - 1
        if isEqual(Int(number), text) { return (number, slot) }
      }
      slot = (slot + 1) & mask
    }
    return (KeyInterner.unknown, slot)
  }

  private func isEqual(_ number: Int, _ text: TextBytes) -> Bool {
    let start = Int(offsets[number])
    let end = Int(offsets[number + 1])
    guard end - start == text.count else { return false }
    return bytes.withUnsafeBufferPointer {
      bytesEqual(TextBytes(rebasing: $0[start..<end]), text)
    }
  }

  private mutating func growSlots() {
    let mask = slots.count * 2 - 1
    var slots = [UInt64](repeating: 0, count: mask + 1)
    bytes.withUnsafeBufferPointer { bytes in
      for number in 0..<count {
        let range = Int(offsets[number])..<Int(offsets[number + 1])
        let hash = hashOf(TextBytes(rebasing: bytes[range]))
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = KeyInterner.entry(hash, number)
      }
    }
    self.slots = slots
  }

  private static func entry(_ hash: UInt64, _ number: Int) -> UInt64 {
    hash & ~0xFFFF_FFFF | UInt64(number + 1)
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
    if bytes.count >= 8 {
      // The last eight bytes, some of them once more.
      word = raw.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    } else {
      for byte in raw { word = word << 8 | UInt64(byte) }
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
