/// Bytes that come a piece at a time, once: a file, standard input, what a decompressor makes.
package protocol ByteSource: AnyObject {
  /// The next piece, never an empty one; nil at the end.
  func next() throws(Fault) -> [UInt8]?
}

/// A file from a position to its end.
package final class FileBytes: ByteSource {
  /// Bytes read at a time.
  package static let standardPieceByteCount = 256 << 10

  private let file: any ReadableFile
  private let pieceByteCount: Int
  /// Where the file ended when it was opened: who goes on writing to it keeps nobody reading. What
  /// the system makes while it is read, as in `/proc`, says that it has no bytes.
  private let end: Int
  private var offset: Int

  package init(
    _ file: any ReadableFile, from offset: Int = 0,
    pieceByteCount: Int = FileBytes.standardPieceByteCount
  ) {
    self.file = file
    self.offset = offset
    self.pieceByteCount = pieceByteCount
    end = file.byteCount > 0 ? file.byteCount : Int.max
  }

  package func next() throws(Fault) -> [UInt8]? {
    let piece = try file.read(at: offset, count: min(pieceByteCount, max(0, end - offset)))
    offset += piece.count
    return piece.isEmpty ? nil : piece
  }
}

/// Pieces that are already in memory.
package final class MemoryBytes: ByteSource {
  private var pieces: ArraySlice<[UInt8]>

  package init(_ pieces: [[UInt8]]) { self.pieces = pieces.filter { !$0.isEmpty }[...] }

  package func next() throws(Fault) -> [UInt8]? { pieces.popFirst() }
}
