import CSimdjson
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

  init(
    bytes: [UInt8], firstLine: Int64, lineCount: Int64, endsWithLineBreak: Bool, isOverlong: Bool
  ) {
    self.bytes = bytes
    self.firstLine = firstLine
    self.lineCount = lineCount
    self.endsWithLineBreak = endsWithLineBreak
    self.isOverlong = isOverlong
  }

  /// Lines that each have their line break.
  package init(lines bytes: [UInt8], count: Int) {
    self.init(
      bytes: bytes, firstLine: 1, lineCount: Int64(count), endsWithLineBreak: true,
      isOverlong: false)
  }
}

/// Cuts a stream of bytes at line breaks (`\n`), many lines at a time, in bounded memory.
package final class LineSplitter {
  /// About how many bytes of lines a chunk holds unless there is a reason.
  package static let standardChunkByteCount = 256 << 10

  private let source: any ByteSource
  private let maximumLineLength: Int
  private let chunkByteCount: Int
  /// Whole lines, and the beginning of one whose end has not come yet.
  private var pending: [UInt8] = []
  /// Bytes at the beginning of `pending` that have no line break.
  private var searchedCount = 0
  /// Whether the line in hand was given out as too long, and its rest is to be dropped.
  private var isDropping = false
  private var ready: ArraySlice<LineChunk> = []
  private var nextLine: Int64 = 1

  /// Whether the last line given out had its line break; an interrupted writer leaves one without.
  package private(set) var endsWithLineBreak = true

  /// Lines may be `maximumLineLength` bytes long, their breaks not counted. Chunks have about
  /// `chunkByteCount` bytes, unless one line is longer.
  package init(
    _ source: any ByteSource, maximumLineLength: Int,
    chunkByteCount: Int = LineSplitter.standardChunkByteCount
  ) {
    self.source = source
    self.maximumLineLength = max(1, maximumLineLength)
    self.chunkByteCount = chunkByteCount
  }

  /// The next lines, or nil at the end.
  package func next() throws(Fault) -> LineChunk? {
    while true {
      if let chunk = ready.popFirst() {
        endsWithLineBreak = chunk.endsWithLineBreak
        return chunk
      }
      if let piece = try source.next() {
        take(piece)
        if pending.count >= min(chunkByteCount, maximumLineLength + 1) { cut() }
      } else {
        guard !pending.isEmpty else { return nil }
        end()
      }
    }
  }

  /// Puts what has come behind what waits, but for the rest of a line that is dropped.
  private func take(_ piece: [UInt8]) {
    guard isDropping else {
      if pending.isEmpty, piece.count >= chunkByteCount {
        pending = piece
      } else {
        if pending.isEmpty { pending.reserveCapacity(chunkByteCount + piece.count) }
        pending.append(contentsOf: piece)
      }
      return
    }
    guard let end = piece.firstIndex(of: UInt8(ascii: "\n")) else { return }
    pending.append(contentsOf: piece[(end + 1)...])
    isDropping = false
  }

  /// Moves the whole lines that wait to `ready`.
  private func cut() {
    if let lineBreak = pending[searchedCount...].lastIndex(of: UInt8(ascii: "\n")) {
      // No slice may outlive its use: `pending` would be copied whole to be shortened.
      var next: [UInt8] = []
      next.reserveCapacity(chunkByteCount + pending.count - lineBreak - 1)
      next.append(contentsOf: pending[(lineBreak + 1)...])
      pending.removeSubrange((lineBreak + 1)...)
      enqueue(pending)
      pending = next
    }
    searchedCount = pending.count
    if pending.count > maximumLineLength {
      enqueueOverlong(pending[...], endsWithLineBreak: true)
      pending = []
      searchedCount = 0
      isDropping = true
    }
  }

  /// Moves all that waits to `ready`: no more will come.
  private func end() {
    if pending.count > maximumLineLength { cut() }
    let breakCount = pending.withUnsafeBufferPointer { countLineBreaks($0) }
    let isWhole = pending.last == UInt8(ascii: "\n")
    if !pending.isEmpty {
      ready.append(
        chunk(
          of: pending, lineCount: breakCount + (isWhole ? 0 : 1), endsWithLineBreak: isWhole))
    }
    pending = []
    searchedCount = 0
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
package func countLineBreaks(_ bytes: TextBytes) -> Int64 {
  Int64(medallion_count_line_breaks(bytes.baseAddress, bytes.count))
}
