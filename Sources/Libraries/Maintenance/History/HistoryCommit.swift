import Bronze
package import Core
import Delta
import LakeJobs

/// What one commit did to a table, in the words of its history.
package struct HistoryCommit: Sendable {
  /// Files that came, or went, and what they hold.
  package struct Amount: Hashable, Sendable {
    package var fileCount = 0
    /// Nil where the log does not tell of all files.
    package var rowCount: Int? = 0
    package var byteCount = 0
    /// How many of the rows lie in files that neither came nor went: deletion vectors tell of them.
    package var markedRowCount = 0

    /// Takes a file in.
    mutating func add(rows: Int?, bytes: Int?) {
      fileCount += 1
      byteCount = byteCount.saturatingAdd(bytes ?? 0)
      rowCount = rows.flatMap { rowCount?.saturatingAdd($0) }
    }

    /// Takes rows in that came or went, and no file with them.
    mutating func addMarked(_ count: Int) {
      rowCount = rowCount?.saturatingAdd(count)
      markedRowCount = markedRowCount.saturatingAdd(count)
    }
  }

  package let version: Int64
  package let time: Timestamp
  package let runID: String?
  /// The program that made it.
  package let engine: String?
  package let operation: String
  package var added = Amount()
  package var removed = Amount()
  /// The same by partition, as its folder is called; empty for a table without any.
  package var partitions: [String: (added: Amount, removed: Amount)] = [:]
  /// Why it came about, a sentence each: what it read, and up to where.
  package var reasons: [String] = []

  init(
    version: Int64, time: Timestamp, runID: String?, engine: String?, operation: String
  ) {
    self.version = version
    self.time = time
    self.runID = runID
    self.engine = engine
    self.operation = operation
  }
}

extension HistoryCommit {
  /// A commit of a Delta table. `rowCounts` tells of the files that lived before it, by their
  /// paths on disk; afterwards of those that live after it.
  init(
    _ step: TableChanges.Step, at time: Timestamp, partitionedBy columns: [String],
    _ rowCounts: inout [String: Int]
  ) {
    self.init(
      version: step.version, time: time, runID: step.commit?.runID, engine: step.commit?.engine,
      operation: step.commit?.operation ?? "unknown")
    let marked = takeMarked(step, columns, &rowCounts)
    for file in step.removed where !marked.contains(FilePath.decode(file.path)) {
      let rows = rowCounts.removeValue(forKey: FilePath.decode(file.path))
      removed.add(rows: rows, bytes: file.byteCount)
      note(file.partitionValues, columns) { $0.removed.add(rows: rows, bytes: file.byteCount) }
    }
    for file in step.added where !marked.contains(FilePath.decode(file.path)) {
      added.add(rows: file.rowCount, bytes: file.byteCount)
      rowCounts[FilePath.decode(file.path)] = file.rowCount
      note(file.partitionValues, columns) { counts in
        counts.added.add(rows: file.rowCount, bytes: file.byteCount)
      }
    }
    reasons = Self.reasons(of: step)
  }

  /// Takes in what deletion vectors did to files that stay: rows went or came, and no files. Tells
  /// the paths of those.
  private mutating func takeMarked(
    _ step: TableChanges.Step, _ columns: [String], _ rowCounts: inout [String: Int]
  ) -> Set<String> {
    let removedPaths = Set(step.removed.map { FilePath.decode($0.path) })
    var marked: Set<String> = []
    for file in step.added {
      let path = FilePath.decode(file.path)
      guard removedPaths.contains(path) else { continue }
      marked.insert(path)
      let before = rowCounts.removeValue(forKey: path)
      rowCounts[path] = file.rowCount
      guard let before, let after = file.rowCount else {
        removed.rowCount = nil
        continue
      }
      removed.addMarked(max(0, before - after))
      added.addMarked(max(0, after - before))
      note(file.partitionValues, columns) { counts in
        counts.removed.addMarked(max(0, before - after))
        counts.added.addMarked(max(0, after - before))
      }
    }
    return marked
  }

  private mutating func note(
    _ values: [String: String?]?, _ columns: [String],
    _ change: (inout (added: Amount, removed: Amount)) -> Void
  ) {
    guard !columns.isEmpty else { return }
    let folder =
      values.map { values in
        columns.map { FilePath.folder(column: $0, value: values[$0] ?? nil) }
          .joined(separator: "/")
      } ?? "unknown"
    change(&partitions[folder, default: (Amount(), Amount())])
  }

  private static func reasons(of step: TableChanges.Step) -> [String] {
    var reasons = (step.commit?.operationParameters ?? []).map { "\($0.key): \($0.value)" }
    reasons += step.transactions.compactMap(reason)
    if step.metadata != nil { reasons.append("its columns or properties were set") }
    if !step.changesRows, !step.added.isEmpty {
      reasons.append("rows were moved between files, none was changed")
    }
    return reasons
  }

  /// What an application's mark says of what was read; nil for marks that only tell logs apart.
  private static func reason(_ transaction: ApplicationTransaction) -> String? {
    let parts = transaction.application.split(separator: ":").map(String.init)
    let version = transaction.version
    switch (parts.first, parts.count) {
    case ("flow", 4): return "flow \(parts[2]) read \(parts[3]) up to file \(version)"
    case ("replay", 4): return "flow \(parts[2]) took replays of \(parts[3]) up to file \(version)"
    case ("input", 2):
      let isBronze = parts[1].hasPrefix("bronze.")
      return "made of \(parts[1]) \(isBronze ? "up to file" : "at version") \(version)"
    case ("refresh", 1): return "full refresh \(version)"
    case ("mark", _): return nil
    default: return "\(transaction.application) came to \(version)"
    }
  }
}

extension HistoryCommit {
  /// A commit of a bronze table.
  init(_ commit: BronzeCommit) {
    self.init(
      version: commit.version, time: commit.committedAt, runID: commit.runID, engine: nil,
      operation: commit.tool)
    for file in commit.files { added.add(rows: file.rowCount, bytes: file.byteCount) }
    for file in commit.files {
      let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
      if folder.isEmpty { continue }
      partitions[folder, default: (Amount(), Amount())].added
        .add(rows: file.rowCount, bytes: file.byteCount)
    }
    reasons = commit.inputs.map { "took \($0.name)" }
    let rejectCount = commit.rejected.reduce(0) { $0 + $1.rowCount }
    if rejectCount > 0 { reasons.append("\(counted(rejectCount, "record")) set aside") }
  }
}
