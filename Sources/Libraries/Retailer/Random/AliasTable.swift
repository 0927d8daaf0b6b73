/// Draws a number with a given weight each in constant time (Vose's alias method), in whole numbers
/// so that every machine draws the same.
struct AliasTable {
  private struct Slot {
    /// The share of 2³² for which the slot stands for itself.
    var share: UInt64
    var alias: Int
  }

  private let slots: [Slot]

  /// At least one of `weights` is above 0; their sum times their count fits 64 bits.
  init(_ weights: [UInt64]) {
    let count = UInt64(weights.count)
    let total = weights.reduce(0, +)
    precondition(total > 0, "something can be drawn")
    var rest = weights.map { $0 * count }
    var slots = weights.indices.map { Slot(share: 1 << 32, alias: $0) }
    var small = weights.indices.filter { rest[$0] < total }
    var large = weights.indices.filter { rest[$0] >= total }
    while let poor = small.popLast(), let rich = large.last {
      let (share, _) = total.dividingFullWidth(rest[poor].multipliedFullWidth(by: 1 << 32))
      slots[poor] = Slot(share: share, alias: rich)
      rest[rich] -= total - rest[poor]
      if rest[rich] < total {
        large.removeLast()
        small.append(rich)
      }
    }
    self.slots = slots
  }

  @inline(__always)
  func draw(_ bits: UInt64) -> Int {
    let index = scaled(bits, to: slots.count)
    let slot = slots[index]
    return bits & 0xFFFF_FFFF < slot.share ? index : slot.alias
  }
}
