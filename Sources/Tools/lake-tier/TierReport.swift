import Core
import JSON
import LakeJobs
import Maintenance
import UnixTool

/// What moves or moved, and what tiers take.
struct TierReport {
  private let format: TierFormat
  private let console: Console

  init(_ format: TierFormat, _ console: Console) {
    self.format = format
    self.console = console
  }

  /// How the days of a table are kept, and which would move.
  func write(_ plan: TierPlan) throws(Fault) {
    if format == .json { return try write(json(plan)) }
    var parts: [String] = []
    for tier in BronzeTier.allCases {
      let days = plan.days.filter { $0.tier == tier }
      guard !days.isEmpty else { continue }
      let byteCount = days.reduce(0) { $0.saturatingAdd($1.byteCount) }
      parts.append(
        "\(counted(days.count, "day")) \(tier.rawValue)"
          + (tier == .removed ? "" : " (\(counted(byteCount, "byte")))"))
    }
    try console.write(
      "\(plan.contract.name): \(parts.isEmpty ? "no days" : parts.joined(separator: ", "))")
    for day in plan.days {
      if let move = day.move {
        try console.write(
          "\(plan.contract.name): \(day.date): would \(words(move))"
            + " (\(counted(day.byteCount, "byte")))")
      } else if let kept = day.kept {
        try console.write("\(plan.contract.name): \(day.date): stays \(day.tier.rawValue), \(kept)")
      }
    }
  }

  /// What became of a day.
  func write(
    _ outcome: TierRun.Outcome, of contract: BronzeContract, thawedUntil end: Timestamp? = nil
  ) throws(Fault) {
    let day = outcome.day
    let deed = end.map { "thawed until \($0)" } ?? day.move.map(past) ?? "as it was"
    if format == .json {
      return try write([
        "table": .string("\(contract.name)"), "day": .string("\(day.date)"),
        "done": .string(end == nil ? day.move?.rawValue ?? "" : "thaw"),
        "rows": JSONValue(day.rowCount), "bytes_before": JSONValue(day.byteCount),
        "bytes_after": JSONValue(outcome.byteCountAfter),
      ])
    }
    try console.write(
      "\(contract.name): \(day.date): \(deed), \(counted(day.rowCount, "row")), "
        + "\(day.byteCount) to \(counted(outcome.byteCountAfter, "byte"))")
  }

  /// What tiers take, month by month.
  func write(_ months: [TierSimulation.Month]) throws(Fault) {
    if format == .json {
      for month in months { try write(json(month)) }
      return
    }
    let tiers: [BronzeTier] = [.hot, .cool, .archive]
    for month in months {
      let parts = tiers.map { tier in
        "\(tier.rawValue) \(counted(month.days[tier] ?? 0, "day")) "
          + counted(month.byteCounts[tier] ?? 0, "byte")
      }
      try console.write(
        "\(month.date): \(parts.joined(separator: ", ")), removed "
          + counted(month.days[.removed] ?? 0, "day")
          + (month.cost.map { ", costs \($0)" } ?? ""))
    }
  }

  private func words(_ move: TierPlan.Move) -> String {
    switch move {
    case .cool: "be packed harder"
    case .archive: "be archived"
    case .remove: "be removed for good"
    }
  }

  private func past(_ move: TierPlan.Move) -> String {
    switch move {
    case .cool: "packed harder"
    case .archive: "archived"
    case .remove: "removed for good"
    }
  }

  private func write(_ value: JSONValue) throws(Fault) {
    try console.output.write(JSONWriter.text(value) + "\n")
  }

  private func json(_ plan: TierPlan) -> JSONValue {
    [
      "table": .string("\(plan.contract.name)"),
      "days": .array(
        plan.days.map { day in
          var members: [(String, JSONValue)] = [
            ("day", .string("\(day.date)")), ("tier", .string(day.tier.rawValue)),
            ("rows", JSONValue(day.rowCount)), ("bytes", JSONValue(day.byteCount)),
          ]
          if let move = day.move { members.append(("would", .string(move.rawValue))) }
          if let kept = day.kept { members.append(("kept", .string(kept))) }
          return .object(JSONObject(members))
        }),
    ]
  }

  private func json(_ month: TierSimulation.Month) -> JSONValue {
    var members: [(String, JSONValue)] = [("date", .string("\(month.date)"))]
    for tier in BronzeTier.allCases {
      members.append(("\(tier.rawValue)_days", JSONValue(month.days[tier] ?? 0)))
      if tier != .removed {
        members.append(("\(tier.rawValue)_bytes", JSONValue(month.byteCounts[tier] ?? 0)))
      }
    }
    if let cost = month.cost { members.append(("cost", JSONValue(cost))) }
    return .object(JSONObject(members))
  }
}
