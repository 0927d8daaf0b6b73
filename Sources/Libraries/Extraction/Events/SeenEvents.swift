import Core

/// The last events of a table, each known by a digest, so that those which Debezium sends again
/// after it was interrupted are not written twice.
///
/// Only what was seen to the letter is a repetition: a position that lies before others may be that
/// of another server, and to pass over its events would lose them.
struct SeenEvents {
  /// The oldest first.
  private var order: [UInt64] = []
  private var known: Set<UInt64> = []

  /// Debezium notes how far it has come once a minute, and sends again what came since.
  static let limit = 4_096

  /// As a commit's state remembers them.
  init(_ text: String?) {
    let bytes = bytes(ofHex: text ?? "") ?? []
    for start in stride(from: 0, to: bytes.count - bytes.count % 8, by: 8) {
      add(bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  /// Notes `change`; whether it was seen before. One without a position may come twice.
  mutating func isRepeated(_ change: ChangeEvent) -> Bool {
    guard let identity = change.source.identity else { return false }
    let digest = SHA256()
    digest.append(Array("\(identity)\u{0}\(change.kind)\u{0}".utf8))
    for value in change.key + change.values {
      // Lengths keep a value from passing for two.
      digest.append(Array("\(value?.count ?? -1):".utf8))
      if let value { digest.append(value) }
    }
    return !add(digest.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  @discardableResult
  private mutating func add(_ digest: UInt64) -> Bool {
    guard known.insert(digest).inserted else { return false }
    order.append(digest)
    // Now and then, since those behind are moved.
    if order.count >= 2 * SeenEvents.limit {
      for old in order.prefix(SeenEvents.limit) { known.remove(old) }
      order.removeFirst(SeenEvents.limit)
    }
    return true
  }

  /// The last of them, in hexadecimal digits.
  var text: String {
    hexText(
      order.suffix(SeenEvents.limit).flatMap { digest in
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: digest >> (8 * UInt64($0))) }
      })
  }
}
