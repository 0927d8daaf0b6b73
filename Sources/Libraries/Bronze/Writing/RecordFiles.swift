import Compression
package import Core
package import LakeJobs

/// Writes text records to files of a bronze dataset, a megabyte in each compressed frame.
package final class RecordFiles {
  private let append: BronzeAppend
  private let lake: Lake
  private let suffix: String
  private let isDated: Bool
  private var files: RawFileWriter?
  private let compressor: FrameCompressor
  private let pending = ByteBlock(capacity: 0)
  private var pendingCount = 0
  /// What each file begins with.
  private var head: [UInt8] = []

  package init(_ append: BronzeAppend, _ lake: Lake, suffix: String, isDated: Bool) throws(Fault) {
    self.append = append
    self.lake = lake
    self.suffix = suffix
    self.isDated = isDated
    compressor = try FrameCompressor()
  }

  /// Says what each file is to begin with: a header with its line break. Before the first record.
  package func begin(with head: [UInt8]) { self.head = head }

  /// Adds a record, its line break with it.
  package func append(_ record: [UInt8]) throws {
    pending.append(record[...])
    pendingCount += 1
    if pending.count >= RawFileWriter.frameByteCount { try flush() }
  }

  /// Gives the files their names, and adds them to the commit.
  package func publish() throws {
    try flush()
    try files?.publish()
  }

  package func discard() { files?.discard() }

  private func flush() throws {
    guard pendingCount > 0 else { return }
    let files = try files ?? open()
    self.files = files
    try files.append(
      frame: try compressor.compress(pending.bytes), lineByteCount: pending.count,
      rowCount: pendingCount)
    pending.truncate(to: 0)
    pendingCount = 0
  }

  private func open() throws -> RawFileWriter {
    let frame = ByteBlock(capacity: head.count)
    frame.append(head[...])
    return RawFileWriter(
      append, lake.fileSystem, fileByteCount: 64 << 20, suffix: suffix, isDated: isDated,
      head: head.isEmpty ? [] : try compressor.compress(frame.bytes))
  }
}
