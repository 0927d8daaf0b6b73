import Core
import Runs

/// Finds tables that were not built by their deadline, and those that will not be, as far as one
/// can tell. Nothing of what failed is needed: only the clock, and when tables were last built.
struct MissedDeadlines {
  let facts: OperationFacts
  let rule: AlertRule

  var problems: [Problem] {
    facts.deadlines.sorted { $0.key < $1.key }.compactMap { table, deadline in
      guard rule.covers(job: nil, tables: [table]) else { return nil }
      return missed(table, deadline) ?? risked(table, deadline)
    }
  }

  private func missed(_ table: String, _ deadline: Deadline) -> Problem? {
    guard let due = deadline.last(before: facts.now),
      !isBuilt(table, for: due, deadline, by: facts.now)
    else { return nil }
    var problem = Problem(
      rule, subject: table, table: table, cause: "missed",
      title: "\(table) was due at \(deadline.localText(due)) and is not up to date",
      since: due, lastSeen: facts.now)
    describe(&problem, table, deadline)
    problem.facts.append(.init("late by", spanText(from: due, to: facts.now)))
    return problem
  }

  private func risked(_ table: String, _ deadline: Deadline) -> Problem? {
    guard let due = deadline.next(after: facts.now), facts.now >= deadline.opening(of: due),
      !isBuilt(table, for: due, deadline, by: facts.now)
    else { return nil }
    let needed = remaining(for: table, since: deadline.opening(of: due))
    let left = due.exactSeconds(since: facts.now)
    guard needed.seconds > left else { return nil }
    var problem = Problem(
      rule, subject: table, table: table, cause: "at risk",
      title: "\(table) is due at \(deadline.localText(due)) and will be late: "
        + "\(spanText(seconds: Int64(needed.seconds))) of work are left",
      since: facts.now, lastSeen: facts.now)
    if problem.severity > .warning { problem.severity = .warning }
    describe(&problem, table, deadline)
    problem.detail = "still to run: \(needed.jobs.joined(separator: ", "))"
    return problem
  }

  /// Whether it was built since the deadline's window opened.
  private func isBuilt(
    _ table: String, for due: Timestamp, _ deadline: Deadline, by now: Timestamp
  ) -> Bool {
    facts.isCurrent(table, since: deadline.opening(of: due), by: now)
  }

  private func describe(_ problem: inout Problem, _ table: String, _ deadline: Deadline) {
    problem.facts = [
      .init("deadline", deadline.description),
      .init("last built", facts.lastBuilt(table, by: facts.now).map { "\($0)" } ?? "never"),
    ]
    problem.steps = [
      .init("look", "runs why \(quotedForShell(table))"),
      .init("build it", "make \(quotedForShell(table))"),
    ]
  }

  /// How long what is left of the longest way to `table` usually takes, and what it is.
  private func remaining(
    for table: String, since start: Timestamp
  ) -> (seconds: Double, jobs: [String]) {
    var known: [String: (seconds: Double, jobs: [String])] = [:]
    func length(_ table: String, _ trail: Set<String>) -> (seconds: Double, jobs: [String]) {
      if let found = known[table] { return found }
      if facts.lastBuilt(table, by: facts.now).map({ $0 >= start }) ?? false { return (0, []) }
      let before = (facts.inputs[table] ?? []).filter { !trail.contains($0) }
        .map { length($0, trail.union([table])) }.max { $0.seconds < $1.seconds }
      let own = usualSeconds(of: table)
      let all = ((before?.seconds ?? 0) + own, (before?.jobs ?? []) + (own > 0 ? [table] : []))
      known[table] = all
      return all
    }
    return length(table, [])
  }

  private func usualSeconds(of table: String) -> Double {
    let lengths = facts.runs.filter { $0.row.job == table && $0.state == .done }
      .compactMap { $0.row.amounts.wallMicroseconds }.map { Double($0) / 1e6 }
    return Usual(lengths, least: 3)?.middle ?? 0
  }
}
