package import Core

/// A SQL text and the file it stands in, shared by everything parsed from it.
package final class SourceText: Sendable {
  package let file: String
  package let bytes: [UInt8]
  private let lineStarts: [Int]
  /// How many bytes that continue a character stand before each `stride`; empty where none does. A
  /// text may be one long line, and each part of it has a place.
  private let continued: [Int]
  private let origin: Place?

  private static let stride = 256

  /// `origin` is where the text begins in its file, when it is a part of it.
  package init(_ text: String, file: String, origin: Place? = nil) {
    self.file = file
    self.origin = origin
    bytes = Array(text.utf8)
    var starts = [0]
    var counts: [Int] = []
    var count = 0
    for (index, byte) in bytes.enumerated() {
      if index % SourceText.stride == 0 { counts.append(count) }
      if byte == UInt8(ascii: "\n") { starts.append(index + 1) }
      if SourceText.continuesCharacter(byte) { count += 1 }
    }
    lineStarts = starts
    continued = count == 0 ? [] : counts
  }

  /// File, line and column (in characters) of the byte at `offset`.
  package func place(at offset: Int) -> Place {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let start = lineStarts[low]
    let end = min(offset, bytes.count)
    let column = end - start - (continuedCount(before: end) - continuedCount(before: start)) + 1
    guard let origin else { return Place(file, line: low + 1, column: column) }
    let isFirstLine = low == 0
    return Place(
      file, line: (origin.line ?? 1) + low,
      column: isFirstLine ? (origin.column ?? 1) + column - 1 : column)
  }

  /// How many bytes before `offset` continue a character.
  private func continuedCount(before offset: Int) -> Int {
    guard !continued.isEmpty else { return 0 }
    let block = min(offset / SourceText.stride, continued.count - 1)
    let rest = bytes[block * SourceText.stride..<offset]
    return continued[block] + rest.count(where: SourceText.continuesCharacter)
  }

  /// Bytes 10xxxxxx continue a character.
  private static func continuesCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

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
