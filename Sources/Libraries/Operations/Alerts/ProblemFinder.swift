import Core

/// Works out which problems stand, by the rules, from the facts; nothing is read or told.
package struct ProblemFinder {
  private let facts: OperationFacts
  private let file: AlertsFile

  package init(_ facts: OperationFacts, _ file: AlertsFile) {
    self.facts = facts
    self.file = file
  }

  /// What `alert deadlines` looks for, which needs nothing of what may have failed.
  package static let ofDeadlines: Set<AlertRule.Condition> = [.deadline]

  /// What `alert run` looks for, besides channels.
  package static let ofFacts = Set(AlertRule.Condition.allCases).subtracting([.undelivered])

  /// The problems of `conditions`, each once: the first rule that finds one decides over it. What
  /// follows from another has that one as its parent.
  package func problems(_ conditions: Set<AlertRule.Condition>) -> [Problem] {
    var found: [Problem] = []
    var known: Set<String> = []
    for rule in file.rules where conditions.contains(rule.condition) {
      for problem in problems(rule) where known.insert(problem.id).inserted {
        found.append(described(problem))
      }
    }
    return folded(found)
  }

  private func problems(_ rule: AlertRule) -> [Problem] {
    switch rule.condition {
    case .failed: FailedRuns(facts: facts, rule: rule).problems
    case .quality: FailedChecks(facts: facts, rule: rule).problems
    case .deadline: MissedDeadlines(facts: facts, rule: rule).problems
    case .rejects, .quarantined, .failures: ErrorRates(facts: facts, rule: rule).problems
    case .slow, .lag: SlowRuns(facts: facts, rule: rule).problems
    case .unproven: OldProofs(facts: facts, rule: rule).problems
    case .inferred: AgedMembers(facts: facts, rule: rule).problems
    case .undelivered: []
    }
  }

  /// The problem with what it concerns and whose it is.
  private func described(_ problem: Problem) -> Problem {
    var problem = problem
    if let table = problem.table {
      problem.owner = problem.owner ?? facts.owners[table]
      let waiting = facts.setAside.filter { $0.table == table }.reduce(0) { $0 + $1.waiting }
      if waiting > 0, problem.condition != .quarantined, problem.condition != .rejects {
        problem.facts.append(.init("set aside and waiting", counted(waiting, "row")))
      }
    }
    let above = problem.table.map { [$0] } ?? facts.tables(builtBy: problem.subject)
    let concerned = (above + above.flatMap { facts.descendants(of: $0) }).withoutRepeats
    let stakes = concerned.compactMap { name in
      facts.worth[name].map { AlertMessage.Fact("at stake in \(name)", $0) }
    }
    problem.facts += stakes.prefix(3)
    if let owner = problem.owner { problem.facts.append(.init("owner", owner)) }
    problem.steps.append(
      .init("silence it", "alert silence \(problem.id.prefix(12)) --until TIME --why …"))
    return problem
  }

  /// Kinds of problems that explain why tables below stand still.
  private static let explaining: Set<AlertRule.Condition> = [.failed, .deadline]

  /// Kinds that stand for nothing of their own where a table above failed.
  private static let explained: Set<AlertRule.Condition> = [.failed, .deadline, .quality, .lag]

  private func folded(_ problems: [Problem]) -> [Problem] {
    var byTable: [String: Problem] = [:]
    for problem in problems where Self.explaining.contains(problem.condition) {
      guard let table = problem.table else { continue }
      // A failed run says more than that its table is late.
      if byTable[table].map({ $0.condition == .deadline }) ?? true { byTable[table] = problem }
    }
    var result = problems
    for index in result.indices where Self.explained.contains(result[index].condition) {
      guard let table = result[index].table else { continue }
      // The farthest one is where it began.
      let cause = ([table] + facts.ancestors(of: table)).compactMap { byTable[$0] }
        .last { $0.id != result[index].id && isCause($0, of: result[index]) }
      result[index].parent = cause?.id
    }
    return withFollowers(result)
  }

  private func isCause(_ cause: Problem, of problem: Problem) -> Bool {
    // What is worse than its cause is told by itself.
    cause.severity >= problem.severity
      && (cause.table != problem.table
        || problem.condition == .deadline && cause.condition == .failed)
  }

  /// The problems, those with others folded into them telling of these.
  private func withFollowers(_ problems: [Problem]) -> [Problem] {
    problems.map { problem in
      let followers = problems.filter { $0.parent == problem.id }.map { $0.table ?? $0.subject }
      guard !followers.isEmpty else { return problem }
      var problem = problem
      problem.facts.append(
        .init("waiting for it", followers.withoutRepeats.sorted().joined(separator: ", ")))
      return problem
    }
  }
}
