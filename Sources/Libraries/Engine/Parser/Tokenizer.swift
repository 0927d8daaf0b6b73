import Core

/// Cuts SQL text into tokens; the last one is `.end`.
struct Tokenizer {
  private let source: SourceText
  private var position = 0

  private init(_ source: SourceText) { self.source = source }

  /// All tokens of `source` without blanks and comments.
  static func tokens(of source: SourceText) throws(Fault) -> [Token] {
    var tokenizer = Tokenizer(source)
    var tokens: [Token] = []
    while true {
      let token = try tokenizer.next()
      guard tokens.count < SQLScript.tokenLimit else {
        throw Fault(
          .configuration, at: source.place(at: token.range.start),
          "the text has more than \(SQLScript.tokenLimit) words and signs",
          remedy: "put its values into a file or a table, and read that")
      }
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private func byte(_ ahead: Int = 0) -> UInt8 {
    position + ahead < source.bytes.count ? source.bytes[position + ahead] : 0
  }

  private mutating func next() throws(Fault) -> Token {
    try skipBlanks()
    let start = position
    guard start < source.bytes.count else { return token(.end, "", from: start) }
    let first = byte()
    switch first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      return try string(from: start, isRaw: false)
    case UInt8(ascii: "`"):
      return try quotedIdentifier(from: start)
    case _ where isDigit(first) || first == UInt8(ascii: ".") && isDigit(byte(1)):
      return try number(from: start)
    case _ where isIdentifierStart(first):
      return try word(from: start)
    default:
      return try symbol(from: start)
    }
  }

  private func token(_ kind: Token.Kind, _ text: String, from start: Int) -> Token {
    let keyword =
      switch kind {
      case .word: text.uppercased()
      case .symbol: text
      default: ""
      }
    return Token(
      kind: kind, text: text, keyword: keyword, range: SourceRange(start: start, end: position))
  }

  private func written(from start: Int) -> String {
    source.text(SourceRange(start: start, end: position))
  }

  // MARK: Blanks and comments

  private mutating func skipBlanks() throws(Fault) {
    while position < source.bytes.count {
      switch byte() {
      case 0x09...0x0D, 0x20: position += 1
      case 0xEF where byte(1) == 0xBB && byte(2) == 0xBF: position += 3
      case 0xC2 where byte(1) == 0xA0: position += 2
      case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"):
        while position < source.bytes.count, byte() != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): try skipBlockComment()
      default: return
      }
    }
  }

  private mutating func skipBlockComment() throws(Fault) {
    let start = position
    var depth = 0
    while position < source.bytes.count {
      if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
    throw Fault(
      .configuration, at: source.place(at: start), "a comment does not end",
      remedy: "close it with */")
  }

  // MARK: Words and numbers

  private mutating func word(from start: Int) throws(Fault) -> Token {
    while isIdentifierPart(byte()) { position += 1 }
    let text = written(from: start)
    let quote = byte()
    if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      if text == "r" || text == "R" { return try string(from: start, isRaw: true) }
      if text == "x" || text == "X" {
        let digits = try string(from: start, isRaw: true)
        return token(.hex, digits.text, from: start)
      }
    }
    return token(.word, text, from: start)
  }

  /// A number; or, as with Spark, a name that begins with digits (`2024_sales`, `30d_units`), if
  /// the word goes on where the number ends. It is never cut in two.
  private mutating func number(from start: Int) throws(Fault) -> Token {
    skipNumber()
    guard isIdentifierPart(byte()) else { return token(.number, written(from: start), from: start) }
    let end = position
    position = start
    if byte() == UInt8(ascii: ".") {
      // The point stands between two names: `t.30d_units`.
      position += 1
      return token(.symbol, ".", from: start)
    }
    while isIdentifierPart(byte()) { position += 1 }
    if position > end { return token(.word, written(from: start), from: start) }
    position = end
    while isIdentifierPart(byte()) { position += 1 }
    throw Fault(
      .configuration, at: source.place(at: start),
      "'\(written(from: start))' is neither a number nor a name",
      remedy: "put a blank behind the number, or quote a name with `backticks`")
  }

  private mutating func skipNumber() {
    while isDigit(byte()) { position += 1 }
    if byte() == UInt8(ascii: "."), byte(1) != UInt8(ascii: ".") {
      position += 1
      while isDigit(byte()) { position += 1 }
    }
    if byte() | 0x20 == UInt8(ascii: "e") {
      let signed = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
      if isDigit(byte(signed ? 2 : 1)) {
        position += signed ? 2 : 1
        while isDigit(byte()) { position += 1 }
      }
    }
    for suffix in ["bd", "d", "f", "l", "s", "y"] where hasSuffix(suffix) {
      position += suffix.utf8.count
      break
    }
  }

  private func hasSuffix(_ suffix: String) -> Bool {
    for (index, letter) in suffix.utf8.enumerated() where byte(index) | 0x20 != letter {
      return false
    }
    return !isIdentifierPart(byte(suffix.utf8.count))
  }

