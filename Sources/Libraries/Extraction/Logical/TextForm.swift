import Core
import Database

/// How bronze writes a value of a PostgreSQL type; what is the same from row to row of a column.
enum TextForm {
  /// As the server spells it.
  case asIs
  /// `true` and `false`.
  case truth
  /// Hexadecimal digits, two a byte.
  case bytes
  /// A number without a currency.
  case money
  /// Years as ISO 8601 counts them: 44 BC is -0043, and behind 9999 stands +10000.
  case time

  /// Appends to `row` what bronze writes for `text`, which the server spells.
  func append(_ text: TextBytes, to row: inout RowTexts) {
    switch self {
    case .asIs where text.isASCII: row.append(text)
    case .asIs:
      var known: [UInt8] = []
      ForeignText.append(text, to: &known)
      row.append(known)
    case .truth: row.append((text.first == UInt8(ascii: "t") ? "true" : "false").utf8)
    case .bytes: row.append(text.dropFirst(2).lazy.map(TextForm.upper))
    case .money:
      row.append(text.lazy.filter { $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: ",") })
    case .time: appendTime(text, to: &row)
    }
  }

  private func appendTime(_ text: TextBytes, to row: inout RowTexts) {
    let yearLength = text.firstIndex(of: UInt8(ascii: "-")) ?? 0
    let isBeforeChrist = text.last == UInt8(ascii: "C")
    guard yearLength > 4 || isBeforeChrist, let year = Int(parsing: text, yearLength) else {
      return row.append(text)
    }
    let sign = isBeforeChrist ? (year > 1 ? "-" : "") : "+"
    let shown = padded(isBeforeChrist ? year - 1 : year, 4)
    let rest = text[yearLength..<(text.count - (isBeforeChrist ? 3 : 0))]
    row.append(Array(sign.utf8) + Array(shown.utf8) + Array(rest))
  }

  private static func upper(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "a") ? byte & 0xDF : byte
  }
}

extension Int {
  /// The number that the first `count` bytes of `text` spell; nil when they are no digits.
  fileprivate init?(parsing text: TextBytes, _ count: Int) {
    guard count > 0, let value = Int64(parsing: TextBytes(rebasing: text[..<count])) else {
      return nil
    }
    self.init(value)
  }
}
