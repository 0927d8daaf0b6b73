/// A piece of HTML or SVG. Texts become markup by `text(_:)` alone, so that no name, however it is
/// spelled, is ever more than a text.
struct Markup: ExpressibleByStringInterpolation {
  private(set) var html: String

  /// Markup as this program writes it; what is put in between is escaped, unless it is markup.
  init(stringLiteral value: String) { html = value }

  init(stringInterpolation: Interpolation) { html = stringInterpolation.html }

  private init(html: String) { self.html = html }

  /// A text, whatever stands in it.
  static func text(_ text: some StringProtocol) -> Markup { Markup(html: escaped(text)) }

  static func joined(_ parts: [Markup]) -> Markup { Markup(html: parts.map(\.html).joined()) }

  static let empty: Markup = ""

  static func + (left: Markup, right: Markup) -> Markup { Markup(html: left.html + right.html) }

  /// `text` where it can neither begin nor end an element or an attribute. Signs that no page may
  /// have are left out.
  private static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    for sign in text.unicodeScalars {
      switch sign {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // What would turn round the order of letters: a name could be read as another.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
      case "\n", "\t": result.unicodeScalars.append(sign)
      case _ where sign.value < 0x20 || (0x7F...0x9F).contains(sign.value): continue
      default: result.unicodeScalars.append(sign)
      }
    }
    return result
  }

  struct Interpolation: StringInterpolationProtocol {
    var html = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    mutating func appendLiteral(_ literal: String) { html += literal }

    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

    mutating func appendInterpolation(_ text: some StringProtocol) {
      html += Markup.escaped(text)
    }

    mutating func appendInterpolation(_ number: Int) { html += String(number) }

    /// A length in a drawing, to a tenth.
    mutating func appendInterpolation(_ number: Double) { html += Markup.length(number) }
  }

  static func length(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }
}
