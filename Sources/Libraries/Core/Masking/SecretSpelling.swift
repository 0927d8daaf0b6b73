/// How languages write a text between their quotes.
enum SecretSpelling {
  /// `text` as JSON (also within JSON), HTML, SQL, CSV and shells write it, without the quotes.
  static func all(of text: String) -> [[UInt8]] {
    let json = escaped(text)
    let spelled = [
      json, escaped(json), escaped(text, slashes: true), escaped(text, tags: true),
      escaped(text, isASCII: true), escaped(text, isASCII: true, capitals: true),
      replaced(text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]),
      replaced(text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#x27;"]),
      replaced(text, ["'": "''"]), replaced(text, ["\"": "\"\""]), replaced(text, ["'": "'\\''"]),
      forShell(text),
    ]
    return Array(Set(spelled)).filter { !$0.isEmpty }.map { Array($0.utf8) }.sorted {
      $0.count > $1.count
    }
  }

  /// As JSON has it; also with slashes escaped, with the signs of tags, or all beyond ASCII.
  private static func escaped(
    _ text: String, slashes: Bool = false, tags: Bool = false, isASCII: Bool = false,
    capitals: Bool = false
  ) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "/" where slashes: result += "\\/"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "&" where tags, "<" where tags, ">" where tags: result += coded(scalar, capitals)
      case _ where scalar.value < 0x20 || isASCII && scalar.value > 0x7E:
        result += coded(scalar, capitals)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func coded(_ scalar: Unicode.Scalar, _ capitals: Bool) -> String {
    String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16, uppercase: capitals)
      return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }.joined()
  }

  private static func replaced(_ text: String, _ pairs: [Character: String]) -> String {
    text.map { pairs[$0] ?? String($0) }.joined()
  }

  /// With a backslash before each sign that a shell may take for its own.
  private static func forShell(_ text: String) -> String {
    text.map { letter in
      letter.isASCII && !letter.isLetter && !letter.isNumber && !"_-./:@%+,=".contains(letter)
        ? "\\\(letter)" : String(letter)
    }.joined()
  }
}
