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
  private let seed: HashSeed

  init(_ seed: HashSeed = .ofProcess) { self.seed = seed }

  /// How many strings have a number.
  var count: Int { offsets.count - 1 }

  /// The string's number; a new one if `adding`, else `unknown`.
  mutating func number(of text: TextBytes, adding: Bool) -> Int32 {
    let hash = seed.hash(of: UnsafeRawBufferPointer(text))
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
        let hash = seed.hash(of: UnsafeRawBufferPointer(TextBytes(rebasing: bytes[range])))
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
