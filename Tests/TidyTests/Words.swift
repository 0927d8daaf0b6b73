/// The words of a line of code: runs of letters, digits and underscores.
func words(_ line: String) -> [Substring] {
  line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
}

/// The parts of a name in camel case: `JSONWriter` gives `JSON` and `Writer`.
func camelParts(_ name: some StringProtocol) -> [String] {
  let letters = Array(name)
  var parts: [String] = []
  for (index, letter) in letters.enumerated() {
    let startsPart =
      letter.isUppercase
      && (index == 0 || !letters[index - 1].isUppercase
        || (index + 1 < letters.count && letters[index + 1].isLowercase))
    if startsPart || parts.isEmpty { parts.append("") }
    if letter.isLetter { parts[parts.count - 1].append(letter) } else { parts.append("") }
  }
  return parts.filter { !$0.isEmpty }
}

/// The name that a line of code declares after one of `keywords`, with that keyword; nil when it
/// declares none.
func declaration(_ line: String, _ keywords: Set<String>) -> (keyword: String, name: String)? {
  let words = words(line)
  for (index, word) in words.enumerated() where keywords.contains(String(word)) {
    guard index + 1 < words.count else { continue }
    if word == "class", ["func", "var", "let"].contains(words[index + 1]) { continue }
    return (String(word), String(words[index + 1]))
  }
  return nil
}

/// How far `code[start...]` goes until its first brace is closed; nil when none opens before a
/// declaration without a body ends.
func bodyEnd(_ code: [String], from start: Int) -> Int? {
  var depth = 0
  var parentheses = 0
  for index in start..<code.count {
    for letter in code[index] {
      switch letter {
      case "(", "[": parentheses += 1
      case ")", "]": parentheses -= 1
      case "{": depth += 1
      case "}":
        depth -= 1
        if depth == 0 && parentheses == 0 { return index }
        if depth < 0 { return nil }
      default: break
      }
    }
    let next = index + 1 < code.count ? code[index + 1].drop { $0 == " " } : ""
    let goesOn = ["{", "where", "async", "throws", "->", ")"].contains { next.hasPrefix($0) }
    if depth == 0 && parentheses == 0 && !goesOn { return nil }
  }
  return nil
}
