import Audit
import Bronze
import Core
import LakeJobs
import LakeTool
import Maintenance
import UnixTool

extension LakeTier {
  /// How long thawed days stay when nobody says so.
  private static let standardHold = Duration.seconds(7 * 86_400)

  /// The bronze tables that the operands name, or all, by name.
  func contracts(_ workspace: Workspace) throws(Fault) -> [BronzeContract] {
    let all = workspace.jobs.contracts.values.sorted { $0.name < $1.name }
    guard !operands.isEmpty else { return all }
    return try operands.map { operand throws(Fault) in try workspace.contract(named: operand) }
  }

  /// Tells the audit record of a day before it goes for good.
  func tell(
    _ day: TierPlan.Day, _ contract: BronzeContract, _ console: Console
  ) throws(Fault) {
    _ = try lake.audit(console).append(
      lake.entry(
        "tier.remove", "\(contract.name)",
        [
          ("day", "\(day.date)"), ("rows", "\(day.rowCount)"), ("files", "\(day.files.count)"),
        ]))
  }

  /// Brings days back: `operands` are a table and days.
  func thaw(
    _ operands: [String], _ run: TierRun, _ workspace: Workspace, _ report: TierReport
  ) throws {
    guard let name = operands.first, operands.count > 1 else {
      throw Fault(
        .usage, "thaw needs a table and a day",
        remedy: "write 'lake-tier thaw bronze.pos_events 2026-03-01'")
    }
    let contract = try workspace.contract(named: name)
    let days = try operands.dropFirst().map { text throws(Fault) in
      guard let day = CivilDate(parsing: text) else {
        throw Fault(
          .usage, "'\(text)' is no day", remedy: "write it as 2026-03-01")
      }
      return day
    }
    let span = (hold?.duration ?? Self.standardHold).components.seconds
    guard let end = workspace.lake.clock.now.adding(seconds: span) else {
      throw Fault(.usage, "so long a hold ends after the last day there is", remedy: "shorten it")
    }
    for day in days {
      try report.write(try run.thaw(day, of: contract, until: end), of: contract, thawedUntil: end)
    }
  }
}
