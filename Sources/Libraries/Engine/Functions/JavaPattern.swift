import Core

/// Patterns of Java, which are Spark's, as PCRE2 understands them.
///
/// What both write alike but mean otherwise is written out: line ends (`.`, `^`, `$`, `\Z`), letter
/// case (`(?i)` folds ASCII letters only, without `u`), classes in classes and `&&`, `\p{Alpha}`,
/// `\uXXXX`. What only PCRE2 has is refused, as Java does, and so is what only Java has.
struct JavaPattern {
  /// What inline flags such as `(?im)` turn on.
  struct Flags {
    var ignoresCase = false
    var isUnicodeCase = false
    var isDotAll = false
    var isMultiline = false
    var isCommented = false
    var hasUnixLines = false

    /// Whether PCRE2 itself folds case; only ASCII letters are folded by being written twice.
    var foldsCase: Bool { ignoresCase && isUnicodeCase }
    var foldsASCII: Bool { ignoresCase && !isUnicodeCase }
  }

  let pattern: String
  let scalars: [Unicode.Scalar]
  var at = 0
  var flags = Flags()
  var output = ""
  var groupCount = 0
  let totalGroupCount: Int

  /// `pattern` for PCRE2; a `.data` fault when Java would not take it, or it cannot be written so.
  static func translated(_ pattern: String) throws(Fault) -> String {
    // Most patterns have neither: no reference to a group needs to know how many there are.
    var first = JavaPattern(pattern, groupCount: Int.max)
    try first.sequence(isGroup: false)
    guard pattern.contains("\\") else { return first.output }
    var second = JavaPattern(pattern, groupCount: first.groupCount)
    try second.sequence(isGroup: false)
    return second.output
  }

  private init(_ pattern: String, groupCount: Int) {
    self.pattern = pattern
    scalars = Array(pattern.unicodeScalars)
    totalGroupCount = groupCount
  }

  var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  func peek(_ ahead: Int) -> Unicode.Scalar? {
    at + ahead < scalars.count ? scalars[at + ahead] : nil
  }

  mutating func accept(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard at + wanted.count <= scalars.count,
      scalars[at..<at + wanted.count].elementsEqual(wanted)
    else { return false }
    at += wanted.count
    return true
  }

  func refused(_ problem: String) -> Fault {
    dataFault(
      "'\(pattern)' is not a regular expression: \(problem) at character \(at + 1)",
      remedy: "correct the pattern, and double each backslash in a plain string")
  }

  // MARK: Sequences and groups

  /// Everything up to the end, or up to the bracket that ends the group.
  private mutating func sequence(isGroup: Bool) throws(Fault) {
    let outer = flags
    defer { flags = outer }
    while let scalar = next {
      switch scalar {
      case ")":
        guard isGroup else { throw refused("a bracket that nothing opened") }
        return
      case "|":
        at += 1
        output += "|"
      case "(":
        at += 1
        try group()
      case "[":
        at += 1
        output += try characterClass(0)
        try quantifier()
      case ".":
        at += 1
        output += anyCharacter
        try quantifier()
      case "^":
        at += 1
        output += lineStart
        try quantifier()
      case "$":
        at += 1
        output += lineEnd(isMultiline: flags.isMultiline)
        try quantifier()
      case "*", "+", "?": throw refused("a quantifier behind nothing")
      case "{": throw refused("a repetition behind nothing")
      case "\\":
        at += 1
        try escape()
      default:
        at += 1
        if isComment(scalar) { continue }
        output += literal(scalar)
        try quantifier()
      }
    }
    if isGroup { throw refused("a group that does not end") }
  }

  /// Passes over a blank or a comment, where those do not count.
  mutating func isComment(_ scalar: Unicode.Scalar) -> Bool {
    guard flags.isCommented else { return false }
    if scalar == "#" {
      while let letter = next, letter != "\n" { at += 1 }
      return true
    }
    return scalar.properties.isWhitespace && scalar.isASCII
  }

