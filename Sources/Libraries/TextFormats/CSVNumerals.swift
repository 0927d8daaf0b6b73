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
    let plain = text.withTextBytes { self.plain($0) }
    return Decimal(parsing: plain[...])
  }

  /// `text` as English writes it: without groups, with a point. What cannot be a number here does
  /// not become one.
  func plain(_ text: TextBytes) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    var position = 0
    var isBehindPoint = false
    while position < text.count {
      if let group = groups.first(where: { text[position...].starts(with: $0) }) {
        // Spark drops English groups wherever they stand.
        if isBehindPoint, self != .english { plain.append(noDigit) }
        position += group.count
        continue
      }
      let byte = text[position]
      position += 1
      if byte == point {
        isBehindPoint = true
        plain.append(UInt8(ascii: "."))
      } else {
        plain.append(byte == UInt8(ascii: ".") ? noDigit : byte)
      }
    }
    return plain
  }
}

/// Stands for a character that is no part of a number.
private let noDigit = UInt8(ascii: "?")
