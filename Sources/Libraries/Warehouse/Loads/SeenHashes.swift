import Core

/// The hashes that came so far: a set by open addressing, 16 to 32 bytes each. 0 is an empty slot.
struct SeenHashes {
  private var slots = [UInt64](repeating: 0, count: 1_024)
  private var count = 0
  private var hasZero = false
  /// The hashes are those of a known function: who knows it must not know their slots.
  private let seed: HashSeed

  init(_ seed: HashSeed = .ofProcess) { self.seed = seed }

  /// Adds `hash`; false when it was there.
  mutating func insert(_ hash: UInt64) -> Bool {
    guard hash != 0 else {
      defer { hasZero = true }
      return !hasZero
    }
    if count * 2 >= slots.count { grow() }
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: seed.hash(of: hash)) & mask
    while slots[index] != 0 {
      if slots[index] == hash { return false }
      index = (index + 1) & mask
    }
    slots[index] = hash
    count += 1
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 4)
    let mask = slots.count - 1
    for hash in old where hash != 0 {
      var index = Int(truncatingIfNeeded: seed.hash(of: hash)) & mask
      while slots[index] != 0 { index = (index + 1) & mask }
      slots[index] = hash
    }
  }
}
