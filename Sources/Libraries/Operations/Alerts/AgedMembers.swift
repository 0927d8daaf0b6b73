import Core

/// Finds dimensions with members that facts named so long ago that a source should have described
/// them: whoever owns the dimension, or what feeds it, has to see why none did.
struct AgedMembers {
  let facts: OperationFacts
  let rule: AlertRule

  var problems: [Problem] {
    Dictionary(grouping: facts.waitingMembers, by: \.table).sorted { $0.key < $1.key }
      .compactMap { table, waiting in problem(table, waiting) }
  }

  private func problem(
    _ table: String, _ waiting: [OperationFacts.WaitingMembers]
  ) -> Problem? {
    let aged = waiting.filter { group in
      group.since.adding(seconds: rule.window).map { $0 < facts.now } ?? false
    }
    let count = aged.reduce(0) { $0 + $1.count }
    guard count >= rule.least, rule.covers(job: nil, tables: [table]),
      let oldest = aged.map(\.since).min(), let due = oldest.adding(seconds: rule.window)
    else { return nil }
    var problem = Problem(
      rule, subject: table, table: table, cause: rule.condition.rawValue,
      title: "\(counted(count, "member")) of \(table), named by facts over "
        + "\(spanText(seconds: rule.window)) ago, not described by any source",
      since: due, lastSeen: facts.now)
    problem.facts = [
      .init("first named", "\(oldest)"),
      .init("waiting in all", "\(waiting.reduce(0) { $0 + $1.count })"),
    ]
    // Their keys may tell of people: only the command does.
    problem.steps = [
      .init("look", "load-facts inferred"),
      .init("see what describes them", "lineage upstream \(quotedForShell(table))"),
    ]
    return problem
  }
}
