import Columnar
import Core

/// Numbers for keys of fixed width: equal keys get one number, counted from 0 in order of arrival.
///
/// A slot holds the upper half of a key's hash and, below it, the key's number plus one; 0 is an
/// empty slot. So a key is looked at only when its hash agrees.
struct KeyTable {
  /// Words a key.
  let width: Int
  private(set) var count = 0
  /// The keys end to end, and room for more.
  private var keys: [UInt64] = []
  private var slots = [UInt64](repeating: 0, count: 256)
  private let seed: HashSeed

  init(width: Int, _ seed: HashSeed = .ofProcess) {
    self.width = width
    self.seed = seed
  }

  /// Bytes held, about.
  var byteCount: Int { (keys.count + slots.count) * 8 }

  /// The number of each key, new keys added; `newRows` are the rows that brought them.
  mutating func adding(_ words: [UInt64], rowCount: Int) -> (numbers: [Int32], newRows: [Int32]) {
    reserve(count + rowCount)
    var newRows: [Int32] = []
    var count = count
    let width = width
    // Locals, so that both can be written through pointers at once.
    var (keys, slots) = takeStorage()
    let numbers = words.withUnsafeBufferPointer { words in
      keys.withUnsafeMutableBufferPointer { keys in
        slots.withUnsafeMutableBufferPointer { slots in
          let view = KeySlots(slots: slots, keys: keys.baseAddress, seed: seed)
          return switch width {
          case 1: view.adding(words, width: 1, rowCount, &count, &newRows)
          case 2: view.adding(words, width: 2, rowCount, &count, &newRows)
          default: view.adding(words, width: width, rowCount, &count, &newRows)
          }
        }
      }
    }
    (self.count, self.keys, self.slots) = (count, keys, slots)
    return (numbers, newRows)
  }

  /// The number of each key, -1 where it was never added.
  func numbers(_ words: [UInt64], rowCount: Int) -> [Int32] {
    words.withUnsafeBufferPointer { words in
      keys.withUnsafeBufferPointer { keys in
        slots.withUnsafeBufferPointer { slots in
          let view = KeySlots(
            slots: UnsafeMutableBufferPointer(mutating: slots),
            keys: UnsafeMutablePointer(mutating: keys.baseAddress), seed: seed)
          return switch width {
          case 1: view.numbers(words, width: 1, rowCount)
          case 2: view.numbers(words, width: 2, rowCount)
          default: view.numbers(words, width: width, rowCount)
          }
        }
      }
    }
  }

  /// Makes room for `wanted` keys at a load of at most a half.
  private mutating func reserve(_ wanted: Int) {
    if keys.count < wanted * width {
      let room = max(wanted, keys.count / max(1, width) * 2) * width
      keys.append(contentsOf: repeatElement(0, count: room - keys.count))
    }
    guard wanted * 2 > slots.count else { return }
    var size = slots.count
    while wanted * 2 > size { size *= 2 }
    var keys = takeStorage().keys
    var slots = [UInt64](repeating: 0, count: size)
    let (width, count, seed) = (width, count, seed)
    keys.withUnsafeMutableBufferPointer { keys in
      slots.withUnsafeMutableBufferPointer { slots in
        guard let start = keys.baseAddress else { return }
        let view = KeySlots(slots: slots, keys: start, seed: seed)
        for number in 0..<count {
          let hash = view.hash(start + number * width, width)
          var slot = Int(truncatingIfNeeded: hash) & view.mask
          while slots[slot] != 0 { slot = (slot + 1) & view.mask }
          slots[slot] = KeySlots.entry(hash, number)
        }
      }
    }
    (self.keys, self.slots) = (keys, slots)
  }

  /// The arrays, which the table has no more until they are put back: so nothing is copied.
  private mutating func takeStorage() -> (keys: [UInt64], slots: [UInt64]) {
    defer { (keys, slots) = ([], []) }
    return (keys, slots)
  }
}

/// The slots and keys of a table while rows are looked up; `width` is a constant where it is
/// called, so that each width has loops of its own.
private struct KeySlots {
  let slots: UnsafeMutableBufferPointer<UInt64>
  let keys: UnsafeMutablePointer<UInt64>?
  let seed: HashSeed

  var mask: Int { slots.count - 1 }

  @inline(__always)
  func adding(
    _ words: UnsafeBufferPointer<UInt64>, width: Int, _ rowCount: Int, _ count: inout Int,
    _ newRows: inout [Int32]
  ) -> [Int32] {
    guard let keys, var key = words.baseAddress else { return fillRows(rowCount) { _ in 0 } }
    var last: Int32 = -1
    return fillRows(rowCount) { row in
      defer { key += width }
      // Rows of one key often stand together.
      if last >= 0, KeySlots.areEqual(key, key - width, width) { return last }
      let hash = hash(key, width)
      let slot = slot(of: key, hash, width)
      if slots[slot] != 0 {
        last = KeySlots.number(slots[slot])
        return last
      }
      last = Int32(count)
      slots[slot] = KeySlots.entry(hash, count)
      for word in 0..<width { keys[count * width + word] = key[word] }
      count += 1
      newRows.append(Int32(row))
      return last
    }
  }

  @inline(__always)
  func numbers(
    _ words: UnsafeBufferPointer<UInt64>, width: Int, _ rowCount: Int
  ) -> [Int32] {
    guard keys != nil, var key = words.baseAddress else { return fillRows(rowCount) { _ in -1 } }
    return fillRows(rowCount) { _ in
      defer { key += width }
      return KeySlots.number(slots[slot(of: key, hash(key, width), width)])
    }
  }

  /// The slot that holds the key, or the empty one where it would go.
  @inline(__always)
  private func slot(of key: UnsafePointer<UInt64>, _ hash: UInt64, _ width: Int) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return slot }
      if entry >> 32 == hash >> 32, let keys,
        KeySlots.areEqual(key, keys + Int(KeySlots.number(entry)) * width, width)
      {
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  @inline(__always)
  func hash(_ key: UnsafePointer<UInt64>, _ width: Int) -> UInt64 {
    var hash = seed.hash(of: key[0])
    for word in 1..<max(1, width) { hash = HashSeed.mixed(hash ^ key[word]) }
    return hash
  }

  @inline(__always)
  static func entry(_ hash: UInt64, _ number: Int) -> UInt64 {
    hash & ~0xFFFF_FFFF | UInt64(number + 1)
  }

  /// The number in a slot, -1 in an empty one.
  @inline(__always)
  static func number(_ entry: UInt64) -> Int32 { Int32(truncatingIfNeeded: entry) - 1 }

  @inline(__always)
  static func areEqual(
    _ left: UnsafePointer<UInt64>, _ right: UnsafePointer<UInt64>, _ width: Int
  ) -> Bool {
    for word in 0..<width where left[word] != right[word] { return false }
    return true
  }
}
