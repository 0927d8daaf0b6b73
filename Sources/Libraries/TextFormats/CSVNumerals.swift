package import Core

/// How numbers with a fraction are written, by a language tag: Spark's option `locale`.
package struct CSVNumerals: Equatable, Sendable {
  /// The decimal point.
  package var point: UInt8
  /// What may stand between groups of digits, in UTF-8.
  package var groups: [[UInt8]]

  private init(point: UInt8, _ groups: String...) {
    self.point = point
    self.groups = groups.map { Array($0.utf8) }
  }

  /// `1,234.50`: what is meant where no locale is declared.
  package static let english = CSVNumerals(point: UInt8(ascii: "."), ",")

  /// The numerals of a language tag such as `de-DE`, as Unicode's locale data has them; nil for a
  /// tag that is not known here.
  package init?(languageTag tag: String) {
    let tag = tag.lowercased()
    let language = String(tag.prefix { $0 != "-" })
    guard let found = Self.byRegion[tag] ?? Self.byLanguage[language] else { return nil }
    self = found
  }

  private static let dots = CSVNumerals(point: UInt8(ascii: ","), ".")
  private static let spaces = CSVNumerals(point: UInt8(ascii: ","), "\u{A0}", "\u{202F}")
  private static let apostrophes = CSVNumerals(point: UInt8(ascii: "."), "\u{2019}", "'")

  private static let byRegion: [String: CSVNumerals] = [
    "de-at": CSVNumerals(point: UInt8(ascii: ","), "\u{A0}", "."), "de-ch": apostrophes,
    "de-li": apostrophes,
    "it-ch": apostrophes, "en-za": spaces, "es-mx": english, "es-us": english, "pt-pt": spaces,
  ]

  private static let byLanguage: [String: CSVNumerals] = {
    var found: [String: CSVNumerals] = [:]
    for language in ["en", "ja", "ko", "zh", "th", "he"] { found[language] = english }
    for language in ["ca", "da", "de", "el", "es", "hr", "id", "it", "nl", "pt", "ro", "sl", "tr"] {
      found[language] = dots
    }
    for language in [
      "bg", "cs", "et", "fi", "fr", "hu", "lt", "lv", "nb", "nn", "no", "pl", "ru", "sk", "sv",
      "uk",
    ] { found[language] = spaces }
    return found
  }()

  /// The number that `text` writes; nil when it writes none.
  package func number(_ text: String) -> Decimal? {
    guard let plain = text.withTextBytes({ self.plain($0) }) else { return nil }
    return Decimal(parsing: plain[...])
  }

  /// `text` as English writes it: without groups, with a point; nil where a group's sign does not
  /// stand before exactly three digits, where signs differ, and where English would read a number
  /// that is none here.
  func plain(_ text: TextBytes) -> [UInt8]? {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    var groups = DigitGroups()
    var position = 0
    while position < text.count {
      if let sign = self.groups.firstIndex(where: { text[position...].starts(with: $0) }) {
        guard groups.begin(sign) else { return nil }
        position += self.groups[sign].count
        continue
      }
      let byte = text[position]
      position += 1
      if digitValue(byte) <= 9 {
        groups.count += 1
      } else if byte == point || !plain.allSatisfy(isBlankOrSign) {
        guard groups.end() else { return nil }
      }
      // A point that is none here would be one in English.
      if byte == UInt8(ascii: "."), byte != point { return nil }
      plain.append(byte == point ? UInt8(ascii: ".") : byte)
    }
    return groups.end() ? plain : nil
  }
}

/// The groups that the digits before a decimal point stand in.
private struct DigitGroups {
  /// The digits since the last sign.
  var count = 0
  private var sign: Int?
  private var isOver = false

  /// Goes on to the next group, which `sign` stands before; false where it cannot.
  mutating func begin(_ sign: Int) -> Bool {
    guard !isOver, self.sign == nil ? (1...3).contains(count) : self.sign == sign && count == 3
    else { return false }
    self.sign = sign
    count = 0
    return true
  }

  /// Ends the last group; false when it is not as long as it must be.
  mutating func end() -> Bool {
    if isOver { return true }
    isOver = true
    return sign == nil || count == 3
  }
}

/// Whether a byte may stand before a number's first digit.
private func isBlankOrSign(_ byte: UInt8) -> Bool {
  isBlank(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
}
