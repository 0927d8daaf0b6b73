import Columnar
import Core
import Parquet

/// Rows of a file that go while the others stay where they are.
struct RowMarks {
  let file: AddedFile
  /// How many rows the file has, those that went before counted.
  let rowCount: Int
  /// The rows that are gone after it, those that went before among them.
  let gone: PositionRuns
}

extension Transaction {
  /// Marking rows is cheaper than to write a large file without them. One of fewer bytes is soon
  /// written, and takes up the rows that come in their place.
  package static let leastMarkedByteCount = 256 << 10

  /// Whether rows that go may be marked in deletion vectors: the table asks for it, and those who
  /// read it have to know of them, or will with this change.
  private var marksRows: Bool {
    guard metadata?.configuration[TableFeature.vectorsProperty] == "true" else { return false }
    return metadata != snapshot?.metadata || tableProtocol?.names(.deletionVectors) ?? false
  }

  /// Takes the rows out of `files` that `merge` changes, those of them that are marked; tells the
  /// other files, which are to be written anew.
  mutating func markRows(
    of files: [AddedFile], by merge: Merge, in base: Snapshot
  ) throws -> [AddedFile] {
    guard marksRows else { return files }
    var rest: [AddedFile] = []
    var marks: [RowMarks] = []
    for file in files {
      if let found = try self.marks(in: file, by: merge, of: base) {
        marks.append(found)
      } else {
        rest.append(file)
      }
    }
    try mark(marks)
    return rest
  }

  /// What to mark in `file`; nil when it is cheaper to write it anew.
  private func marks(
    in file: AddedFile, by merge: Merge, of base: Snapshot
  ) throws -> RowMarks? {
    // A file that the change itself has written is nobody's yet.
    guard file.byteCount >= leastMarkedByteCount,
      snapshot?.state.hasFile(at: file.path) ?? false
    else { return nil }
    let plan = try FilePlan(base, columns: [], [])
    let rowCount = try plan.open(file).rowCount
    let before = try plan.deletedRows(of: file)?.positions ?? PositionRuns()
    guard before.end <= UInt64(rowCount) else {
      throw Fault(
        .data, at: Place(try table.location(ofFile: file.path)),
        "a deletion vector takes away rows that the file has not",
        remedy: "restore it from a copy")
    }
    let gone = before.union(PositionRuns(positions: try merge.changedRows(of: file, in: base)))
    // Each later reader passes over what is gone: half of a file at most.
    guard gone.count == rowCount || gone.count * 2 <= rowCount else { return nil }
    return RowMarks(file: file, rowCount: rowCount, gone: gone)
  }

  private mutating func mark(_ marks: [RowMarks]) throws {
    let kept = marks.filter { $0.gone.count < $0.rowCount }
    let vectors = try VectorFile(table, runID: context.runID)
      .write(kept.map { DeletionVector($0.gone) })
    for mark in marks { remove(mark.file) }
    for (mark, vector) in zip(kept, vectors) {
      var file = mark.file
      file.deletionVector = vector
      file.dataChange = true
      file.statisticsText = FileStatistics.widened(mark.file.statisticsText, mark.rowCount)
      added.append(file)
    }
  }
}

extension Transaction {
  /// The files that the change takes away and brings, as far as their rows tell it: of a file that
  /// stays under another deletion vector, the rows alone that this takes away.
  func changedFiles() throws -> (removed: [AddedFile], added: [AddedFile]) {
    var gone = removed
    var come: [AddedFile] = []
    let old = Dictionary(
      removed.map { ($0.value.pathKey, $0) }, uniquingKeysWith: { first, _ in first })
    for file in added {
      if let (key, before) = old[file.pathKey], let rest = try newlyGone(from: before, to: file) {
        gone[key] = rest
      } else {
        come.append(file)
      }
    }
    return (gone.values.sorted { $0.path < $1.path }, come)
  }

  /// `before` without the rows that are left in `after`; nil when rows came back.
  private func newlyGone(from before: AddedFile, to after: AddedFile) throws -> AddedFile? {
    guard let vector = after.deletionVector, let left = after.rowCount else { return nil }
    let now = try DeletionVector(vector, of: table).positions
    let then = try before.deletionVector.map { try DeletionVector($0, of: table).positions }
    guard then.map({ $0.subtracting(now).count == 0 }) ?? true else { return nil }
    let gone = now.subtracting(then ?? PositionRuns())
    var rest = before
    let others = PositionRuns(upTo: left.saturatingAdd(vector.rowCount)).subtracting(gone)
    rest.deletionVector = DeletionVector(others).inline
    return rest
  }
}

extension AddedFile {
  /// What tells its data file from others, whatever deletion vector it has.
  fileprivate var pathKey: FileKey { FileKey(path, nil) }
}
