import Columnar
import Core

/// Writes batches to new data files, one folder a partition, in bounded memory.
///
/// Rows keep their order within a partition. Rows wait until a partition has a batch full of them;
/// when too many files are open, the one that waited longest is closed, so input sorted by
/// partition gives one file a partition, and any other input no more than it must.
final class TableWriter: BatchSink {
  /// So many files may be open at once.
  private static let openFileLimit = 64
  /// So many rows may wait in all.
  private static let waitingRowLimit = 64 * Batch.standardRowCount
  /// A file is closed when it has grown to this.
  private static let fileByteLimit = 256 << 20

  private let target: WriteTarget
  private let isTaken: (String) -> Bool
  private var partitions: [PartitionKey: Partition] = [:]
  private var waitingRowCount = 0
  private var openFileCount = 0
  private var clock = 0
  private var finished: [(folder: String, order: Int, file: AddedFile)] = []
  private var paths: Set<String> = []
  private(set) var rowCount = 0

  /// A writer for `target`; a file must not get a path (as in the log) for which `isTaken` is true.
  init(_ target: WriteTarget, isTaken: @escaping (String) -> Bool) {
    self.target = target
    self.isTaken = isTaken
  }

  func append(_ batch: Batch) throws {
    let batch = try target.conforming(batch)
    rowCount += batch.rowCount
    let data = batch.selecting(target.dataPositions)
    for group in Partitioning.groups(of: batch, by: target.partitionPositions) {
      let isWhole = group.rows.count == batch.rowCount
      try append(isWhole ? data : data.taking(group.rows), to: group.values)
    }
    while waitingRowCount > TableWriter.waitingRowLimit, let largest = longestWaiting() {
      try flush(largest)
    }
  }

  /// Closes all files and tells them, by partition and then in the order they were begun.
  func finish() throws -> [AddedFile] {
    for partition in partitions.values.sorted(by: { $0.folder < $1.folder }) {
      try flush(partition)
      try close(partition)
    }
    return finished.sorted { ($0.folder, $0.order) < ($1.folder, $1.order) }.map(\.file)
  }

  /// Drops what is open; files already closed stay as orphans.
  func discard() {
    for partition in partitions.values { partition.file?.discard() }
  }

  // MARK: Partitions

  /// By bytes: two spellings of one text are two partitions.
  private struct PartitionKey: Hashable {
    var values: [[UInt8]?]

    init(_ values: [String?]) { self.values = values.map { $0.map { [UInt8]($0.utf8) } } }
  }

  private final class Partition {
    let values: [String?]
    let folder: String
    var waiting: [Batch] = []
    var waitingRowCount = 0
    var file: DataFileWriter?
    var order = 0
    var lastUse = 0

    init(_ values: [String?], folder: String) {
      self.values = values
      self.folder = folder
    }
  }

  private func append(_ batch: Batch, to values: [String?]) throws {
    let partition = partition(values)
    partition.waiting.append(batch)
    partition.waitingRowCount += batch.rowCount
    waitingRowCount += batch.rowCount
    if partition.waitingRowCount >= Batch.standardRowCount { try flush(partition) }
  }

  private func partition(_ values: [String?]) -> Partition {
    let key = PartitionKey(values)
    if let partition = partitions[key] { return partition }
    let names = target.partitionPositions.map { target.schema.fields[$0].name }
    let folder = zip(names, values).map { FilePath.folder(column: $0, value: $1) + "/" }.joined()
    let partition = Partition(values, folder: folder)
    partitions[key] = partition
    return partition
  }

  private func longestWaiting() -> Partition? {
    partitions.values.max { ($0.waitingRowCount, $1.folder) < ($1.waitingRowCount, $0.folder) }
  }

  /// Writes the rows that wait.
  private func flush(_ partition: Partition) throws {
    guard partition.waitingRowCount > 0 else { return }
    let waiting = Batch.concatenating(target.dataSchema, partition.waiting)
    waitingRowCount -= partition.waitingRowCount
    partition.waiting = []
    partition.waitingRowCount = 0
    clock += 1
    partition.lastUse = clock
    let file = try partition.file ?? open(partition)
    for piece in waiting.pieces() { try file.append(piece) }
    if file.byteCount > TableWriter.fileByteLimit { try close(partition) }
  }

  private func open(_ partition: Partition) throws -> DataFileWriter {
    if openFileCount >= TableWriter.openFileLimit,
      let oldest = partitions.values.filter({ $0.file != nil }).min(by: { $0.lastUse < $1.lastUse })
    {
      try close(oldest)
    }
    openFileCount += 1
    let staged = "\(target.table.path)/\(partition.folder)part-\(target.runID)-\(clock).staged"
    let file = try DataFileWriter(target, stagedPath: staged)
    partition.file = file
    partition.order = clock
    return file
  }

  private func close(_ partition: Partition) throws {
    guard let file = partition.file else { return }
    partition.file = nil
    openFileCount -= 1
    let added = try file.finish(folder: partition.folder, values: partition.values) { path in
      self.isTaken(path) || self.paths.contains(path)
    }
    paths.insert(added.path)
    finished.append((partition.folder, partition.order, added))
  }
}
