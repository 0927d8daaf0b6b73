import Columnar
import Core
import Database
import TestSupport

/// A source table `t`, and what bronze would hold of it: extraction after extraction, from a state
/// that can be lost.
final class SourceCopy {
  var spec: CompareSpec
  private(set) var summary = ExtractionSummary()
  /// The files of bronze, each with its batches.
  private(set) var files: [[Batch]] = []
  let source: SQLiteConnection
  private let statePath: String
  private var token: String?

  init(
    _ workdir: Workdir, _ sql: String, keys: [String] = ["id"], updatedAt: String? = "changed",
    name: String = "copy"
  ) throws {
    source = try SQLiteConnection(workdir.file("\(name).db"), .create)
    statePath = workdir.file("\(name)-state.db")
    spec = CompareSpec(
      "t", keyColumns: keys, updatedAtColumn: updatedAt,
      deleteLimit: DeleteLimit(share: 1, rows: 1_000_000, atLeast: 1_000_000))
    try source.execute(sql)
  }

  func run(_ sql: String, _ parameters: [Scalar] = []) throws {
    if parameters.isEmpty { try source.execute(sql) } else { try source.run(sql, parameters) }
  }

  /// The change rows since the last time, in the order of their sequence: key, time of day (or
  /// instant, if `whole`) and operation.
  func extract(at seconds: Int64 = 5, whole: Bool = false) throws -> [String] {
    try take(at: seconds).flatMap { file in
      file.flatMap { batch in
        (0..<batch.rowCount).map { row in
          let key = spec.keyColumns.map { text(batch, $0, row) }.joined(separator: "/")
          let moment = text(batch, "__committed_at", row)
          return
            "\(key) \(whole ? moment : String(moment.dropFirst(11))) \(text(batch, "__op", row))"
        }
      }
    }
  }

  /// The files of what changed since the last time; they are in bronze then.
  @discardableResult
  func take(at seconds: Int64 = 5) throws -> [[Batch]] {
    let changes = try compare(seconds)
    try changes.changes.find()
    summary = changes.changes.summary
    var found: [[Batch]] = []
    for file in try changes.changes.files() {
      var batches: [Batch] = []
      while let batch = try file.next() { batches.append(batch) }
      if !batches.isEmpty { found.append(batches) }
    }
    if summary.changeCount > 0 {
      token = try changes.state.seal("run\(files.count)")
    } else {
      try changes.state.keep()
    }
    files += found
    return found
  }

  /// Loses what is remembered: the next extraction makes it anew from bronze.
  func loseState() { for suffix in ["", "-wal", "-shm"] { removeTree(statePath + suffix) } }

  private func compare(
    _ seconds: Int64
  ) throws -> (changes: CompareExtraction, state: CompareState) {
    let clock = Clock(now: Timestamp(microseconds: seconds * 1_000_000))
    var state: CompareState
    do {
      state = try CompareState(statePath, keys: spec.keyColumns, committed: token)
    } catch {
      guard error.kind == .configuration else { throw error }
      loseState()
      try CompareState.rebuild(
        statePath, from: files.map { file in { BatchList(file[0].schema, file) } }, of: spec,
        in: source, committed: token ?? "")
      state = try CompareState(statePath, keys: spec.keyColumns, committed: token)
    }
    return (try CompareExtraction(of: spec, in: source, since: state, clock), state)
  }

  private func text(_ batch: Batch, _ column: String, _ row: Int) -> String {
    switch batch.column(column)?.scalar(at: row) {
    case .string(let text): text
    case .timestamp(let moment): "\(moment)"
    case .integer(let number): "\(number)"
    default: "NULL"
    }
  }
}
