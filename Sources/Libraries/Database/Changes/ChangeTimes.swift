package import Core

/// Says when found changes happened: when the row itself says so, else when they were found.
///
/// A row's own time counts where it is later than that of the row's last image, even if it lies
/// before the last extraction (a transaction that was committed late, a clock that was set back).
/// It must also be later than the row's last change was said to be: the changes of a row keep their
/// order, whatever its clock did.
package struct ChangeTimes {
  /// When the changes are found; later than all changes found before.
  package let now: Timestamp
  /// Times that could not be read.
  package private(set) var unread = Oddity()
  /// Times that lie ahead of `now` by more than clocks differ.
  package private(set) var ahead = Oddity()

  private let zone: ZoneRules?

  /// Clocks of sources may be ahead by so much without a word.
  private static let tolerance = Timestamp.microsecondsPerSecond * 300

  /// Times that do not tell their zone are of `zone`; nil is UTC.
  package init(now: Timestamp, zone: ZoneRules?) {
    self.now = now
    self.zone = zone
  }

  /// When a row changed that says `text`, and said `before` in its last image, after its last
  /// change, which happened at `last`; nil for what there was not. `key` names the row.
  package mutating func moment(
    _ text: ArraySlice<UInt8>?, before: ArraySlice<UInt8>? = nil, after last: Timestamp? = nil,
    key: @autoclosure () -> String
  ) -> Timestamp {
    guard let text else { return now }
    guard let own = ChangeTimes.read(text, zone) else {
      unread.note(key(), String(decoding: text, as: UTF8.self))
      return now
    }
    guard own <= now else {
      // The clock stands behind 1970, and what is later is no further from it than from there.
      if own.microseconds &- now.microseconds > ChangeTimes.tolerance {
        ahead.note(key(), String(decoding: text, as: UTF8.self))
      }
      return now
    }
    if let last, own <= last { return now }
    if let before = before.flatMap({ ChangeTimes.read($0, zone) }), own <= before { return now }
    return own
  }

  /// The instant that a source's text says: as Spark reads it, or a number as databases keep time.
  package static func read(_ text: ArraySlice<UInt8>, _ zone: ZoneRules?) -> Timestamp? {
    let bytes = text.withTextBytes { Array($0.trimmed) }
    if bytes.allSatisfy({ digitValue($0) <= 9 || $0 == UInt8(ascii: ".") }) {
      return number(bytes[...])
    }
    guard let read = Timestamp(parsing: bytes[...]) else { return nil }
    guard let zone, !tellsZone(bytes) else { return read }
    return zone.instant(ofLocal: read)
  }

  /// Whether a zone stands behind a time of day.
  private static func tellsZone(_ text: [UInt8]) -> Bool {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return text[colon...].contains { byte in
      byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte >= UInt8(ascii: "A")
    }
  }

  /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size (each
  /// from 1973 to 5138), or a Julian day with a fraction, as SQLite has it.
  private static func number(_ text: ArraySlice<UInt8>) -> Timestamp? {
    if let whole = Int64(parsing: text) {
      switch whole {
      case 100_000_000..<100_000_000_000: return Timestamp(microseconds: whole * 1_000_000)
      case 100_000_000_000..<100_000_000_000_000: return Timestamp(microseconds: whole * 1_000)
      case 100_000_000_000_000..<100_000_000_000_000_000: return Timestamp(microseconds: whole)
      case 100_000_000_000_000_000...: return Timestamp(microseconds: whole / 1_000)
      default: return nil
      }
    }
    guard let real = Double(parsing: text) else { return nil }
    if (100_000_000..<100_000_000_000).contains(real) {
      return Timestamp(microseconds: Int64((real * 1e6).rounded(.down)))
    }
    // Noon of 24 November 4714 BC was day 0; midnight of 1 January 1970 was this.
    guard (2_400_000..<2_600_000).contains(real) else { return nil }
    return Timestamp(microseconds: Int64(((real - 2_440_587.5) * 86_400_000).rounded()) * 1_000)
  }
}

/// Something that rows had and should not have: how many, and one of them.
package struct Oddity: Hashable, Sendable {
  package private(set) var count = 0
  /// The key of the first row.
  package private(set) var key = ""
  /// What it held.
  package private(set) var text = ""

  package init() {}

  /// Counts one more; `key` names the row.
  package mutating func note(
    _ key: @autoclosure () -> String, _ text: @autoclosure () -> String
  ) {
    if count == 0 {
      self.key = key()
      self.text = text()
    }
    count += 1
  }
}