  private mutating func quotedIdentifier(from start: Int) throws(Fault) -> Token {
    position += 1
    var bytes: [UInt8] = []
    while position < source.bytes.count {
      if byte() == UInt8(ascii: "`") {
        if byte(1) != UInt8(ascii: "`") {
          position += 1
          return token(.quoted, String(decoding: bytes, as: UTF8.self), from: start)
        }
        position += 1
      }
      bytes.append(byte())
      position += 1
    }
    throw unterminated("an identifier", "`", from: start)
  }

  // MARK: Strings

  private mutating func string(from start: Int, isRaw: Bool) throws(Fault) -> Token {
    let quote = byte()
    position += 1
    var bytes: [UInt8] = []
    while position < source.bytes.count {
      let current = byte()
      position += 1
      if current == quote {
        if isRaw || byte() != quote {
          return token(.string, String(decoding: bytes, as: UTF8.self), from: start)
        }
        position += 1
        bytes.append(quote)
      } else if current == UInt8(ascii: "\\"), !isRaw, position < source.bytes.count {
        bytes += escaped()
      } else {
        bytes.append(current)
      }
    }
    throw unterminated("a string", String(UnicodeScalar(quote)), from: start)
  }

  /// What stands after a backslash.
  private mutating func escaped() -> [UInt8] {
    let letter = byte()
    position += 1
    switch letter {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "Z"): return [0x1A]
    case UInt8(ascii: "0"):
      guard let code = digits(2, radix: 8), code < 0o200 else { return [0] }
      position += 2
      return [UInt8(code)]
    case UInt8(ascii: "%"), UInt8(ascii: "_"): return [UInt8(ascii: "\\"), letter]
    case UInt8(ascii: "u"):
      guard let code = digits(4, radix: 16), let scalar = Unicode.Scalar(code) else { break }
      position += 4
      return Array(String(scalar).utf8)
    case UInt8(ascii: "U"):
      guard let code = digits(8, radix: 16), let scalar = Unicode.Scalar(code) else { break }
      position += 8
      return Array(String(scalar).utf8)
    default: break
    }
    return [letter]
  }

  private func digits(_ count: Int, radix: Int) -> UInt32? {
    guard position + count <= source.bytes.count else { return nil }
    let text = String(decoding: source.bytes[position..<position + count], as: UTF8.self)
    return text.contains("+") || text.contains("-") ? nil : UInt32(text, radix: radix)
  }

  private func unterminated(_ what: String, _ quote: String, from start: Int) -> Fault {
    Fault(
      .configuration, at: source.place(at: start), "\(what) does not end",
      remedy: "close it with \(quote)")
  }

  // MARK: Symbols

  /// The texts of symbols of one byte, by that byte; nil for bytes that are none.
  private static let shortSymbols: [String?] = {
    var symbols = [String?](repeating: nil, count: 256)
    for byte in "+-*/%()[]{},.;=<>!~&|^:?@$".utf8 {
      symbols[Int(byte)] = String(UnicodeScalar(byte))
    }
    return symbols
  }()

  private mutating func symbol(from start: Int) throws(Fault) -> Token {
    if let symbol = longSymbol() {
      position += symbol.utf8.count
      return token(.symbol, symbol, from: start)
    }
    guard let symbol = Tokenizer.shortSymbols[Int(byte())] else {
      throw Fault(
        .configuration, at: source.place(at: start),
        "the character '\(strayCharacter(at: start))' has no meaning here",
        remedy: "remove it, or quote a name with `backticks`")
    }
    position += 1
    return token(.symbol, symbol, from: start)
  }

  /// The symbol of more than one byte that comes next.
  private func longSymbol() -> String? {
    switch (byte(), byte(1)) {
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): byte(2) == UInt8(ascii: ">") ? "<=>" : "<="
    case (UInt8(ascii: "<"), UInt8(ascii: ">")): "<>"
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): "!="
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): ">="
    case (UInt8(ascii: "="), UInt8(ascii: "=")): "=="
    case (UInt8(ascii: "|"), UInt8(ascii: "|")): "||"
    case (UInt8(ascii: ":"), UInt8(ascii: ":")): "::"
    case (UInt8(ascii: "-"), UInt8(ascii: ">")): "->"
    case (UInt8(ascii: "="), UInt8(ascii: ">")): "=>"
    case (UInt8(ascii: "|"), UInt8(ascii: ">")): "|>"
    case (UInt8(ascii: "<"), UInt8(ascii: "<")): "<<"
    default: nil
    }
  }

  private func strayCharacter(at start: Int) -> Character {
    let tail = source.bytes[start..<min(start + 16, source.bytes.count)]
    return String(decoding: tail, as: UTF8.self).first ?? "?"
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

private func isIdentifierStart(_ byte: UInt8) -> Bool {
  byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    || byte == UInt8(ascii: "_")
}

private func isIdentifierPart(_ byte: UInt8) -> Bool { isIdentifierStart(byte) || isDigit(byte) }
