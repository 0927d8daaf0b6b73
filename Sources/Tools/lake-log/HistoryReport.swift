import Core
import JSON
import Maintenance
import UnixTool

/// A table's history, in the form that was asked for.
struct HistoryReport {
  private let history: TableHistory
  private let showsPartitions: Bool

  init(_ history: TableHistory, showsPartitions: Bool) {
    self.history = history
    self.showsPartitions = showsPartitions
  }

  func write(_ format: LogFormat, to console: Console) throws(Fault) {
    for (number, commit) in history.commits.enumerated() {
      switch format {
      case .json: try console.output.write(JSONWriter.text(json(commit)) + "\n")
      case .text:
        if number > 0 { try console.output.write("\n") }
        for line in lines(commit) { try console.write(line) }
      }
    }
  }

  private func lines(_ commit: HistoryCommit) -> [String] {
    var lines = ["version \(commit.version)", "Time: \(commit.time)"]
    if let run = commit.runID, !run.isEmpty { lines.append("Run:  \(run)") }
    if let engine = commit.engine { lines.append("By:   \(engine)") }
    lines.append("")
    lines.append("    \(commit.operation): \(words(commit.added, commit.removed))")
    lines += commit.reasons.map { "    \($0)" }
    if showsPartitions {
      for (folder, amounts) in commit.partitions.sorted(by: { $0.key < $1.key }) {
        lines.append("      \(folder): \(words(amounts.added, amounts.removed))")
      }
    }
    return lines
  }

  /// `2 files of 5 rows and 1024 bytes in, 1 file of … out, 3 rows of files that stay out`.
  private func words(_ added: HistoryCommit.Amount, _ removed: HistoryCommit.Amount) -> String {
    var parts: [String] = []
    for (amount, way) in [(added, "in"), (removed, "out")] {
      if amount.fileCount > 0 {
        let rows = amount.rowCount.map { counted($0 - amount.markedRowCount, "row") }
        parts.append(
          "\(counted(amount.fileCount, "file")) of \(rows ?? "rows not told of") and "
            + "\(counted(amount.byteCount, "byte")) \(way)")
      }
      if amount.markedRowCount > 0 {
        parts.append("\(counted(amount.markedRowCount, "row")) of files that stay \(way)")
      }
    }
    return parts.isEmpty ? "no file in or out" : parts.joined(separator: ", ")
  }

  private func json(_ commit: HistoryCommit) -> JSONValue {
    var members: JSONObject = [
      "version": JSONValue(commit.version), "time": .string("\(commit.time)"),
      "run_id": commit.runID.map { .string($0) } ?? .null,
      "engine": commit.engine.map { .string($0) } ?? .null,
      "operation": .string(commit.operation), "in": json(commit.added),
      "out": json(commit.removed), "why": .array(commit.reasons.map { .string($0) }),
    ]
    if showsPartitions {
      let partitions = commit.partitions.sorted { $0.key < $1.key }.map { folder, amounts in
        (folder, ["in": json(amounts.added), "out": json(amounts.removed)] as JSONValue)
      }
      members["partitions"] = .object(JSONObject(partitions))
    }
    return .object(members)
  }

  private func json(_ amount: HistoryCommit.Amount) -> JSONValue {
    [
      "files": JSONValue(amount.fileCount),
      "rows": amount.rowCount.map { JSONValue($0) } ?? .null,
      "bytes": JSONValue(amount.byteCount),
    ]
  }
}
