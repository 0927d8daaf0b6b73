import Core
import JSON
import Maintenance
import UnixTool

/// What is worth to be rewritten, or was.
struct OptimizeReport {
  private let format: OptimizeFormat
  private let console: Console

  init(_ format: OptimizeFormat, _ console: Console) {
    self.format = format
    self.console = console
  }

  /// What would be done.
  func write(_ plan: LayoutPlan) throws(Fault) {
    guard !plan.groups.isEmpty else { return }
    let order = plan.groups.contains(where: \.isClustered) ? plan.clusterColumns : []
    switch format {
    case .text:
      try console.write(
        "\(plan.table.name): would make \(counted(plan.fileCount, "file")) "
          + "(\(counted(plan.byteCount, "byte"))) into about \(plan.expectedFileCount)"
          + (order.isEmpty ? "" : ", by \(order.joined(separator: ", "))"))
    case .json:
      try console.output.write(
        JSONWriter.text([
          "table": .string("\(plan.table.name)"), "files": JSONValue(plan.fileCount),
          "bytes": JSONValue(plan.byteCount),
          "expected_files": JSONValue(plan.expectedFileCount),
          "cluster_by": .array(order.map { .string($0) }),
        ]) + "\n")
    }
  }

  /// What one commit did.
  func write(_ outcome: LayoutRun.Outcome, of table: MaintainedTable) throws(Fault) {
    switch format {
    case .text:
      try console.write(
        "\(table.name): version \(outcome.version ?? 0): "
          + "\(counted(outcome.removedCount, "file")) "
          + "(\(counted(outcome.byteCountBefore, "byte"))) made into \(outcome.addedCount) "
          + "(\(counted(outcome.byteCountAfter, "byte"))), the same "
          + counted(outcome.rowCount, "row"))
    case .json:
      try console.output.write(
        JSONWriter.text([
          "table": .string("\(table.name)"), "version": JSONValue(outcome.version ?? 0),
          "files_before": JSONValue(outcome.removedCount),
          "files_after": JSONValue(outcome.addedCount),
          "bytes_before": JSONValue(outcome.byteCountBefore),
          "bytes_after": JSONValue(outcome.byteCountAfter), "rows": JSONValue(outcome.rowCount),
        ]) + "\n")
    }
  }
}
