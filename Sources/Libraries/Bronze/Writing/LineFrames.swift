import Compression
import Core
import JSON

/// Writes JSON values as lines of a raw file, many in each compressed frame.
final class LineFrames {
  private let files: RawFileWriter
  private let compressor: FrameCompressor
  private let pending = ByteBlock(capacity: 0)
  private var pendingCount = 0

  init(_ files: RawFileWriter) throws(Fault) {
    self.files = files
    compressor = try FrameCompressor()
  }

  func append(_ value: JSONValue) throws {
    pending.append(JSONWriter.bytes(value)[...])
    pending.append([UInt8(ascii: "\n")])
    pendingCount += 1
    if pending.count >= RawFileWriter.frameByteCount { try finish() }
  }

  /// Writes the lines that wait.
  func finish() throws {
    guard pendingCount > 0 else { return }
    try files.append(
      frame: try compressor.compress(pending.bytes), lineByteCount: pending.count,
      rowCount: pendingCount)
    pending.truncate(to: 0)
    pendingCount = 0
  }
}
