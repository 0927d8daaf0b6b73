import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery

/// Judges rows by a dataset's rules before they are published.
final class ExpectationCheck {
  /// A rule as an expression over the rows.
  private struct Bound {
    let expectation: Expectation
    let condition: Evaluator
    /// The columns that it is about.
    let columns: [String]
  }

  private let rules: [Bound]
  /// How many rows broke each rule, in declaration order.
  private(set) var brokenCounts: [Int]

  init(_ expectations: [Expectation], schema: Schema, _ runner: QueryRunner) throws {
    rules = try expectations.map { expectation in
      let syntax = try SQLScript.parseExpression(
        text: expectation.condition, file: expectation.place.file, origin: expectation.place)
      let bound = try runner.binder.bindCondition(syntax, over: schema)
      return Bound(
        expectation: expectation,
        condition: Evaluator(bound, runner.context),
        columns: bound.columns.sorted().map { schema.names[$0] })
    }
    brokenCounts = rules.map { _ in 0 }
  }

  /// The outcome for the run event.
  var results: [CommitReport.RuleResult] {
    zip(rules, brokenCounts).map {
      CommitReport.RuleResult(expectation: $0.expectation, brokenCount: $1)
    }
  }

  /// For each row the position of the first quarantine rule that it breaks, or -1; nil when none
  /// breaks any. Counts what broke; throws `.verdict` when a rule that fails the run is broken.
  ///
  /// A rule says nothing of a row that does not give what it is about, as `absent` tells.
  func judge(_ batch: Batch, absent: Column? = nil) throws -> [Int32]? {
    var isClean = true
    var verdicts = [Int32](repeating: -1, count: batch.rowCount)
    for (position, rule) in rules.enumerated() {
      let column = try rule.condition.evaluate(batch)
      if column.type == .boolean, column.isTrueEverywhere { continue }
      var holds = Self.truths(of: column)
      if let absent { Self.spare(&holds, where: absent, names: rule.columns) }
      var broken = 0
      for row in 0..<batch.rowCount where !holds[row] {
        broken += 1
        if rule.expectation.violation == .quarantine, verdicts[row] < 0 {
          verdicts[row] = Int32(position)
          isClean = false
        }
      }
      brokenCounts[position] += broken
      if broken > 0, rule.expectation.violation == .fail {
        throw Fault(
          .verdict, at: rule.expectation.place,
          "\(counted(broken, "row")) \(broken == 1 ? "breaks" : "break") the rule "
            + "'\(rule.expectation.name)'; nothing was published",
          remedy: "mend the data or the rule")
      }
    }
    return isClean ? nil : verdicts
  }

  /// The rule at a position that `judge` gave.
  func rule(at position: Int32) -> Expectation { rules[Int(position)].expectation }

  /// Has a rule about the columns `names` hold of rows that do not give one of them.
  private static func spare(_ holds: inout [Bool], where absent: Column, names: [String]) {
    let names = Set(names)
    for row in holds.indices where !holds[row] {
      guard case .string(let text) = absent.scalar(at: row) else { continue }
      if !names.isDisjoint(with: AbsentNames.names(in: text)) { holds[row] = true }
    }
  }

  private static func truths(of column: Column) -> [Bool] {
    guard case .boolean(let values) = column.values else {
      return [Bool](repeating: false, count: column.count)
    }
    guard let validity = column.validity else { return values }
    return values.indices.map { values[$0] && validity[$0] }
  }
}
