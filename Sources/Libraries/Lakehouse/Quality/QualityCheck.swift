import Columnar
package import Core
package import Engine
import LakeJobs
package import LakeQuery

/// Runs quality rules over the tables of a catalog, one state of them for all rules.
package struct QualityCheck {
  /// So many failing rows of a rule are shown.
  package static let sampleRowCount = 5

  private let catalog: any Catalog
  private let runner: QueryRunner
  private let clock: Clock
  private let cover: () throws -> LabelCover
  private let shows: (LogicalPlan) throws -> Void

  /// `runner` asks the catalog that holds the tables; its clock decides what is fresh. Rows that
  /// break a rule are shown as `cover` leaves them, which is asked for when there are some; `shows`
  /// is told the query that gave them.
  package init(
    _ runner: QueryRunner, _ cover: @escaping () throws -> LabelCover = { .none },
    shows: @escaping (LogicalPlan) throws -> Void = { _ in }
  ) {
    self.runner = runner
    self.cover = cover
    self.shows = shows
    catalog = runner.catalog
    clock = runner.context.clock
  }

  /// The rules of `all` on the tables called `names`, or all; `.missing` when a name has none.
  package static func select(
    _ all: [QualityRule], tables names: [String]
  ) throws(Fault) -> [QualityRule] {
    if names.isEmpty { return all }
    let known = Set(all.map(\.table.description)).sorted()
    var wanted: Set<String> = []
    for name in names {
      guard known.contains(name.lowercased()) else {
        throw Fault(
          .missing, "there are no quality rules for '\(name)'",
          remedy: Suggestion.remedy(
            for: name, among: known, otherwise: "add some to quality/ in the job folder"))
      }
      wanted.insert(name.lowercased())
    }
    return all.filter { wanted.contains($0.table.description) }
  }

  /// What becomes of one rule. Throws when data cannot be read, not when the rule is wrong.
  package func run(_ rule: QualityRule) throws -> QualityOutcome {
    let plan: LogicalPlan
    do {
      let query = try SQLScript.parseQuery(
        text: QualityQuery(rule: rule, clock: clock).failingRows, file: rule.place.file)
      if let reason = try missingTable(query) { return QualityOutcome(rule, .missing(reason)) }
      plan = try runner.plan(query)
    } catch let fault as Fault where fault.kind == .configuration {
      return QualityOutcome(rule, .unsound(placed(fault, rule)))
    }
    return QualityOutcome(rule, try verdict(of: plan, rule))
  }

  private func verdict(
    of plan: LogicalPlan, _ rule: QualityRule
  ) throws -> QualityOutcome.Verdict {
    let rows = try runner.run(plan)
    var rowCount = 0
    var samples: [Batch] = []
    do {
      while let batch = try rows.next() {
        let missing = Self.sampleRowCount - rowCount
        if missing > 0 { samples.append(batch.slice(0..<min(missing, batch.rowCount))) }
        rowCount += batch.rowCount
      }
    } catch let fault as Fault where fault.kind == .data {
      // A value that the rule's own arithmetic or casts cannot take.
      return .unsound(placed(try cover().covered(fault, of: plan), rule))
    }
    if rowCount == 0 { return .passed }
    let cover = try cover()
    try shows(plan)
    let sample = try Batch.concatenating(rows.schema, samples)
    return .failed(rowCount: rowCount, samples: cover.covered(sample, cover.words(for: plan)))
  }

  /// Why the query cannot be asked: a table that it reads is not there.
  private func missingTable(_ query: QuerySyntax) throws -> String? {
    for name in query.readTables {
      guard let table = LakeTableName(name.description) else { continue }
      do {
        if try catalog.table(name, reading: .whole) == nil {
          return "\(table) has not been built yet"
        }
      } catch let fault as Fault where fault.kind == .missing {
        return "\(fault.problem); \(fault.remedy)"
      }
    }
    return nil
  }

  /// The fault at the rule, whose query has no place of its own.
  private func placed(_ fault: Fault, _ rule: QualityRule) -> Fault {
    var fault = fault
    fault.kind = .configuration
    fault.place = rule.place
    return fault
  }
}
