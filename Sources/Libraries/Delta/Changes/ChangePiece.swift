import Columnar
import Core

/// Files that tell of one version's changes in the same way.
struct ChangePiece: Sendable {
  private enum Telling: Sendable {
    /// A column of theirs says what became of each row.
    case byRow
    /// All their rows came, or went.
    case all(ChangeColumns.Kind)
    /// Those rows of one file that another deletion vector keeps, or took away, the other does not.
    case without(AddedFile, ChangeColumns.Kind)
  }

  private let version: Int64
  private let time: Timestamp
  private let files: [AddedFile]
  private let telling: Telling

  /// What `step` did to the rows of a table.
  static func pieces(
    of step: TableChanges.Step, at time: Timestamp, _ table: Snapshot
  ) throws(Fault) -> [ChangePiece] {
    func piece(_ files: [AddedFile], _ telling: Telling) -> ChangePiece {
      ChangePiece(version: step.version, time: time, files: files, telling: telling)
    }
    if !step.changeFiles.isEmpty { return [piece(step.changeFiles.map(\.asData), .byRow)] }
    var removed: [AddedFile] = []
    for file in step.removed where file.dataChange {
      guard file.partitionValues != nil || table.partitionColumns.isEmpty else {
        throw Fault(
          .data, at: Place(table.table.path),
          "version \(step.version) does not tell the partition of a file that it removed",
          remedy: "ask from a later version")
      }
      removed.append(file.asData)
    }
    var added = step.added.filter(\.dataChange)
    var pieces: [ChangePiece] = []
    // A file that stays under another deletion vector lost the rows that only the old one keeps.
    for old in removed {
      guard let place = added.firstIndex(where: { FileKey($0.path, nil) == FileKey(old.path, nil) })
      else { continue }
      let new = added.remove(at: place)
      removed.removeAll { $0 == old }
      pieces.append(piece([old], .without(new, .delete)))
      pieces.append(piece([new], .without(old, .insert)))
    }
    if !removed.isEmpty { pieces.append(piece(removed, .all(.delete))) }
    if !added.isEmpty { pieces.append(piece(added, .all(.insert))) }
    return pieces
  }

  /// The rows in the columns `wanted`.
  func source(
    _ wanted: Schema, _ predicates: [ColumnPredicate], rows: Snapshot, recorded: Snapshot
  ) throws -> any BatchSource {
    let base = if case .byRow = telling { recorded } else { rows }
    var names = wanted.names.filter { base.schema.index(of: $0) != nil }
    var other: DeletionVector?
    if case .without(let file, _) = telling {
      names.append(TableScan.rowPositionColumn)
      // Nothing is left of a file whose rows the other has all.
      guard let vector = file.deletionVector else { return SourceList(wanted, []) }
      other = try DeletionVector(vector, of: base.table)
    }
    let scan = try base.scan(columns: names, predicates: predicates, files: files)
    return FeedSource(
      wanted, SourceList(scan.schema, try scan.sources()), constants, otherVector: other)
  }

  private var constants: [String: Scalar] {
    var constants: [String: Scalar] = [
      ChangeColumns.version.name: .integer(version), ChangeColumns.timestamp.name: .timestamp(time),
    ]
    switch telling {
    case .byRow: break
    case .all(let kind), .without(_, let kind):
      constants[ChangeColumns.type.name] = .string(kind.rawValue)
    }
    return constants
  }
}

extension ChangeFile {
  fileprivate var asData: AddedFile {
    AddedFile(
      path: path, partitionValues: partitionValues, byteCount: byteCount, modificationTime: 0)
  }
}

extension RemovedFile {
  fileprivate var asData: AddedFile {
    AddedFile(
      path: path, partitionValues: partitionValues ?? [:], byteCount: byteCount ?? 0,
      modificationTime: 0, deletionVector: deletionVector)
  }
}

/// Rows of data files with what is the same for all of them.
private final class FeedSource: BatchSource {
  let schema: Schema
  private let source: any BatchSource
  private let constants: [String: Scalar]
  private let other: DeletionVector?

  /// With `otherVector`, only rows that it takes away; their positions come last in `source`.
  init(
    _ schema: Schema, _ source: any BatchSource, _ constants: [String: Scalar],
    otherVector: DeletionVector?
  ) {
    self.schema = schema
    self.source = source
    self.constants = constants
    other = otherVector
  }

  func next() throws -> Batch? {
    while let given = try source.next() {
      let batch = other.map { Self.rows(of: given, without: $0) } ?? given
      if batch.rowCount == 0 { continue }
      let columns = schema.fields.map { field in
        constants[field.name].map { Column.constant($0, field.type, count: batch.rowCount) }
          ?? batch.schema.index(of: field.name).map { batch.columns[$0] }
          ?? .nulls(field.type, count: batch.rowCount)
      }
      return Batch(schema, columns, rowCount: batch.rowCount)
    }
    return nil
  }

  private static func rows(of batch: Batch, without other: DeletionVector) -> Batch {
    guard case .int64(let positions)? = batch.columns.last?.values else { return batch }
    let rows = positions.indices.filter { index in
      let position = Int(positions[index])
      return !other.rest(of: position..<position + 1)[0]
    }
    return batch.taking(rows.map { Int32($0) })
  }
}
