/// Numbers that look random and follow from a key alone (SplitMix64), so that any receipt of any
/// day can be made without those before it.
struct Dice {
  private var state: UInt64

  init(_ key: UInt64) { state = key }

  /// The next 64 bits.
  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mixed(state)
  }

  /// A number from 0 up to, not including, `bound`.
  @inline(__always)
  mutating func below(_ bound: Int) -> Int { scaled(next(), to: bound) }
}

/// What a key is for: equal numbers under two purposes have nothing in common. A purpose keeps its
/// number for ever, since the data follow from it.
enum Purpose: UInt64 {
  case receipt = 1
  case receiptLines
  case eventID
  case duplicate
  case spoiling
  case original
  case product
  case price
  case promotion
  case listing
  case store
  case storeChange
  case register
  case member
  case memberTier
  case enrolment
  case customer
  case address
  case erasure
  case order
  case stock = 22
  case ranking
}

/// The key of number `a` (and `b`) of a purpose under a seed.
@inline(__always)
func key(_ seed: UInt64, _ purpose: Purpose, _ a: Int = 0, _ b: Int = 0) -> UInt64 {
  let ofPurpose = mixed(seed ^ (purpose.rawValue &* 0xD6E8_FEB8_6659_FD93))
  let ofFirst = mixed(ofPurpose &+ UInt64(truncatingIfNeeded: a) &* 0xA076_1D64_78BD_642F)
  return mixed(ofFirst ^ UInt64(truncatingIfNeeded: b) &* 0xE703_7ED1_A0B4_28DB)
}

/// The finishing function of SplitMix64: each bit of `x` touches every bit of the result.
@inline(__always)
func mixed(_ x: UInt64) -> UInt64 {
  var z = x
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}

/// The upper half of `bits` brought into 0..<`bound`.
@inline(__always)
func scaled(_ bits: UInt64, to bound: Int) -> Int {
  Int(truncatingIfNeeded: ((bits >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
}

/// A probability as a share of 2³², to be compared with 32 random bits.
struct Chance {
  let share: UInt64

  init(_ probability: Double) {
    share = UInt64((min(max(probability, 0), 1) * 4_294_967_296).rounded())
  }

  /// Whether the lower half of `bits` falls into the share.
  @inline(__always)
  func holds(_ bits: UInt64) -> Bool { bits & 0xFFFF_FFFF < share }
}
