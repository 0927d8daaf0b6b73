import Core
import Governance
import Runs

/// Finds what has become slow against its own trend: runs, and the way of data into the lake.
struct SlowRuns {
  let facts: OperationFacts
  let rule: AlertRule

  /// What takes less is never slow: starting a program varies by as much.
  private static let leastSeconds = 30.0

  var problems: [Problem] { rule.condition == .lag ? late : slow }

  private var slow: [Problem] {
    facts.endedByJob.sorted { $0.key < $1.key }.compactMap { job, runs in
      let done = runs.filter { $0.state == .done && seconds($0) != nil }
      guard let last = done.last, let length = seconds(last), length >= Self.leastSeconds,
        rule.covers(job: job, tables: facts.tables(of: last.row)),
        let trend = Usual(done.dropLast().compactMap(seconds), least: rule.least),
        trend.isExceeded(by: length, factor: rule.limit)
      else { return nil }
      var problem = Problem(
        rule, subject: job, cause: "slow",
        title: "\(job) took \(spanText(seconds: Int64(length))), usually "
          + spanText(seconds: Int64(trend.middle)),
        since: last.row.startedAt, lastSeen: last.row.endedAt ?? last.row.startedAt)
      problem.facts = [.init("run", last.row.runID)]
      if let rows = last.row.amounts.rowsOut { problem.facts.append(.init("rows", "\(rows)")) }
      if let bytes = last.row.amounts.peakBytes {
        problem.facts.append(.init("memory", "\(bytes >> 20) MiB"))
      }
      problem.steps = [
        .init("look", "runs show \(last.row.runID)"), .init("see the trend", "runs fit"),
      ]
      return problem
    }
  }

  /// Tables of bronze into which nothing came for longer than is usual for them.
  private var late: [Problem] {
    var times: [String: [Timestamp]] = [:]
    for event in facts.events where event.state == .complete {
      for output in event.outputs where output.name.name.hasPrefix("bronze.") {
        times[output.name.name, default: []].append(event.time)
      }
    }
    return times.sorted { $0.key < $1.key }.compactMap { table, times in
      let gaps = zip(times, times.dropFirst()).map { Self.seconds($0, $1) }.filter { $0 > 0 }
      guard let last = times.last, rule.covers(job: nil, tables: [table]),
        let trend = Usual(gaps, least: rule.least)
      else { return nil }
      let age = Self.seconds(last, facts.now)
      guard age >= 600, trend.isExceeded(by: age, factor: rule.limit) else { return nil }
      var problem = Problem(
        rule, subject: table, table: table, cause: "lag",
        title: "nothing came into \(table) for \(spanText(seconds: Int64(age))), usually "
          + "something every \(spanText(seconds: Int64(trend.middle)))",
        since: last, lastSeen: facts.now)
      problem.facts = [.init("last came", "\(last)")]
      problem.steps = [.init("look", "runs why \(quotedForShell(table))")]
      return problem
    }
  }

  private func seconds(_ run: OperationFacts.KnownRun) -> Double? {
    if let length = run.row.amounts.wallMicroseconds { return Double(length) / 1e6 }
    return run.row.endedAt.map { Self.seconds(run.row.startedAt, $0) }
  }

  private static func seconds(_ start: Timestamp, _ end: Timestamp) -> Double {
    end.exactSeconds(since: start)
  }
}
