import Core
import Governance

/// Finds rules of level error that did not hold when they were last checked.
struct FailedChecks {
  let facts: OperationFacts
  let rule: AlertRule

  private struct Check: Hashable {
    var table: String
    var name: String
  }

  var problems: [Problem] {
    var last: [Check: (event: RunEvent, holds: Bool, rows: Int?)] = [:]
    var first: [Check: Timestamp] = [:]
    for event in facts.events {
      for input in event.inputs {
        for found in input.facts[DataQualityAssertionsFacet.self]?.assertions ?? []
        where found.severity != "warn" {
          let check = Check(table: input.name.name, name: found.name)
          last[check] = (event, found.holds, found.violationCount)
          first[check] = found.holds ? nil : first[check] ?? event.time
        }
      }
    }
    return last.filter { !$0.value.holds }
      .sorted { ($0.key.table, $0.key.name) < ($1.key.table, $1.key.name) }
      .compactMap { check, found in
        guard rule.covers(job: found.event.job.name, tables: [check.table]) else { return nil }
        var problem = Problem(
          rule, subject: check.name, table: check.table, cause: "quality",
          title: "\(check.table): '\(check.name)' does not hold",
          since: first[check] ?? found.event.time, lastSeen: found.event.time)
        if let rows = found.rows { problem.facts = [.init("rows", "\(rows)")] }
        problem.steps = [
          .init("look", "dq-check \(quotedForShell(check.table))"),
          .init("trace a row", "lineage row \(quotedForShell(check.table)) COLUMN=VALUE"),
        ]
        return problem
      }
  }
}
