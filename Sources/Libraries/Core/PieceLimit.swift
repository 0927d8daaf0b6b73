import Synchronization

/// The most bytes that one piece of a file may take in memory: a page, a value, the footer. What a
/// file says of its sizes may be damage or mischief, and a few bytes can unpack into gigabytes;
/// whoever reads asks here before memory is taken. One for the process, as its memory is.
package enum PieceLimit {
  /// Values of a hundred megabytes are real, however little memory a run is given.
  private static let least = 64 << 20

  private static let stored = Atomic<Int>(256 << 20)

  /// The limit of this process.
  package static var byteCount: Int { stored.load(ordering: .relaxed) }

  /// Half of what a run may take: a piece is copied once on its way.
  package static func set(forMemory memory: Int) {
    stored.store(max(least, memory / 2), ordering: .relaxed)
  }
}
