import Compression
package import Core
import JSON

/// Writes lines to raw files, about a megabyte of them in each compressed frame.
package final class FrameWriter {
  private let files: RawFileWriter
  private let compressor: FrameCompressor
  private let pending = ByteBlock(capacity: 0)
  private var pendingCount = 0
  /// What each file is to begin with, until the first frame is written.
  private var head: [UInt8]? = []

  package init(_ files: RawFileWriter) throws(Fault) {
    self.files = files
    compressor = try FrameCompressor()
  }

  /// Says what each file is to begin with: a header with its line break. Before the first line.
  package func begin(with head: [UInt8]) {
    if self.head != nil { self.head = head }
  }

  /// Adds a line, or a record of several, its line break with it.
  package func append(_ line: [UInt8]) throws {
    pending.append(line[...])
    try finishLine()
  }

  /// Adds a JSON value as a line.
  func append(_ value: JSONValue) throws {
    pending.append(JSONWriter.bytes(value)[...])
    pending.append([UInt8(ascii: "\n")])
    try finishLine()
  }

  /// Writes the lines that wait, gives the files their names and adds them to the commit.
  package func publish() throws {
    try flush()
    try files.publish()
  }

  package func discard() { files.discard() }

  private func finishLine() throws {
    pendingCount += 1
    if pending.count >= RawFileWriter.frameByteCount { try flush() }
  }

  private func flush() throws {
    guard pendingCount > 0 else { return }
    try begin()
    try files.append(
      frame: try compressor.compress(pending.bytes), lineByteCount: pending.count,
      rowCount: pendingCount)
    pending.truncate(to: 0)
    pendingCount = 0
  }

  private func begin() throws {
    guard let head else { return }
    self.head = nil
    guard !head.isEmpty else { return }
    let block = ByteBlock(capacity: head.count)
    block.append(head[...])
    files.begin(with: try compressor.compress(block.bytes))
  }
}
