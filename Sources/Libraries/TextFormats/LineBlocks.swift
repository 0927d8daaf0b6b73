package import Core

/// Cuts a stream of bytes into blocks of whole lines, in bounded memory. A byte order mark at the
/// beginning is no part of the first line.
package final class LineBlocks {
  private let source: any ByteSource
  private let blockByteCount: Int
  private var piece: ArraySlice<UInt8> = []
  /// The beginning of a line whose end was not in the last block.
  private var rest: [UInt8] = []
  private var isFirst = true

  /// The most bytes that a line may have.
  package let maximumLineLength: Int
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
    /// The end came first: nothing was filled in.
    case end
    /// A line is too long, after so many others.
    case overlongLine(Int)
  }

  /// Fills `block` with the next lines and nothing else; one byte of room is left behind them.
  package func fill(_ block: ByteBlock) throws(Fault) -> Filling {
    block.truncate(to: 0)
    block.reserve(blockByteCount + 1)
    block.append(rest[...])
    rest.removeAll(keepingCapacity: true)
    var limit = blockByteCount
    while true {
      while block.count < limit {
        guard try takePiece() else { return last(block) }
        let part = piece.prefix(limit - block.count)
        block.reserve(block.count + part.count + 1)
        block.append(part)
        piece = piece.dropFirst(part.count)
      }
      if let end = block.bytes.lastIndex(of: UInt8(ascii: "\n")) {
        rest.append(contentsOf: block.bytes[(end + 1)...])
        block.truncate(to: end + 1)
        return filling(of: block)
      }
      if block.count > maximumLineLength { return .overlongLine(0) }
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
      piece = start.starts(with: byteOrderMark) ? start.dropFirst(byteOrderMark.count) : start[...]
      if !piece.isEmpty { return true }
    }
    guard let next = try source.next() else {
      isAtEnd = true
      return false
    }
    piece = next[...]
    return true
  }

  /// What stands before the end of the source.
  private func last(_ block: ByteBlock) -> Filling {
    guard block.count > 0 else { return .end }
    endsWithLineBreak = block.bytes[block.count - 1] == UInt8(ascii: "\n")
    return filling(of: block)
  }

  private func filling(of block: ByteBlock) -> Filling {
    guard block.count > maximumLineLength else { return .lines }
    let lines = block.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let overlong = lines.firstIndex { $0.count > maximumLineLength }
    return overlong.map { .overlongLine($0) } ?? .lines
  }
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
