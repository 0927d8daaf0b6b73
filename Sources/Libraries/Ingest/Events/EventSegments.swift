package import Core
import TextFormats

/// Cuts a stream of lines that may never end into segments, each to be committed on its own.
///
/// A segment is whole lines; only the last of the stream may end in a line without its break. A
/// line longer than allowed is cut: a segment holds no more than the limit of bytes, that length,
/// and what came at once.
package final class EventSegments {
  /// When a segment ends: at whichever comes first.
  package struct Limits: Sendable {
    /// So many lines have come.
    package var lineCount: Int
    /// So long ago the first byte of it came.
    package var age: Duration?
    /// So many bytes have come.
    package var byteCount: Int

    package init(lineCount: Int = .max, age: Duration? = nil, byteCount: Int = 64 << 20) {
      self.lineCount = lineCount
      self.age = age
      self.byteCount = byteCount
    }
  }

  /// Some lines of the stream.
  package struct Segment {
    package var bytes: [UInt8]
    /// How many lines came before, and how many bytes.
    package var linesBefore: Int
    package var bytesBefore: Int

    package init(bytes: [UInt8], linesBefore: Int, bytesBefore: Int = 0) {
      self.bytes = bytes
      self.linesBefore = linesBefore
      self.bytesBefore = bytesBefore
    }
  }

  private static let maximumLineLength = 16 << 20

  private let source: any ByteSource
  private let waits: (Duration) -> Bool
  private let limits: Limits
  private var pending: [UInt8] = []
  /// Line breaks in `pending`.
  private var pendingLineCount = 0
  private var lineCount = 0
  /// How many bytes have come, and how many of them before those in `pending`.
  private var readCount = 0
  private var pendingOffset = 0
  private var began: ContinuousClock.Instant?
  /// Whether the beginning of a line was given out as too long, and its rest is passed over.
  private var isPassingOver = false
  private var isAtEnd = false

  /// Cuts `source`; `waits` waits for bytes of it, at most so long, and tells whether any came.
  package init(
    _ source: any ByteSource, limits: Limits, waits: @escaping (Duration) -> Bool
  ) {
    self.source = source
    self.limits = limits
    self.waits = waits
  }

  /// The next segment, which has a line at least; nil at the end.
  package func next() throws(Fault) -> Segment? {
    while !isAtEnd {
      if isFull, let segment = wholeLines() { return segment }
      if let began, let age = limits.age, pendingLineCount > 0 {
        guard waits(max(.zero, age - (ContinuousClock.now - began))) else {
          if let segment = wholeLines() { return segment }
          continue
        }
      }
      guard let piece = try source.next() else {
        isAtEnd = true
        break
      }
      take(piece)
    }
    guard !pending.isEmpty else { return nil }
    return segment(of: pending.count)
  }

  private var isFull: Bool {
    // Lines behind one that was cut do not stand where their place in `pending` says.
    if isPassingOver && pendingLineCount > 0 { return true }
    if pendingLineCount >= limits.lineCount || pending.count >= limits.byteCount { return true }
    guard let began, let age = limits.age else { return false }
    return ContinuousClock.now - began >= age
  }

  private func take(_ piece: [UInt8]) {
    readCount += piece.count
    var piece = piece[...]
    if isPassingOver {
      guard let end = piece.firstIndex(of: 0x0A) else { return }
      piece = piece[(end + 1)...]
      isPassingOver = false
    }
    guard !piece.isEmpty else { return }
    if pending.isEmpty {
      began = .now
      pendingOffset = readCount - piece.count
    }
    pending.append(contentsOf: piece)
    pendingLineCount += Int(piece.withTextBytes { countLineBreaks($0) })
    if pendingLineCount == 0, pending.count > Self.maximumLineLength {
      // Too long by one byte, which tells the reader so.
      pending.removeSubrange((Self.maximumLineLength + 1)...)
      pending.append(0x0A)
      pendingLineCount = 1
      isPassingOver = true
    }
  }

  private func wholeLines() -> Segment? {
    guard pendingLineCount > 0, let end = pending.lastIndex(of: 0x0A) else { return nil }
    return segment(of: end + 1)
  }

  private func segment(of byteCount: Int) -> Segment {
    let rest = Array(pending[byteCount...])
    pending.removeSubrange(byteCount...)
    let segment = Segment(
      bytes: pending, linesBefore: lineCount, bytesBefore: pendingOffset)
    lineCount += pendingLineCount
    pendingOffset += byteCount
    pending = rest
    pendingLineCount = 0
    began = rest.isEmpty ? nil : .now
    return segment
  }
}
