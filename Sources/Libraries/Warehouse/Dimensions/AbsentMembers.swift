/// Stored members that are not delivered. Where that says that they never were they go, as long as
/// they are few: many at once are an accident of the source rather, and are left as others are.
struct AbsentMembers {
  /// How many members there are.
  var storedCount = 0

  private let absence: MemberAbsence
  private var few: [Member] = []
  private var areMany = false

  /// So many may go in any case, and so many at most; a twentieth of all between them.
  private static let limits = 10...1_000

  init(_ absence: MemberAbsence) { self.absence = absence }

  /// Takes one; gives those that are to be left.
  mutating func take(_ member: Member) -> [Member] {
    storedCount += 1
    if areMany || absence == .untold { return [member] }
    few.append(member)
    guard few.count > Self.limits.upperBound else { return [] }
    areMany = true
    defer { few = [] }
    return few
  }

  /// What becomes of those that `take` did not give.
  func settled() -> (vanished: [Member], left: [Member]) {
    let limit = max(Self.limits.lowerBound, min(Self.limits.upperBound, storedCount / 20))
    return few.count > limit ? ([], few) : (few, [])
  }
}
