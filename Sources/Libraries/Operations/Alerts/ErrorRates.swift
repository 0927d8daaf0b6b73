import Core
import Governance
import Runs

/// Finds shares that are too high within a window: of records refused at the door, of rows set
/// aside by rules, of runs that failed.
struct ErrorRates {
  let facts: OperationFacts
  let rule: AlertRule

  private struct Sum {
    var read = 0
    var setAside = 0
    var first: Timestamp
    var last: Timestamp
  }

  private var start: Timestamp { facts.now.adding(seconds: -rule.window) ?? facts.now }

  var problems: [Problem] {
    rule.condition == .failures ? failedRuns : tables
  }

  private var tables: [Problem] {
    let isOfDoor = rule.condition == .rejects
    var sums: [String: Sum] = [:]
    for event in facts.events where event.time > start && event.state == .complete {
      for output in event.outputs {
        guard let change = output.facts[ChangeFacet.self],
          output.name.name.hasPrefix("bronze.") == isOfDoor
        else { continue }
        let written = change.inserted + change.updated + change.deleted
        var sum = sums[output.name.name] ?? Sum(first: event.time, last: event.time)
        sum.read += change.read ?? (written + change.quarantined)
        sum.setAside += change.quarantined
        if change.quarantined > 0 { sum.last = event.time }
        sums[output.name.name] = sum
      }
    }
    return sums.sorted { $0.key < $1.key }.compactMap { table, sum in problem(table, sum) }
  }

  private func problem(_ table: String, _ sum: Sum) -> Problem? {
    guard rule.covers(job: nil, tables: [table]), sum.read >= rule.least,
      Double(sum.setAside) > rule.limit * Double(sum.read)
    else { return nil }
    let isOfDoor = rule.condition == .rejects
    let name = String(table.drop { $0 != "." }.dropFirst())
    var problem = Problem(
      rule, subject: table, table: table, cause: rule.condition.rawValue,
      title: "\(percent(sum.setAside, of: sum.read)) of what came to \(table) was "
        + (isOfDoor ? "refused at the door" : "set aside by rules"),
      since: sum.first, lastSeen: sum.last)
    problem.facts = [
      .init("set aside", "\(counted(sum.setAside, "row")) of \(sum.read)"),
      .init("more than", percent(rule.limit)), .init("within", spanText(seconds: rule.window)),
    ]
    let rules = facts.setAside.filter { $0.table == table && $0.waiting > 0 }
      .sorted { $0.waiting > $1.waiting }.prefix(5)
    problem.detail = rules.map { "\($0.rule): \(counted($0.waiting, "row"))" }
      .joined(separator: "\n")
    problem.steps = [
      .init("look", "quarantine show \(quotedForShell(name)) --format csv"),
      .init(
        "have them go the normal way again",
        "quarantine replay \(quotedForShell(name)) --why …"),
    ]
    return problem
  }

  private var failedRuns: [Problem] {
    let ended = facts.runs.filter { run in
      run.state != .running && run.row.startedAt > start
        && rule.covers(job: run.row.job, tables: facts.tables(of: run.row))
    }
    let failed = ended.filter { run in
      run.state != .done && rule.counts(status: run.row.exitStatus ?? 137)
    }
    guard ended.count >= rule.least, Double(failed.count) > rule.limit * Double(ended.count),
      let first = failed.first, let last = failed.last
    else { return [] }
    var problem = Problem(
      rule, subject: rule.jobs.map(\.text).joined(separator: " "), cause: "failures",
      title: "\(percent(failed.count, of: ended.count)) of the runs of the last "
        + "\(spanText(seconds: rule.window)) failed",
      since: first.row.startedAt, lastSeen: last.row.endedAt ?? last.row.startedAt)
    problem.facts = [
      .init("failed", "\(failed.count) of \(counted(ended.count, "run"))"),
      .init("more than", percent(rule.limit)),
    ]
    let jobs = Dictionary(grouping: failed, by: \.row.job).mapValues(\.count)
    problem.detail = jobs.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
      .map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    problem.steps = [.init("look", "runs list --state failed")]
    return [problem]
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    percent(Double(part) / Double(max(1, whole)))
  }

  private func percent(_ share: Double) -> String {
    let tenths = Int((share * 1_000).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
