/// A piece of SQL text: what it is and where it stands.
struct Token: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// A keyword or a plain identifier.
    case word
    /// An identifier in backticks.
    case quoted
    case string
    /// `X'1F'`; the text holds the digits.
    case hex
    case number
    case symbol
    case end
  }

  var kind: Kind
  /// The value: identifiers and strings without quotes and escapes, others as written.
  var text: String
  /// A word in upper case, a symbol as it is; empty for others: what keywords are compared with.
  var keyword: String
  var range: SourceRange

  /// How an error names the token.
  var shown: String {
    switch kind {
    case .end: "the end of the text"
    case .string: "the string '\(text.prefix(20))'"
    case .quoted: "`\(text)`"
    case .hex: "X'\(text)'"
    default: "'\(text)'"
    }
  }
}
