package import Core

/// The bytes of a pipe that may be cut off before its end: then those of whole lines, and no more.
package final class WholeLines: ByteSource {
  /// What is longer than this without a line end is passed on: whoever reads lines cuts it.
  private static let maximumByteCount = 17 << 20

  private let source: any ByteSource
  private let isCutOff: () -> Bool
  private var rest: [UInt8] = []
  /// How many bytes of a line came whose end did not, when the pipe was cut off.
  package private(set) var droppedByteCount = 0

  /// Lines of `source`, of which `isCutOff` tells at its end whether more would have come.
  package init(_ source: any ByteSource, isCutOff: @escaping () -> Bool) {
    self.source = source
    self.isCutOff = isCutOff
  }

  package func next() throws(Fault) -> [UInt8]? {
    while true {
      guard let piece = try piece() else {
        defer { rest = [] }
        if isCutOff() { droppedByteCount += rest.count }
        return rest.isEmpty || isCutOff() ? nil : rest
      }
      guard let end = piece.lastIndex(of: 0x0A) else {
        rest += piece
        guard rest.count > Self.maximumByteCount else { continue }
        defer { rest = [] }
        return rest
      }
      defer { rest = Array(piece[(end + 1)...]) }
      if rest.isEmpty, end + 1 == piece.count { return piece }
      return rest + piece[...end]
    }
  }

  /// The next bytes; a stream that is packed ends too early where it was cut off.
  private func piece() throws(Fault) -> [UInt8]? {
    do {
      return try source.next()
    } catch {
      guard isCutOff() else { throw error }
      return nil
    }
  }
}
