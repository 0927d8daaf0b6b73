import Core

/// Characters, classes and what stands behind a backslash.
extension JavaPattern {
  func literal(_ scalar: Unicode.Scalar) -> String {
    if flags.foldsASCII, let other = otherCase(scalar) { return "[\(scalar)\(other)]" }
    return escapedLiteral(scalar)
  }

  private func otherCase(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar {
    case "a"..."z": Unicode.Scalar(scalar.value - 32)
    case "A"..."Z": Unicode.Scalar(scalar.value + 32)
    default: nil
    }
  }

  /// What stands behind a backslash outside a class.
  mutating func escape() throws(Fault) {
    guard let letter = next else { throw refused("a backslash at the end") }
    switch letter {
    case "Q":
      at += 1
      while at < scalars.count, !accept("\\E") {
        output += literal(scalars[at])
        at += 1
      }
      return try quantifier()
    case "E": at += 1
    case "A", "z", "G", "b", "B":
      at += 1
      if letter == "b", next == "{" { throw refused("\\b{, which is not supported") }
      output += "\\\(letter)"
    case "Z":
      at += 1
      output += lineEnd(isMultiline: false)
    case "R", "X":
      at += 1
      output += "\\\(letter)"
    case "k":
      at += 1
      guard accept("<"), let end = scalars[at...].firstIndex(of: ">") else {
        throw refused("\\k without <name>")
      }
      output += reference("\\k<\(String(String.UnicodeScalarView(scalars[at..<end])))>")
      at = end + 1
    case "1"..."9": output += try backReference()
    default: output += "\(try classAtom().outside(literal))"
    }
    try quantifier()
  }

  /// `\1`; further digits count as long as such a group has begun. A group that is not there never
  /// matches.
  private mutating func backReference() throws(Fault) -> String {
    var number = Int(scalars[at].value - 48)
    at += 1
    while let digit = next, isDigit(digit), number * 10 + Int(digit.value - 48) <= groupCount {
      number = number * 10 + Int(digit.value - 48)
      at += 1
    }
    return number <= totalGroupCount ? reference("\\g{\(number)}") : "(?!)"
  }

  private func reference(_ text: String) -> String {
    flags.ignoresCase && !flags.isUnicodeCase ? "(?i:\(text))" : text
  }

  // MARK: Classes

  /// One thing in a class: a character, or a set that stands in one.
  private enum ClassAtom {
    case character(Unicode.Scalar)
    case set(String)

    func outside(_ literal: (Unicode.Scalar) -> String) -> String {
      switch self {
      case .character(let scalar): literal(scalar)
      case .set(let set): set.hasPrefix("\\") && !set.dropFirst().contains("\\") ? set : "[\(set)]"
      }
    }
  }

  /// The class behind its bracket, as an expression for one character: unions, intersections and
  /// negations of classes that PCRE2 has.
  mutating func characterClass(_ depth: Int) throws(Fault) -> String {
    guard depth < 100 else { throw refused("classes that are nested too deeply") }
    let isNegated = accept("^")
    var operands: [JavaClass] = []
    var current = JavaClass()
    while true {
      guard let scalar = next else { throw refused("a class that does not end") }
      if scalar == "]", !current.isEmpty || !operands.isEmpty {
        at += 1
        break
      }
      at += 1
      if isComment(scalar) { continue }
      if scalar == "&", next == "&" {
        while next == "&" { at += 1 }
        if !current.isEmpty { operands.append(current) }
        current = JavaClass()
      } else if scalar == "[" {
        current.nested.append(try characterClass(depth + 1))
      } else {
        at -= 1
        try add(to: &current)
      }
    }
    if !current.isEmpty { operands.append(current) }
    return JavaClass.expression(operands, isNegated: isNegated)
  }

  private mutating func add(to members: inout JavaClass) throws(Fault) {
    let first = try memberOfClass()
    guard case .character(let low) = first else {
      if case .set(let set) = first { members.plain += set }
      return
    }
    guard next == "-", let after = peek(1), after != "]", after != "[" else {
      members.add(low...low, foldingASCII: flags.foldsASCII)
      return
    }
    at += 1
    guard case .character(let high) = try memberOfClass(), low <= high else {
      throw refused("a range that is none")
    }
    members.add(low...high, foldingASCII: flags.foldsASCII)
  }

