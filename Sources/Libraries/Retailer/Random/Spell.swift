/// A time during which something stays as it is: of a length between bounds, one after the other
/// without end, all following from a key.
struct Spell {
  /// The first day.
  let start: Int
  /// What the spell is like: another for each.
  let key: UInt64

  /// The spell of the chain `chain` that `day` falls into.
  init(_ chain: UInt64, between bounds: ClosedRange<Int>, on day: Int) {
    let length = bounds.lowerBound + scaled(chain, to: bounds.count)
    let age = day + scaled(mixed(chain), to: length)
    start = day - age % length
    key = mixed(chain &+ UInt64(truncatingIfNeeded: age / length) &* 0x9E37_79B9_7F4A_7C15)
  }
}
