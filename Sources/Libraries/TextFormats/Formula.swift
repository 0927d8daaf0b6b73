import Core

/// What a spreadsheet takes for a formula.
enum Formula {
  /// What parts cells in other countries, and would let a formula begin within a text.
  static let separators = [UInt8(ascii: ";"), UInt8(ascii: "\t")]

  /// Whether a cell of `text` would be computed. A number that has a sign is none.
  static func begins(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return false }
    switch first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: return true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return !isNumber(text.dropFirst())
    // The wide forms of the four signs, which East Asian spreadsheets take for them.
    case 0xEF: return wide.contains { text.starts(with: $0.utf8) }
    default: return false
    }
  }

  private static let wide = ["\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"]

  /// Digits with one point or none, and nothing else.
  private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count <= 2
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { digitValue($0) <= 9 } }
  }
}
