/// The members of the rewards programme.
///
/// Members of even number have always been members; of the odd ones some join one day and some
/// leave. One who leaves has never bought anything, so nothing refers to a member who is gone.
struct Membership {
  private let seed: UInt64
  private let count: Int
  private let storeCount: Int

  init(_ scale: Scale) {
    seed = scale.seed
    count = scale.members
    storeCount = scale.stores
  }

  /// A member who shops in `store` on `day`: most shop where they live, some often.
  @inline(__always)
  func draw(_ dice: inout Dice, in store: Int, on day: Int) -> Int {
    let bits = dice.next()
    // The square of an even draw: low numbers are the regulars.
    let share = ((bits >> 32) &* (bits >> 32)) >> 32
    var member = Int(truncatingIfNeeded: (share &* UInt64(truncatingIfNeeded: count)) >> 32)
    if bits & 15 < 13 {
      let neighbour = member / storeCount * storeCount + store
      if neighbour < count { member = neighbour }
    }
    return shops(member, on: day) ? member : member & ~1
  }

  /// Whether a member may be on a receipt of `day`.
  @inline(__always)
  func shops(_ member: Int, on day: Int) -> Bool {
    if member & 1 == 0 { return true }
    if leaves(member) { return false }
    return day > enrolment(member)
  }

  /// Whether a member is in the books at the end of `day`.
  func isMember(_ member: Int, on day: Int) -> Bool {
    day >= enrolment(member) && (!leaves(member) || day < departure(member))
  }

  /// The day on which a member joined or will.
  func enrolment(_ member: Int) -> Int {
    let roll = key(seed, .enrolment, member)
    // 2012 to 2018, or for one in eight (odd ones) 2019 to 2030.
    guard member & 15 == 1 || member & 15 == 9 else { return 15_340 + scaled(roll, to: 2_500) }
    return 17_897 + scaled(roll, to: 4_383)
  }

  private func leaves(_ member: Int) -> Bool { member & 31 == 31 }

  private func departure(_ member: Int) -> Int {
    17_897 + scaled(key(seed, .enrolment, member, 1), to: 4_383)
  }

  static func loyaltyID(_ member: Int) -> String { identifier("L", member, 8) }
}