  private mutating func memberOfClass() throws(Fault) -> ClassAtom {
    guard let scalar = next else { throw refused("a class that does not end") }
    at += 1
    guard scalar == "\\" else { return .character(scalar) }
    return try classAtom()
  }

  /// What stands behind a backslash, in a class and outside: a character or a set.
  private mutating func classAtom() throws(Fault) -> ClassAtom {
    guard let letter = next else { throw refused("a backslash at the end") }
    at += 1
    switch letter {
    case "d", "D", "w", "W", "s", "S", "h", "H", "v", "V": return .set("\\\(letter)")
    case "p", "P": return .set(try property(isNegated: letter == "P"))
    case "t": return .character("\t")
    case "n": return .character("\n")
    case "r": return .character("\r")
    case "f": return .character("\u{C}")
    case "a": return .character("\u{7}")
    case "e": return .character("\u{1B}")
    case "0":
      let text = take(3) { ("0"..."7").contains($0) }
      let kept = text.first.map { $0 > "3" } == true ? String(text.prefix(2)) : text
      at -= text.count - kept.count
      return .character(try scalar(kept, radix: 8))
    case "x":
      if accept("{") {
        let text = take(6, where: isHexDigit)
        guard accept("}") else { throw refused("\\x{ that does not end") }
        return .character(try scalar(text, radix: 16))
      }
      let text = take(2, where: isHexDigit)
      guard text.count == 2 else { throw refused("\\x without two digits") }
      return .character(try scalar(text, radix: 16))
    case "u": return .character(try codeUnits())
    case "c":
      guard let control = next, control.isASCII,
        let scalar = Unicode.Scalar(control.value ^ 64)
      else { throw refused("\\c without a letter") }
      at += 1
      return .character(scalar)
    default:
      let isLetter = letter.isASCII && letter.properties.isAlphabetic
      guard !isLetter, !isDigit(letter) else {
        throw refused("\\\(letter), which is not supported")
      }
      return .character(letter)
    }
  }

  /// `\uXXXX`, or two of them for a character beyond 16 bits.
  private mutating func codeUnits() throws(Fault) -> Unicode.Scalar {
    let first = take(4, where: isHexDigit)
    guard first.count == 4, let high = UInt16(first, radix: 16) else {
      throw refused("\\u without four digits")
    }
    guard UTF16.isLeadSurrogate(high) else { return try scalar(first, radix: 16) }
    let start = at
    if accept("\\u"), let low = UInt16(take(4, where: isHexDigit), radix: 16),
      UTF16.isTrailSurrogate(low),
      let scalar = Unicode.Scalar(
        0x10000 + (UInt32(high) - 0xD800) << 10 + UInt32(low) - 0xDC00)
    {
      return scalar
    }
    at = start
    throw refused("half a character")
  }

  private mutating func take(
    _ most: Int, where isWanted: (Unicode.Scalar) -> Bool
  ) -> String {
    var text = ""
    while let scalar = next, text.utf8.count < most, isWanted(scalar) {
      text.unicodeScalars.append(scalar)
      at += 1
    }
    return text
  }

  private func scalar(_ text: String, radix: Int) throws(Fault) -> Unicode.Scalar {
    guard let value = UInt32(text, radix: radix), let scalar = Unicode.Scalar(value) else {
      throw refused("a code that is no character")
    }
    return scalar
  }

  private mutating func property(isNegated: Bool) throws(Fault) -> String {
    var name = ""
    if accept("{") {
      guard let end = scalars[at...].firstIndex(of: "}") else {
        throw refused("\\p{ that does not end")
      }
      name = String(String.UnicodeScalarView(scalars[at..<end]))
      at = end + 1
    } else if let letter = next {
      name = String(letter)
      at += 1
    }
    guard let set = JavaProperty.set(name, isNegated: isNegated, ignoresCase: flags.ignoresCase)
    else { throw refused("the property '\(name)', which is not supported") }
    return set
  }
}

private func isHexDigit(_ scalar: Unicode.Scalar) -> Bool {
  isDigit(scalar) || ("a"..."f").contains(scalar) || ("A"..."F").contains(scalar)
}

/// A character that stands for itself, in a class and outside.
func escapedLiteral(_ scalar: Unicode.Scalar) -> String {
  if scalar.value >= 0x80 { return String(scalar) }
  if isDigit(scalar) || scalar.properties.isAlphabetic { return String(scalar) }
  return "\\x{\(String(scalar.value, radix: 16))}"
}
