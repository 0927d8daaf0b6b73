/// Names of people, as they are written: some capitalised words, with titles and particles.
struct PersonForm {
  /// Words that a name has beside itself.
  private static let titles: Set<String> = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "dame", "rev", "jr", "sr", "ii", "iii", "iv",
    "md", "phd", "dds", "dvm", "mba", "bsc", "msc", "ba", "beng", "bed", "ma", "herr", "frau", "hr",
    "fr", "dipl", "ing", "mag", "univ", "m", "mme", "mlle", "monsieur", "madame", "sig", "sigra",
    "signor", "signora", "don", "doña", "sra", "srta", "dña", "pan", "pani", "dhr", "mevr", "drs",
    "ir", "bc", "bcs", "senhor", "senhora", "dra", "d",
  ]
  private static let particles: Set<String> = [
    "de", "la", "del", "las", "los", "van", "der", "den", "von", "zu", "zum", "da", "do", "dos",
    "das", "di", "du", "des", "le", "ter", "ten", "te", "el", "bin", "al", "af", "av", "e", "y",
    "het", "op", "van't", "'t", "d", "vom", "und", "i", "in",
  ]
  /// Words of names of companies and places.
  private static let otherCues: Set<String> = [
    "ltd", "inc", "llc", "gmbh", "ag", "kg", "kgaa", "co", "corp", "plc", "group", "sons", "sarl",
    "sas", "sa", "spa", "srl", "snc", "bv", "nv", "ab", "oy", "ohg", "mbh", "stiftung", "holding",
    "partners", "associates", "and", "et", "fils", "associés", "company", "s.a", "s.p.a", "s.r.l",
    "s.l", "sl", "slu", "sp", "z.o.o", "ev", "gbr", "hermanos", "asociados", "cooperativa",
    "fratelli",
    "industries", "bros", "sl.", "fundación", "handelsbolag", "kommanditbolag", "aktiebolag",
    "v.o.f",
    "i-synowie", "fundacja", "gabinety", "stowarzyszenie", "spółka", "grupo", "ltda", "eireli",
    "mei",
    "street", "road", "avenue", "city", "island", "inn", "hotel", "school", "university", "bank",
    "island", "bridge", "shop", "store",
  ]

  /// The words that name, titles and particles aside; nil when `text` is no name by its form.
  static func words(_ text: String) -> [Substring]? {
    var body = Substring(text)
    // Family, Given
    if body.filter({ $0 == "," }).count == 1, let comma = body.firstIndex(of: ",") {
      let rest = body[comma...].dropFirst()
      body = (rest + " " + body[..<comma])[...]
    }
    let tokens = body.split(whereSeparator: \.isWhitespace)
    guard (1...8).contains(tokens.count), body.count <= 60 else { return nil }
    var found: [Substring] = []
    for (index, token) in tokens.enumerated() {
      let plain = token.lowercased().filter { $0 != "." }
      if otherCues.contains(plain) || otherCues.contains(token.lowercased()) { return nil }
      if titles.contains(plain), tokens.count > 1, token.contains(".") || plain.count > 1 {
        if index == 0 || index == tokens.count - 1 || token.contains(".") { continue }
      }
      if token.contains("."), isTitle(token) { continue }
      if particles.contains(token.lowercased()), tokens.count > 1, token.first?.isLowercase == true
      {
        continue
      }
      guard isWord(token) else { return nil }
      found.append(token)
    }
    return (1...5).contains(found.count) ? found : nil
  }

  /// A title of several parts, as `Univ.Prof.` and `B.Sc.`, or an initial.
  private static func isTitle(_ token: Substring) -> Bool {
    let parts = token.split { $0 == "." || $0 == "-" }
    return parts.allSatisfy { $0.count <= 4 && $0.allSatisfy(\.isLetter) }
  }

  private static func isWord(_ token: Substring) -> Bool {
    guard let first = token.first, token.count >= 2, token.count <= 24 else { return false }
    let parts = token.split { "-'’".contains($0) }
    guard parts.allSatisfy({ $0.allSatisfy(\.isLetter) }) else { return false }
    guard
      first.isUppercase || first == "'" || !first.isCased
        || particles.contains("\(parts.first ?? "")")
        || token.contains("'")
    else { return false }
    // An abbreviation is no name.
    let hasVowel = token.lowercased().contains { "aeiouyäöüåæøáéíóúàèìòùâêîôûãõąęıůě".contains($0) }
    return hasVowel || !first.isASCII
  }

  /// How much a column of texts looks like names: the share of texts that have the form, of those
  /// that have two words or more, the middle of how they look, and how many are known.
  struct Impression {
    var formed = 0.0
    var full = 0.0
    var look = 0.0
    var known = 0.0
    var given = 0.0
    var matches: [String] = []
  }

  static func impression(_ texts: [String]) -> Impression {
    var impression = Impression()
    guard !texts.isEmpty else { return impression }
    let model = NameModel.shared
    var (full, known, given) = (0, 0, 0)
    var look = 0.0
    for text in texts {
      guard let words = words(text) else { continue }
      impression.matches.append(text)
      if words.count > 1 { full += 1 }
      let parts = words.flatMap { $0.split { "-".contains($0) } }
      let scores = parts.map(model.score)
      look += scores.reduce(0, +) / Double(max(1, scores.count))
      if parts.contains(where: model.isKnown) { known += 1 }
      if let first = parts.first, model.isGiven(first) { given += 1 }
    }
    let count = Double(impression.matches.count)
    impression.formed = count / Double(texts.count)
    if count > 0 {
      impression.full = Double(full) / count
      impression.look = look / count
      impression.known = Double(known) / count
      impression.given = Double(given) / count
    }
    return impression
  }
}
