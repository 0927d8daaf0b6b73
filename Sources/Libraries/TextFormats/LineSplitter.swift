package import Core

/// Some whole lines of a text.
package struct LineChunk: Sendable {
  /// The lines with the line breaks behind them.
  package let bytes: [UInt8]
  /// The number of the first line, from 1.
  package let firstLine: Int64
  /// How many lines there are, blank ones counted.
  package let lineCount: Int64
  /// Whether the last line has its line break; only the last line of a text may lack it.
  package let endsWithLineBreak: Bool
  /// Whether this is the beginning of one line that is longer than allowed; the rest was dropped.
  package let isOverlong: Bool
}

/// Cuts a stream of bytes at line breaks (`\n`), many lines at a time, in bounded memory.
package final class LineSplitter {
  /// How many bytes of lines a chunk holds, unless one line is longer.
  package static let standardChunkByteCount = 256 << 10

  private let source: any ByteSource
  private let maximumLineLength: Int
  private var piece: ArraySlice<UInt8> = []
  /// The beginning of a line whose end has not come yet.
  private var pending: [UInt8] = []
  /// Whether the line in hand was given out as too long, and its rest is to be dropped.
  private var isDropping = false
  private var ready: ArraySlice<LineChunk> = []
  private var nextLine: Int64 = 1

  /// Whether the last line given out had its line break; an interrupted writer leaves one without.
  package private(set) var endsWithLineBreak = true

  /// Lines may be `maximumLineLength` bytes long, their breaks not counted.
  package init(_ source: any ByteSource, maximumLineLength: Int) {
    self.source = source
    self.maximumLineLength = max(1, maximumLineLength)
  }

  /// The next lines, or nil at the end.
  package func next() throws(Fault) -> LineChunk? {
    while true {
      if let chunk = ready.popFirst() {
        endsWithLineBreak = chunk.endsWithLineBreak
        return chunk
      }
      if piece.isEmpty {
        guard let more = try source.next() else { return last() }
        piece = more[...]
      }
      take()
    }
  }

  /// Moves whole lines from the piece in hand to `ready`.
  private func take() {
    if isDropping {
      guard let end = piece.firstIndex(of: UInt8(ascii: "\n")) else {
        piece = []
        return
      }
      piece = piece[(end + 1)...]
      isDropping = false
      return
    }
    let part = piece.prefix(LineSplitter.standardChunkByteCount)
    if let lineBreak = part.lastIndex(of: UInt8(ascii: "\n")) {
      var lines = pending
      lines.append(contentsOf: part[...lineBreak])
      pending = []
      piece = piece[(lineBreak + 1)...]
      enqueue(lines)
    } else {
      pending.append(contentsOf: part)
      piece = piece[part.endIndex...]
      if pending.count > maximumLineLength {
        enqueueOverlong(pending[...], endsWithLineBreak: true)
        pending = []
        isDropping = true
      }
    }
  }

  /// The line at the end that has no line break, if there is one.
  private func last() -> LineChunk? {
    guard !pending.isEmpty else { return nil }
    let chunk = chunk(of: pending, lineCount: 1, endsWithLineBreak: false)
    pending = []
    endsWithLineBreak = false
    return chunk
  }

  private func enqueue(_ lines: [UInt8]) {
    guard lines.count > maximumLineLength else {
      let count = lines.withUnsafeBufferPointer { countLineBreaks($0) }
      ready.append(chunk(of: lines, lineCount: count, endsWithLineBreak: true))
      return
    }
    // Some line may be too long: it is given out apart from those around it.
    var start = 0
    var good = 0
    while start < lines.count {
      let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count - 1
      if end - start > maximumLineLength {
        enqueueGood(lines[good..<start])
        enqueueOverlong(lines[start..<end], endsWithLineBreak: true)
        good = end + 1
      }
      start = end + 1
    }
    enqueueGood(lines[good...])
  }

  private func enqueueGood(_ lines: ArraySlice<UInt8>) {
    guard !lines.isEmpty else { return }
    let count = lines.withUnsafeBufferPointer { countLineBreaks($0) }
    ready.append(chunk(of: Array(lines), lineCount: count, endsWithLineBreak: true))
  }

  private func enqueueOverlong(_ line: ArraySlice<UInt8>, endsWithLineBreak: Bool) {
    ready.append(
      chunk(
        of: Array(line.prefix(maximumLineLength)), lineCount: 1,
        endsWithLineBreak: endsWithLineBreak, isOverlong: true))
  }

  private func chunk(
    of bytes: [UInt8], lineCount: Int64, endsWithLineBreak: Bool, isOverlong: Bool = false
  ) -> LineChunk {
    defer { nextLine += lineCount }
    return LineChunk(
      bytes: bytes, firstLine: nextLine, lineCount: lineCount,
      endsWithLineBreak: endsWithLineBreak, isOverlong: isOverlong)
  }
}

/// How many line breaks there are in `bytes`.
func countLineBreaks(_ bytes: TextBytes) -> Int64 {
  var count: Int64 = 0
  for byte in bytes { count &+= byte == UInt8(ascii: "\n") ? 1 : 0 }
  return count
}
