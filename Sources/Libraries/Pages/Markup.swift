// Pages: what HTML pages and drawings of the suite are made of.
//
// `Markup` is text that cannot become more than text, `PageStyle` how pages look: on paper, on a
// phone, by night, without script and without an address outside.
//
// Begin with `Markup`. Nothing here knows what a page tells: reports stand in Operations, the
// catalog's site in Stewardship.

/// A piece of HTML or SVG. Texts become markup by `text(_:)` alone, so that no name, however it is
/// spelled, is ever more than a text.
package struct Markup: ExpressibleByStringInterpolation {
  package private(set) var html: String

  /// Markup as this program writes it; what is put in between is escaped, unless it is markup.
  package init(stringLiteral value: String) { html = value }

  package init(stringInterpolation: Interpolation) { html = stringInterpolation.html }

  private init(html: String) { self.html = html }

  /// A text, whatever stands in it.
  package static func text(_ text: some StringProtocol) -> Markup { Markup(html: escaped(text)) }

  /// One piece after the other.
  package static func joined(_ parts: [Markup]) -> Markup {
    Markup(html: parts.map(\.html).joined())
  }

  /// Nothing.
  package static let empty: Markup = ""

  /// One piece behind another.
  package static func + (left: Markup, right: Markup) -> Markup {
    Markup(html: left.html + right.html)
  }

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

  /// Where markup is put together from what this program writes and what others do.
  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    /// What this program writes.
    package mutating func appendLiteral(_ literal: String) { html += literal }

    /// A piece of markup as it is.
    package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

    /// A text, whatever stands in it.
    package mutating func appendInterpolation(_ text: some StringProtocol) {
      html += Markup.escaped(text)
    }

    /// A whole number.
    package mutating func appendInterpolation(_ number: Int) { html += String(number) }

    /// A length in a drawing, to a tenth.
    package mutating func appendInterpolation(_ number: Double) { html += Markup.length(number) }
  }

  /// A length as drawings write it, to a tenth.
  package static func length(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }
}
