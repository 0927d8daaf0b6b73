package import Core

/// A SQL text and the file it stands in, shared by everything parsed from it.
package final class SourceText: Sendable {
  package let file: String
  package let bytes: [UInt8]
  private let lineStarts: [Int]
  private let origin: Place?

  /// `origin` is where the text begins in its file, when it is a part of it.
  package init(_ text: String, file: String, origin: Place? = nil) {
    self.file = file
    self.origin = origin
    bytes = Array(text.utf8)
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(index + 1)
    }
    lineStarts = starts
  }

  /// File, line and column (in characters) of the byte at `offset`.
  package func place(at offset: Int) -> Place {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let before = bytes[lineStarts[low]..<min(offset, bytes.count)]
    // Bytes 10xxxxxx continue a character.
    let column = before.count { $0 & 0xC0 != 0x80 } + 1
    guard let origin else { return Place(file, line: low + 1, column: column) }
    let isFirstLine = low == 0
    return Place(
      file, line: (origin.line ?? 1) + low,
      column: isFirstLine ? (origin.column ?? 1) + column - 1 : column)
  }

  /// The text of a range, as written.
  package func text(_ range: SourceRange) -> String {
    String(decoding: bytes[range.start..<range.end], as: UTF8.self)
  }
}

/// Bytes of a `SourceText`, from `start` up to but without `end`.
package struct SourceRange: Hashable, Sendable {
  package var start: Int
  package var end: Int

  package init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }
}
