import Columnar
import Core
import JSON
import Parquet

/// Reads checkpoints: the whole state of one version in a few files. Classic ones are Parquet
/// files, one or several parts; those of version 2 may be JSON lines, and may name sidecars.
struct CheckpointReader {
  private let log: LogFolder
  private let isWithoutFiles: Bool

  init(_ log: LogFolder, passingOverFiles isWithoutFiles: Bool = false) {
    self.log = log
    self.isWithoutFiles = isWithoutFiles
  }

  /// The state that `checkpoint` holds; `.data` when it is damaged.
  func state(of checkpoint: CheckpointFiles) throws(Fault) -> TableState {
    var state = TableState()
    var sidecars: [SidecarFile] = []
    for name in checkpoint.names {
      for action in try actions(in: name) {
        if case .sidecar(let file) = action { sidecars.append(file) } else { state.apply(action) }
      }
    }
    // Sidecars hold nothing but files.
    for sidecar in isWithoutFiles ? [] : sidecars {
      do throws(Fault) {
        for action in try parquetActions(log.place(of: sidecar)) { state.apply(action) }
      } catch {
        guard error.kind == .missing else { throw error }
        throw Fault(
          .data, at: error.place, "a file that a checkpoint names is missing",
          remedy: "remove the checkpoint, if the log still holds all versions before it")
      }
    }
    guard state.tableProtocol != nil, state.metadata != nil else {
      throw Fault(
        .data, at: Place("\(log.path)/\(checkpoint.names[0])"),
        "the checkpoint lacks the table's protocol or metadata",
        remedy: "remove the checkpoint file, if the log still holds all versions before it")
    }
    return state
  }

  /// The names of the files of actions that `checkpoint` names.
  func sidecarNames(of checkpoint: CheckpointFiles) throws(Fault) -> [String] {
    var names: [String] = []
    for name in checkpoint.names {
      for case .sidecar(let file) in try actions(in: name, columns: ["sidecar"]) {
        names.append(lastComponent(of: log.place(of: file)))
      }
    }
    return names
  }

  private func actions(
    in name: String, columns: [String]? = nil
  ) throws(Fault) -> [Action] {
    let path = "\(log.path)/\(name)"
    if !name.hasSuffix(".json") { return try parquetActions(path, columns: columns) }
    return try LogLines.actions(
      try log.fileSystem.read(path), path: path, passingOverFiles: isWithoutFiles)
  }

  private static let tableColumns = ["protocol", "metaData", "txn", "domainMetadata"]
  private static let fileColumns = ["sidecar", "remove", "add"]

  private func parquetActions(
    _ path: String, columns: [String]? = nil
  ) throws(Fault) -> [Action] {
    let file = try FileReader(log.fileSystem.open(path), at: Place(path))
    let wanted = columns ?? Self.tableColumns + (isWithoutFiles ? [] : Self.fileColumns)
    let names = wanted.filter { file.schema.names.contains($0) }
    let rows = try file.batches(columns: names)
    var actions: [Action] = []
    actions.reserveCapacity(file.rowCount)
    while let batch = try rows.next() {
      for (name, column) in zip(names, batch.columns) {
        guard let record = RecordColumn(column) else {
          throw Action.malformed("column '\(name)'", at: Place(path))
        }
        for row in 0..<batch.rowCount where !column.isNull(row) {
          if let action = try Action(name, record, row, at: Place(path)) { actions.append(action) }
        }
      }
    }
    return actions
  }
}

extension Action {
  /// The action in one row of a checkpoint's column `name`; nil for a row of NULLs.
  fileprivate init?(
    _ name: String, _ record: RecordColumn, _ row: Int, at place: Place
  ) throws(Fault) {
    switch name {
    case "add":
      // Some writers spell "no action" as a structure of NULLs.
      guard let path = record.text("path", row) else { return nil }
      self = .add(AddedFile(path, record, row))
    case "remove":
      guard let path = record.text("path", row) else { return nil }
      self = .remove(
        RemovedFile(
          path: path, deletionTimestamp: record.integer("deletionTimestamp", row),
          dataChange: record.truth("dataChange", row) ?? false,
          partitionValues: record.textMap("partitionValues", row),
          byteCount: record.integer("size", row).map { Int($0) },
          deletionVector: DeletionVectorDescriptor(record.record("deletionVector", row), row)))
    case "sidecar":
      guard let path = record.text("path", row) else { return nil }
      self = .sidecar(
        SidecarFile(
          path: path, byteCount: AddedFile.count(record.integer("sizeInBytes", row)),
          modificationTime: record.integer("modificationTime", row) ?? 0))
    default:
      // Rare and small: by way of JSON, so that one place knows what they must have.
      guard let value = record.json(row), value.object?.isEmpty == false,
        let action = try Action([name: value], at: place)
      else { return nil }
      self = action
    }
  }
}

extension AddedFile {
  fileprivate init(_ path: String, _ record: RecordColumn, _ row: Int) {
    let tags = record.textMap("tags", row)
    self.init(
      path: path,
      partitionValues: record.textMap("partitionValues", row)
        ?? record.record("partitionValues_parsed", row)?.partitionTexts(row) ?? [:],
      byteCount: AddedFile.count(record.integer("size", row)),
      modificationTime: record.integer("modificationTime", row) ?? 0,
      dataChange: record.truth("dataChange", row) ?? false,
      statisticsText: record.text("stats", row)
        ?? record.record("stats_parsed", row)?.json(row).map { JSONWriter.text($0) },
      tags: tags?.isEmpty == true ? nil : tags,
      deletionVector: DeletionVectorDescriptor(record.record("deletionVector", row), row))
  }
}

extension DeletionVectorDescriptor {
  fileprivate init?(_ record: RecordColumn?, _ row: Int) {
    guard let record, let storageType = record.text("storageType", row),
      let pathOrInline = record.text("pathOrInlineDv", row)
    else { return nil }
    self.init(
      storageType: storageType, pathOrInline: pathOrInline,
      offset: record.integer("offset", row).map { AddedFile.count($0) },
      byteCount: AddedFile.count(record.integer("sizeInBytes", row)),
      rowCount: AddedFile.count(record.integer("cardinality", row)))
  }
}
