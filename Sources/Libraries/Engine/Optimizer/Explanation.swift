package import Columnar
package import Core

/// What EXPLAIN shows of a query: its optimized plan, a step a line, with what each scan reads.
package struct Explanation {
  private let clock: Clock

  package init(clock: Clock) { self.clock = clock }

  /// The lines as rows of one column, `plan`; an extended one shows the plan as it was bound first,
  /// under Spark's titles.
  package func rows(of plan: LogicalPlan, isExtended: Bool) throws -> BatchList {
    let optimized = try Optimizer(clock: clock).optimize(plan).lines(note)
    guard isExtended else { return rows(optimized) }
    return rows(
      ["== Analyzed Logical Plan =="] + plan.lines { _ in "" }
        + ["== Optimized Logical Plan =="] + optimized)
  }

  private func rows(_ lines: [String]) -> BatchList {
    let column = ColumnBuilder(.string, capacity: lines.count)
    for line in lines { column.append(.string(line)) }
    let schema = Schema([Field("plan", .string, isNullable: false)])
    return BatchList(schema, [Batch(schema, [column.finish()], rowCount: lines.count)])
  }

  private func note(_ scan: LogicalPlan.Scan) throws -> String {
    try scan.table.summary(of: scan.request(parallelism: 1)).map { " · \($0.text)" } ?? ""
  }
}

extension ScanSummary {
  /// `files 3 of 12 (9 skipped by statistics) · row groups 4 of 7`.
  fileprivate var text: String {
    let skipped = [
      (fileCountSkippedByPartition, "partition values"),
      (fileCountSkippedByStatistics, "statistics"),
    ].filter { $0.0 > 0 }
    let readCount = skipped.reduce(fileCount) { $0 - $1.0 }
    var text = "files \(readCount) of \(fileCount)"
    if !skipped.isEmpty {
      let reasons = skipped.map { "\($0.0) skipped by \($0.1)" }
      text += " (\(reasons.joined(separator: ", ")))"
    }
    if let rowGroups { text += " · row groups \(rowGroups.readCount) of \(rowGroups.count)" }
    return text
  }
}
