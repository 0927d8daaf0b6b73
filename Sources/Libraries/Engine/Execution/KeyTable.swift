import Columnar

/// Numbers for keys of fixed width: equal keys get one number, counted from 0 in order of arrival.
struct KeyTable {
  /// Words a key.
  let width: Int
  private(set) var count = 0
  /// The keys end to end.
  private var keys: [UInt64] = []
  private var slots = [Int32](repeating: -1, count: 256)
  private var mask = 255

  init(width: Int) { self.width = width }

  /// Bytes held, about.
  var byteCount: Int { keys.count * 8 + slots.count * 4 }

  /// The number of each key, new keys added; `newRows` are the rows that brought them.
  mutating func adding(_ words: [UInt64], rowCount: Int) -> (numbers: [Int32], newRows: [Int32]) {
    var newRows: [Int32] = []
    reserve(count + rowCount)
    let numbers = words.withUnsafeBufferPointer { words in
      fillRows(rowCount) { row in
        let key = words.baseAddress! + row * width
        let slot = slot(of: key)
        if slots[slot] >= 0 { return slots[slot] }
        let number = Int32(count)
        slots[slot] = number
        count += 1
        for word in 0..<width { keys.append(key[word]) }
        newRows.append(Int32(row))
        return number
      }
    }
    return (numbers, newRows)
  }

  /// The number of each key, -1 where it was never added.
  func numbers(_ words: [UInt64], rowCount: Int) -> [Int32] {
    words.withUnsafeBufferPointer { words in
      fillRows(rowCount) { row in slots[slot(of: words.baseAddress! + row * width)] }
    }
  }

  /// The slot that holds the key, or the empty one where it would go.
  @inline(__always)
  private func slot(of key: UnsafePointer<UInt64>) -> Int {
    keys.withUnsafeBufferPointer { keys in
      slots.withUnsafeBufferPointer { slots in
        var hash = mixed(key[0])
        for word in 1..<max(1, width) { hash = mixed(hash ^ key[word]) }
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
          let number = Int(slots[slot])
          if number < 0 { return slot }
          var isEqual = true
          for word in 0..<width where keys[number * width + word] != key[word] { isEqual = false }
          if isEqual { return slot }
          slot = (slot + 1) & mask
        }
      }
    }
  }

  /// Makes room for `wanted` keys at a load of at most a half.
  private mutating func reserve(_ wanted: Int) {
    guard wanted * 2 > slots.count else { return }
    var size = slots.count
    while wanted * 2 > size { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    mask = size - 1
    for number in 0..<count {
      var hash = mixed(keys[number * width])
      for word in 1..<max(1, width) { hash = mixed(hash ^ keys[number * width + word]) }
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }
}
