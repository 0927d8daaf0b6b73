/// Looks for what tells a person inside of a longer text.
enum TextSearch {
  /// The labels of what stands in `text`, and whether each is told by a check or a form of its own.
  static func labels(in text: String) -> Set<String> {
    let tokens = text.split { $0.isWhitespace || $0 == "," || $0 == ";" || $0 == "<" || $0 == ">" }
      .map(trimmed).filter { !$0.isEmpty }
    var found: Set<String> = []
    for (index, token) in tokens.enumerated() {
      if token.contains("@"), EmailForm.matches(token) { found.insert("email") }
      if let octets = NetworkForm.octets(token), octets.max() ?? 0 > 99 { found.insert("ip") }
      if token.count > 8, token.filter({ $0 == ":" }).count >= 3, NetworkForm.isVersion6(token) {
        found.insert("ip")
      }
      if isIBAN(tokens[index...]) { found.insert("iban") }
      if isIdentifier(token) { found.insert("national_id") }
      if token.first?.isNumber == true || token.first == "+" || token.first == "(" {
        if let label = number(tokens, index) { found.insert(label) }
      }
    }
    if hasPerson(tokens) { found.insert("name") }
    return found
  }

  private static func trimmed(_ token: Substring) -> Substring {
    var token = token
    while let last = token.last, ".:!?\"')]}".contains(last) { token = token.dropLast() }
    while let first = token.first, "\"'[{:".contains(first) { token = token.dropFirst() }
    return token
  }

  private static func isIBAN(_ tokens: ArraySlice<Substring>) -> Bool {
    guard let first = tokens.first, first.count >= 4, first.prefix(2).allSatisfy(\.isLetter),
      first.dropFirst(2).prefix(2).allSatisfy(\.isNumber)
    else { return false }
    var joined = ""
    for token in tokens.prefix(9) {
      joined += token
      if joined.utf8.count >= 15, AccountForm.isIBAN(joined) { return true }
    }
    return false
  }

  /// A number for a person that has letters or hyphens, so that digits alone are none.
  private static func isIdentifier(_ token: Substring) -> Bool {
    guard (9...18).contains(token.count), token.contains(where: \.isNumber),
      token.count == 15 || token.contains(where: { $0.isLetter || $0 == "-" })
    else { return false }
    let text = token.uppercased()
    return NationalScheme.all.contains { $0.trust == .strong && $0.isValid(text) }
  }

  /// What digits are that begin at `index`, with those that follow them.
  private static func number(_ tokens: [Substring], _ index: Int) -> String? {
    var joined = ""
    var best: String?
    for token in tokens[index...].prefix(6) {
      guard token.allSatisfy({ $0.isNumber || "+()-./".contains($0) }) else { break }
      joined += joined.isEmpty ? String(token) : " \(token)"
      if let digits = AccountForm.cardDigits(joined), digits.count > 12, AccountForm.isCard(digits)
      {
        return "card"
      }
      switch PhoneForm.strength(joined) {
      case .plain: best = "phone"
      case .likely where joined.hasPrefix("0") || isAnnounced(tokens, index): best = "phone"
      case .bare where isAnnounced(tokens, index): best = "phone"
      default: break
      }
    }
    return best
  }

  /// Whether the word before speaks of a telephone.
  private static func isAnnounced(_ tokens: [Substring], _ index: Int) -> Bool {
    tokens[max(0, index - 3)..<index].contains { token in
      ColumnHints.phone.contains(token.lowercased().filter { $0 != "." && $0 != ":" })
        || ["call", "ring", "anruf", "appeler", "llamar", "chiamare", "bellen"]
          .contains(token.lowercased())
    }
  }

  /// Whether a name follows a title, or a given name that many bear stands before a family's.
  private static func hasPerson(_ tokens: [Substring]) -> Bool {
    let titles: Set<String> = [
      "mr", "mrs", "ms", "herr", "frau", "monsieur", "madame", "mme", "señor", "señora", "signor",
      "signora", "mevrouw", "meneer", "dr",
    ]
    let model = NameModel.shared
    return zip(tokens, tokens.dropFirst()).contains { first, second in
      guard second.first?.isUppercase == true, second.count > 2, second.allSatisfy(\.isLetter)
      else {
        return false
      }
      if titles.contains(first.lowercased().filter { $0 != "." }) { return true }
      return first.first?.isUppercase == true && model.isGiven(first) && model.score(second) > 0.8
    }
  }
}
