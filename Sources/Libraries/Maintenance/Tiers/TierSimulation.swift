import Bronze
package import Core
import LakeJobs

/// What tiers will take and cost, month by month, if the rules stay and as much comes in a day as
/// came on the days of the last three months.
///
/// Days are moved by the very rules that move real ones; what a day takes when it is packed harder
/// is what packed days of the table take, or where none is yet, what other tables' do.
package struct TierSimulation: Sendable {
  /// One month's end.
  package struct Month: Sendable {
    package let date: CivilDate
    /// Days and bytes by tier, those removed among the days.
    package var days: [BronzeTier: Int] = [:]
    package var byteCounts: [BronzeTier: Int] = [:]
    /// What the bytes cost in this month; nil where the file of rules has no prices.
    package var cost: Decimal?
  }

  /// So many days back are looked at for what comes in.
  private static let lookBack = 90
  /// What packing harder leaves, where there is no day yet to tell it.
  private static let standardRatio = 0.75

  private let lifecycle: Lifecycle
  private let today: CivilDate

  package init(_ lifecycle: Lifecycle, on today: CivilDate) {
    self.lifecycle = lifecycle
    self.today = today
  }

  /// The end of each of so many months from today on, which is the first.
  package func months(_ count: Int, of plans: [TierPlan]) throws(Fault) -> [Month] {
    var months: [Month] = []
    let ratio = Self.ratio(of: plans.flatMap(\.days)) ?? Self.standardRatio
    for number in 0...count {
      guard let date = today.adding(months: number) else { break }
      var month = Month(date: date)
      for plan in plans { add(plan, to: &month, ratio) }
      if !lifecycle.prices.isEmpty { month.cost = cost(of: month) }
      months.append(month)
    }
    return months
  }

  private func add(_ plan: TierPlan, to month: inout Month, _ standard: Double) {
    let ratio = Self.ratio(of: plan.days) ?? standard
    func add(_ day: CivilDate, _ byteCount: Int) {
      let tier = tier(of: day, on: month.date, plan.rules)
      month.days[tier, default: 0] += 1
      guard tier != .removed else { return }
      let taken = tier == .hot ? byteCount : Int(Double(byteCount) * ratio)
      month.byteCounts[tier] = (month.byteCounts[tier] ?? 0).saturatingAdd(taken)
    }
    for day in plan.days { add(day.date, day.loggedByteCount) }
    let (share, byteCount) = daily(plan)
    // A day that came in on two of three days is two thirds of a day on each to come.
    let last = plan.days.last?.date ?? today
    let first = Swift.max(last, today)
    var due = 0.0
    var number = 1
    while let day = first.adding(days: number), day <= month.date {
      due += share
      if due >= 1 {
        due -= 1
        add(day, byteCount)
      }
      number += 1
    }
  }

  /// On which share of days something comes in, and how much.
  private func daily(_ plan: TierPlan) -> (share: Double, byteCount: Int) {
    guard let start = today.adding(days: -Self.lookBack) else { return (0, 0) }
    let days = plan.days.filter { $0.date > start && $0.date <= today }
    guard let first = days.first, let span = today.days(since: first.date) else { return (0, 0) }
    let total = days.reduce(0) { $0.saturatingAdd($1.loggedByteCount) }
    return (min(1, Double(days.count) / (Double(span) + 1)), total / days.count)
  }

  private func tier(
    of day: CivilDate, on date: CivilDate, _ rules: Lifecycle.Rules
  ) -> BronzeTier {
    func isDue(_ age: Age?) -> Bool { age.map { day <= $0.lastDay(on: date) } ?? false }
    if isDue(rules.retain) { return .removed }
    if isDue(rules.archive) { return .archive }
    return isDue(rules.cool) ? .cool : .hot
  }

  /// What packed days take of what they took.
  private static func ratio(of days: [TierPlan.Day]) -> Double? {
    let packed = days.filter { $0.tier == .cool || $0.tier == .archive }
    let before = packed.reduce(0) { $0.saturatingAdd($1.loggedByteCount) }
    let now = packed.reduce(0) { $0.saturatingAdd($1.byteCount) }
    return before > 0 ? Double(now) / Double(before) : nil
  }

  /// Nil where it is more than can be counted.
  private func cost(of month: Month) -> Decimal? {
    let scale = 6
    var sum: Int128 = 0
    for (tier, price) in lifecycle.prices {
      // A gigabyte is 10^9 bytes, as they are sold.
      let (product, isTooMuch) = price.unscaled.multipliedReportingOverflow(
        by: Int128(month.byteCounts[tier] ?? 0))
      guard !isTooMuch,
        let part = Decimal.rescale(product, from: price.scale + 9, to: scale)
      else { return nil }
      sum += part
    }
    return Decimal(unscaled: sum, scale: scale).rescaled(to: 2)
  }
}