  private mutating func group() throws(Fault) {
    guard accept("?") else {
      if next == "*" { throw refused("a quantifier behind nothing") }
      groupCount += 1
      return try body(opening: "(")
    }
    for opening in [":", "=", "!", ">", "<=", "<!"] where accept(opening) {
      return try body(opening: "(?\(opening)")
    }
    if accept("<") {
      var name = ""
      while let letter = next, letter.isASCII, letter.properties.isAlphabetic || isDigit(letter) {
        name.unicodeScalars.append(letter)
        at += 1
      }
      guard let first = name.unicodeScalars.first, !isDigit(first), accept(">") else {
        throw refused("a group whose name is not of letters and digits")
      }
      groupCount += 1
      return try body(opening: "(?<\(name)>")
    }
    try inlineFlags()
  }

  private mutating func body(opening: String, flags inner: Flags? = nil) throws(Fault) {
    let outer = flags
    output += opening
    if let inner {
      if inner.foldsCase != flags.foldsCase { output += inner.foldsCase ? "(?i)" : "(?-i)" }
      flags = inner
    }
    try sequence(isGroup: true)
    flags = outer
    at += 1
    output += ")"
    try quantifier()
  }

  /// `(?i-s)`, which holds to the end of the group around it, or `(?i-s:…)`.
  private mutating func inlineFlags() throws(Fault) {
    var changed = flags
    var isOn = true
    while let letter = next, letter != ")", letter != ":" {
      at += 1
      switch letter {
      case "-": isOn = false
      case "i": changed.ignoresCase = isOn
      case "u": changed.isUnicodeCase = isOn
      case "s": changed.isDotAll = isOn
      case "m": changed.isMultiline = isOn
      case "x": changed.isCommented = isOn
      case "d": changed.hasUnixLines = isOn
      default: throw refused("the group '(?\(letter)', which is not supported")
      }
    }
    guard let end = next else { throw refused("a group that does not end") }
    if end == ":" {
      at += 1
      return try body(opening: "(?:", flags: changed)
    }
    at += 1
    if changed.foldsCase != flags.foldsCase { output += changed.foldsCase ? "(?i)" : "(?-i)" }
    flags = changed
  }

  /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each with `?` or `+` behind it.
  mutating func quantifier() throws(Fault) {
    while flags.isCommented, let scalar = next, isComment(scalar) { at += scalar == "#" ? 0 : 1 }
    switch next {
    case "*", "+", "?":
      output.unicodeScalars.append(scalars[at])
      at += 1
    case "{":
      let start = at
      at += 1
      let least = digits()
      var most = least
      if accept(",") { most = digits() }
      guard let least, accept("}"), most.map({ $0 >= least && $0 <= 65_535 }) ?? true,
        least <= 65_535
      else {
        at = start
        throw refused("a repetition that is not {n}, {n,} or {n,m}, up to 65535")
      }
      for scalar in scalars[start..<at] { output.unicodeScalars.append(scalar) }
    default: return
    }
    if next == "?" || next == "+" {
      output.unicodeScalars.append(scalars[at])
      at += 1
    }
    if next == "*" || next == "+" || next == "?" { throw refused("a quantifier behind another") }
  }

  private mutating func digits() -> Int? {
    var text = ""
    while let digit = next, isDigit(digit) {
      text.unicodeScalars.append(digit)
      at += 1
    }
    return Int(text)
  }

  // MARK: Lines

  private var anyCharacter: String {
    if flags.isDotAll { return "(?s:.)" }
    return flags.hasUnixLines ? #"[^\n]"# : #"[^\n\r\x{85}\x{2028}\x{2029}]"#
  }

  private var lineStart: String {
    if !flags.isMultiline { return #"\A"# }
    return flags.hasUnixLines
      ? #"(?:\A|(?<=\n)(?!\z))"#
      : #"(?:\A|(?:(?<=[\n\x{85}\x{2028}\x{2029}])|(?<=\r)(?!\n))(?!\z))"#
  }

  func lineEnd(isMultiline: Bool) -> String {
    if flags.hasUnixLines { return isMultiline ? #"(?=\n|\z)"# : #"(?=\n?\z)"# }
    return isMultiline
      ? #"(?:(?=[\n\r\x{85}\x{2028}\x{2029}]|\z)(?!(?<=\r)\n))"#
      : #"(?:(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)(?!(?<=\r)\n))"#
  }
}

/// Whether a character is one of 0 to 9.
func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
