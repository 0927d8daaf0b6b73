import Columnar
import Core

/// Writes batches to new data files, one folder a partition, in bounded memory.
///
/// Rows keep their order within a partition. Rows wait until a partition has a batch full of them;
/// when open files hold too much, the one that holds most ends its row group; when too many are
/// open, the one that waited longest is closed. So input sorted by partition gives one file a
/// partition, and any other input no more than it must.
final class PartitionedWriter: BatchSink {
  /// So many files may be open at once.
  private static let openFileLimit = 400
  /// So many rows may wait in all.
  private static let waitingRowLimit = 16 * Batch.standardRowCount
  /// So many bytes of open files may be in memory.
  private static let heldByteLimit = 64 << 20
  /// So many files are ended at once: what takes its time is the disk.
  private static let endingThreadCount = 4
  /// A file is closed when it has grown to this.
  private static let fileByteLimit = 256 << 20

  private let target: WriteTarget
  private let isTaken: @Sendable (String) -> Bool
  private var partitions: [PartitionKey: Partition] = [:]
  private var waitingRowCount = 0
  private var openFileCount = 0
  private var heldByteCount = 0
  private var clock = 0
  private var finished: [(folder: String, order: Int, file: AddedFile)] = []
  private var paths: Set<String> = []
  private(set) var rowCount = 0

  /// A writer for `target`; a file must not get a path (as in the log) for which `isTaken` is true.
  init(_ target: WriteTarget, isTaken: @escaping @Sendable (String) -> Bool) {
    self.target = target
    self.isTaken = isTaken
  }

  func append(_ batch: Batch) throws {
    let batch = try target.conforming(batch)
    rowCount += batch.rowCount
    let data = try target.stored(batch)
    for group in Partitioning.groups(of: batch, by: target.partitionPositions) {
      let isWhole = group.rows.count == batch.rowCount
      // A few rows may wait long: they must not keep the text of a whole batch.
      try append(isWhole ? data : data.taking(group.rows).compacted(), to: group.values)
    }
    while waitingRowCount > PartitionedWriter.waitingRowLimit, let largest = longestWaiting() {
      try flush(largest)
    }
  }

  /// Closes all files and tells them, by partition and then in the order they were begun.
  func finish() throws -> [AddedFile] {
    let target = target
    let isTaken = isTaken
    let paths = paths
    let ends = partitions.values.sorted { $0.folder < $1.folder }.map { partition in
      if partition.file == nil { partition.order = nextOrder() }
      return PartitionEnd(partition: partition)
    }
    // Partitions have nothing in common, so that their last files can be ended side by side.
    let files = try parallelMap(ends, threads: PartitionedWriter.endingThreadCount) { end in
      try end.partition.end(target) { isTaken($0) || paths.contains($0) }
    }
    for (end, file) in zip(ends, files) {
      if let file { finished.append((end.partition.folder, end.partition.order, file)) }
    }
    partitions = [:]
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

  /// A partition handed to one thread, and to no other.
  private struct PartitionEnd: @unchecked Sendable {
    var partition: Partition
  }

  private final class Partition {
    /// Batches of fewer rows are joined before they are written.
    private static let smallBatchRowCount = 1_024

    let values: [String?]
    let folder: String
    var waiting: [Batch] = []
    var waitingRowCount = 0
    var file: DataFileWriter?
    var order = 0
    var lastUse = 0
    /// What the file was last found to have in memory.
    var heldByteCount = 0

    init(_ values: [String?], folder: String) {
      self.values = values
      self.folder = folder
    }

    /// Puts the rows that wait into the file, which is begun if need be.
    func write(_ target: WriteTarget) throws {
      guard waitingRowCount > 0 else { return }
      // Many small batches are cheaper as one; a few large ones would be copied for nothing.
      let isSplintered = waitingRowCount < waiting.count * Partition.smallBatchRowCount
      let batches =
        isSplintered
        ? try Batch.concatenating(target.dataSchema, waiting).pieces()
        : waiting.flatMap { $0.pieces() }
      waiting = []
      waitingRowCount = 0
      let staged =
        "\(target.table.path)/\(folder)\(target.namePrefix)-\(target.runID)-\(order).staged"
      let file = try file ?? DataFileWriter(target, stagedPath: staged)
      self.file = file
      for batch in batches { try file.append(batch) }
    }

    /// Ends the file, if there is one or must be one.
    func end(_ target: WriteTarget, isTaken: (String) -> Bool) throws -> AddedFile? {
      try write(target)
      let last = file
      file = nil
      return try last?.finish(folder: folder, values: values, isTaken: isTaken)
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
    let names = target.partitionPositions.map { target.physical.fields[$0].name }
    let folder = zip(names, values).map { FilePath.folder(column: $0, value: $1) + "/" }.joined()
    let partition = Partition(values, folder: target.folder + folder)
    partitions[key] = partition
    return partition
  }

  private func longestWaiting() -> Partition? {
    partitions.values.max { ($0.waitingRowCount, $1.folder) < ($1.waitingRowCount, $0.folder) }
  }

  /// Writes the rows that wait.
  private func flush(_ partition: Partition) throws {
    waitingRowCount -= partition.waitingRowCount
    if partition.file == nil {
      try makeRoom()
      partition.order = nextOrder()
      openFileCount += 1
    }
    partition.lastUse = nextOrder()
    try partition.write(target)
    note(partition)
    if let file = partition.file, isFull(file) { try close(partition) }
    while heldByteCount > PartitionedWriter.heldByteLimit, let greatest = greatestHolder() {
      try greatest.file?.release()
      note(greatest)
    }
  }

  private func isFull(_ file: DataFileWriter) -> Bool {
    if let limit = target.fileByteLimit, file.byteCount + file.groupByteCount >= limit {
      return true
    }
    return file.byteCount > PartitionedWriter.fileByteLimit
  }

  /// Takes account of what a partition's file has in memory now.
  private func note(_ partition: Partition) {
    let byteCount = partition.file?.heldByteCount ?? 0
    heldByteCount += byteCount - partition.heldByteCount
    partition.heldByteCount = byteCount
  }

  /// The partition whose file has most in memory.
  private func greatestHolder() -> Partition? {
    partitions.values.filter { $0.heldByteCount > 0 }
      .max { ($0.heldByteCount, $1.folder) < ($1.heldByteCount, $0.folder) }
  }

  /// Closes the file that waited longest when too many are open.
  private func makeRoom() throws {
    guard openFileCount >= PartitionedWriter.openFileLimit,
      let oldest = partitions.values.filter({ $0.file != nil }).min(by: { $0.lastUse < $1.lastUse })
    else { return }
    try close(oldest)
  }

  private func close(_ partition: Partition) throws {
    openFileCount -= 1
    // What waits now comes after what the file holds, so it may go into it.
    waitingRowCount -= partition.waitingRowCount
    let file = try partition.end(target) { self.isTaken($0) || self.paths.contains($0) }
    note(partition)
    guard let file else { return }
    paths.insert(file.path)
    finished.append((partition.folder, partition.order, file))
  }

  private func nextOrder() -> Int {
    clock += 1
    return clock
  }
}
