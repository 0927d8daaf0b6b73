import Core
import Runs

/// Finds jobs whose last run failed or was lost. A run that is being tried again has not ended.
struct FailedRuns {
  let facts: OperationFacts
  let rule: AlertRule

  var problems: [Problem] {
    facts.endedByJob.sorted { $0.key < $1.key }.compactMap { job, runs in problem(job, runs) }
  }

  private func problem(_ job: String, _ runs: [OperationFacts.KnownRun]) -> Problem? {
    guard let last = runs.last, counts(last), !isFailedByPart(last) else { return nil }
    let tables = facts.tables(of: last.row)
    guard rule.covers(job: job, tables: tables) else { return nil }
    let streak = runs.reversed().prefix(while: counts)
    guard streak.count >= rule.inARow, let first = streak.last else { return nil }
    let table = tables.count == 1 ? tables[0] : nil
    let cause = last.row.cause ?? (last.state == .lost ? "it was lost" : "")
    var problem = Problem(
      rule, subject: job, table: table,
      cause: "\(status(last)) \(Problem.causeClass(of: cause))",
      title: last.state == .lost
        ? "\(job) was killed, or its machine was"
        : "\(job) failed with status \(status(last))",
      since: first.row.endedAt ?? first.row.startedAt,
      lastSeen: last.row.endedAt ?? last.row.startedAt)
    problem.detail = cause
    problem.count = streak.count
    problem.facts = lines(last.row, streak.count)
    problem.steps = [.init("look", "runs show \(last.row.runID)")]
    if let table { problem.steps.append(.init("ask why", "runs why \(quotedForShell(table))")) }
    problem.steps.append(
      .init(
        "run it again once the cause is mended",
        last.row.command.map(quotedForShell).joined(separator: " ")))
    return problem
  }

  /// Whether it is a part of the run that failed, which has an alert of its own.
  private func isFailedByPart(_ run: OperationFacts.KnownRun) -> Bool {
    facts.runs.contains { $0.row.parentRunID == run.row.runID && counts($0) }
  }

  private func lines(_ row: RunRow, _ count: Int) -> [AlertMessage.Fact] {
    var lines: [AlertMessage.Fact] = [.init("run", row.runID)]
    if let interval = row.interval { lines.append(.init("interval", "\(interval)")) }
    if row.tries > 1 { lines.append(.init("tries", "\(row.tries)")) }
    if count > 1 { lines.append(.init("failed in a row", "\(count)")) }
    if let signal = row.signal { lines.append(.init("ended by signal", "\(signal)")) }
    return lines
  }

  private func counts(_ run: OperationFacts.KnownRun) -> Bool {
    switch run.state {
    case .done, .running: false
    case .failed, .lost: rule.counts(status: status(run))
    }
  }

  /// The status, for a lost run that of a kill.
  private func status(_ run: OperationFacts.KnownRun) -> Int {
    run.row.exitStatus ?? run.row.signal.map { 128 + $0 } ?? 137
  }
}
