package import Core

/// Cuts a stream of bytes into blocks of whole lines, in bounded memory; a line that is too long is
/// cut off and given out apart. A byte order mark at the beginning is no part of the first line.
package final class LineBlocks {
  private let source: any ByteSource
  private let blockByteCount: Int
  private var piece: ArraySlice<UInt8> = []
  /// The beginning of a line whose end was not in the last block.
  private var rest: [UInt8] = []
  private var isFirst = true
  /// How many bytes the source has given.
  private var readCount = 0

  /// The most bytes that a line may have.
  package let maximumLineLength: Int
  /// How many bytes of the source stand before what was filled in last; a byte order mark counts.
  package private(set) var offset = 0
  /// Whether the source has come to its end: no lines follow those given out.
  package private(set) var isAtEnd = false

  /// Whether the last line given out had its line break; an interrupted writer leaves one without.
  package private(set) var endsWithLineBreak = true

  /// Blocks hold about `blockByteCount` bytes, unless a line is longer. Lines may be
  /// `maximumLineLength` bytes long, their breaks not counted.
  package init(
    _ source: any ByteSource, blockByteCount: Int, maximumLineLength: Int = 16 << 20
  ) {
    self.source = source
    self.blockByteCount = max(1, blockByteCount)
    self.maximumLineLength = maximumLineLength
  }

  /// What a block was filled with.
  package enum Filling {
    case lines
    /// The beginning of one line that is longer than allowed; its rest is passed over.
    case overlongLine
    /// The end came first: nothing was filled in.
    case end
  }

  /// Fills `block` with the next lines and nothing else; one byte of room is left behind them.
  package func fill(_ block: ByteBlock) throws(Fault) -> Filling {
    block.truncate(to: 0)
    block.reserve(blockByteCount + 1)
    // The first piece has the byte order mark before it.
    if isFirst { _ = try takePiece() }
    offset = readCount - piece.count - rest.count
    block.append(rest[...])
    rest.removeAll(keepingCapacity: true)
    var limit = max(blockByteCount, block.count)
    while true {
      while block.count < limit {
        guard try takePiece() else { return try last(block) }
        let part = piece.prefix(limit - block.count)
        block.reserve(block.count + part.count + 1)
        block.append(part)
        piece = piece.dropFirst(part.count)
      }
      if let end = block.bytes.lastIndex(of: lineBreak) {
        rest.append(contentsOf: block.bytes[(end + 1)...])
        block.truncate(to: end + 1)
        return try filling(of: block)
      }
      if block.count > maximumLineLength {
        try passOverLine()
        return overlong(block)
      }
      limit += blockByteCount
    }
  }

  /// Makes sure that there is a piece in hand; false at the end.
  private func takePiece() throws(Fault) -> Bool {
    guard piece.isEmpty, !isAtEnd else { return !piece.isEmpty }
    if isFirst {
      isFirst = false
      var start: [UInt8] = []
      while start.count < byteOrderMark.count, let more = try source.next() { start += more }
      readCount = start.count
      piece = start.starts(with: byteOrderMark) ? start.dropFirst(byteOrderMark.count) : start[...]
      if !piece.isEmpty { return true }
    }
    guard let next = try source.next() else {
      isAtEnd = true
      return false
    }
    readCount += next.count
    piece = next[...]
    return true
  }

  /// What stands before the end of the source.
  private func last(_ block: ByteBlock) throws(Fault) -> Filling {
    guard block.count > 0 else { return .end }
    endsWithLineBreak = block.bytes[block.count - 1] == lineBreak
    return try filling(of: block)
  }

  /// Whole lines, up to the first that is too long; or that one alone.
  private func filling(of block: ByteBlock) throws(Fault) -> Filling {
    guard block.count > maximumLineLength, let bad = firstOverlongLine(block) else {
      return .lines
    }
    if bad.start > 0 {
      rest.insert(contentsOf: block.bytes[bad.start...], at: 0)
      block.truncate(to: bad.start)
      endsWithLineBreak = true
      return .lines
    }
    if let end = bad.end { rest.insert(contentsOf: block.bytes[(end + 1)...], at: 0) }
    return overlong(block)
  }

  private func overlong(_ block: ByteBlock) -> Filling {
    block.truncate(to: maximumLineLength)
    return .overlongLine
  }

  private func firstOverlongLine(_ block: ByteBlock) -> (start: Int, end: Int?)? {
    let bytes = block.bytes
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: lineBreak)
      if (end ?? bytes.count) - start > maximumLineLength { return (start, end) }
      guard let end else { return nil }
      start = end + 1
    }
    return nil
  }

  /// Passes over what comes up to the next line break.
  private func passOverLine() throws(Fault) {
    while try takePiece() {
      if let end = piece.firstIndex(of: lineBreak) {
        piece = piece[(end + 1)...]
        endsWithLineBreak = true
        return
      }
      piece = []
    }
    endsWithLineBreak = false
  }
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
private let lineBreak = UInt8(ascii: "\n")
