/// A class of characters in Java's syntax: members of one bracket, and classes within it.
struct JavaClass {
  /// Members that PCRE2 takes between brackets.
  var plain = ""
  /// Classes within it, each an expression for one character.
  var nested: [String] = []

  var isEmpty: Bool { plain.isEmpty && nested.isEmpty }

  /// Adds the characters of a range; `foldingASCII`, ASCII letters in their other case too.
  mutating func add(_ range: ClosedRange<Unicode.Scalar>, foldingASCII: Bool) {
    append(range)
    guard foldingASCII else { return }
    for (letters, shift) in [("a"..."z", -32), ("A"..."Z", 32)]
      as [(ClosedRange<Unicode.Scalar>, Int)]
    {
      let low = max(range.lowerBound, letters.lowerBound)
      let high = min(range.upperBound, letters.upperBound)
      guard low <= high, let first = Unicode.Scalar(UInt32(Int(low.value) + shift)),
        let last = Unicode.Scalar(UInt32(Int(high.value) + shift))
      else { continue }
      append(first...last)
    }
  }

  private mutating func append(_ range: ClosedRange<Unicode.Scalar>) {
    plain += escapedLiteral(range.lowerBound)
    if range.lowerBound < range.upperBound { plain += "-" + escapedLiteral(range.upperBound) }
  }

  /// An expression for one character that is in all of `operands`, or that is not.
  static func expression(_ operands: [JavaClass], isNegated: Bool) -> String {
    if operands.count == 1, operands[0].nested.isEmpty {
      return isNegated ? "[^\(operands[0].plain)]" : "[\(operands[0].plain)]"
    }
    let unions = operands.map(\.union)
    let all =
      unions.dropLast().map { "(?=\($0))" }.joined() + (unions.last ?? "(?!)")
    return isNegated ? "(?:(?!\(all))(?s:.))" : "(?:\(all))"
  }

  private var union: String {
    let parts = (plain.isEmpty ? [] : ["[\(plain)]"]) + nested
    return parts.count == 1 ? parts[0] : "(?:\(parts.joined(separator: "|")))"
  }
}

/// What Java calls properties of characters, `\p{Alpha}`.
enum JavaProperty {
  /// The property as PCRE2 takes it in a class; nil when it has none like it.
  static func set(_ name: String, isNegated: Bool, ignoresCase: Bool) -> String? {
    let isCased = ignoresCase && casedNames.contains(name)
    if let posix = posixNames[isCased && name.count > 2 && posixNames[name] != nil ? "Alpha" : name]
    {
      return isNegated ? "[:^\(posix):]" : "[:\(posix):]"
    }
    guard let own = isCased ? "L&" : pcreName(name) else { return nil }
    if let opposite = own.hasPrefix("^") ? own.dropFirst() : nil {
      return isNegated ? "\\p{\(opposite)}" : "\\P{\(opposite)}"
    }
    return isNegated ? "\\P{\(own)}" : "\\p{\(own)}"
  }

  /// Properties that are of ASCII alone.
  private static let posixNames = [
    "Lower": "lower", "Upper": "upper", "ASCII": "ascii", "Alpha": "alpha", "Digit": "digit",
    "Alnum": "alnum", "Punct": "punct", "Graph": "graph", "Print": "print", "Blank": "blank",
    "Cntrl": "cntrl", "XDigit": "xdigit", "Space": "space",
  ]

  /// Properties that letter case tells apart, so that without it they are one.
  private static let casedNames: Set<String> = [
    "Lower", "Upper", "Lu", "Ll", "Lt", "IsLu", "IsLl", "IsLt", "IsUppercase", "IsLowercase",
    "IsTitlecase", "javaLowerCase", "javaUpperCase", "javaTitleCase",
  ]

  private static let categories: Set<String> = [
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn",
    "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm",
    "So", "Z", "Zl", "Zp", "Zs",
  ]

  /// Names behind `Is` that PCRE2 spells otherwise; `^` is for what is not of the property.
  private static let binaryNames = [
    "alphabetic": "Alphabetic", "ideographic": "Ideographic", "letter": "L",
    "lowercase": "Lowercase", "uppercase": "Uppercase", "titlecase": "Lt", "punctuation": "P",
    "control": "Cc", "white_space": "White_Space", "whitespace": "White_Space", "digit": "Nd",
    "hex_digit": "Hex_Digit", "join_control": "Join_Control", "assigned": "^Cn",
    "noncharacter_code_point": "Noncharacter_Code_Point", "emoji": "Emoji",
  ]

  private static let javaNames = [
    "javaLowerCase": "Lowercase", "javaUpperCase": "Uppercase", "javaTitleCase": "Lt",
    "javaDigit": "Nd", "javaLetter": "L", "javaAlphabetic": "Alphabetic",
    "javaIdeographic": "Ideographic", "javaDefined": "^Cn", "javaISOControl": "Cc",
  ]

  private static func pcreName(_ name: String) -> String? {
    if categories.contains(name) { return name }
    if name == "LC" { return "L&" }
    if let known = javaNames[name] { return known }
    for mark in ["sc=", "script="] where name.lowercased().hasPrefix(mark) {
      return script(name.dropFirst(mark.count))
    }
    for mark in ["gc=", "general_category="] where name.lowercased().hasPrefix(mark) {
      let category = String(name.dropFirst(mark.count))
      return categories.contains(category) ? category : nil
    }
    guard name.hasPrefix("Is") else { return nil }
    let rest = String(name.dropFirst(2))
    if categories.contains(rest) { return rest }
    return binaryNames[rest.lowercased()] ?? script(rest[...])
  }

  /// A script by its name, alone: PCRE2 would add characters that several scripts share.
  private static func script(_ name: Substring) -> String? {
    guard !name.isEmpty,
      name.utf8.allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == 0x5F })
    else { return nil }
    return "sc:\(name)"
  }
}
