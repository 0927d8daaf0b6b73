import Core
import Engine
import LakeJobs
import UnixTool

extension Console {
  /// Says of each rule that rows of a commit broke how many did, and where to look: a line a rule,
  /// wherever the talk goes.
  func tellRules(of report: CommitReport) {
    for (rule, count) in report.setAside.sorted(by: { $0.key < $1.key }) {
      warn(
        Fault(
          .data,
          "\(report.table): \(counted(count, "row")) set aside by the rule '\(rule)'",
          remedy: "see 'quarantine show \(report.table) --rule \(quotedForShell(rule))'"))
    }
    for result in report.rules
    where result.expectation.violation == .warn && result.brokenCount > 0 {
      let count = result.brokenCount
      warn(
        Fault(
          .data, at: result.expectation.place,
          "\(report.table): \(counted(count, "row")) \(count == 1 ? "breaks" : "break") the rule "
            + "'\(result.expectation.name)' and \(count == 1 ? "was" : "were") taken",
          remedy: remedy(for: result.expectation, report)))
    }
  }

  /// Where to see the rows that a rule only warned of: in the table, if it has what the rule asks.
  private func remedy(for rule: Expectation, _ report: CommitReport) -> String {
    let words = rule.condition.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let binder = Binder(catalog: NoTables(), clock: clock)
    guard let syntax = try? SQLScript.parseExpression(text: words, file: rule.name),
      (try? binder.bindCondition(syntax, over: report.schema)) != nil
    else { return "mend what breaks it, or add ON VIOLATION QUARANTINE and see what it sets aside" }
    let query = "SELECT * FROM \(report.table) WHERE (\(words)) IS NOT TRUE"
    return "see lake-sql \(quotedForShell(query))"
  }
}

/// What rules can be read without.
private struct NoTables: Catalog {
  var tableNames: [String] { [] }

  func table(_ name: TableName, reading: TableReading) -> (any TableProvider)? { nil }
}
