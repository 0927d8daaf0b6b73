/// How names of people look, told from how other words do: by the letters that follow each other,
/// learned from words of both kinds, so that a name that is none of those is known too.
struct NameModel: Sendable {
  static let shared = NameModel()

  private let names: [UInt64: Double]
  private let others: [UInt64: Double]
  private let nameCount: Double
  private let otherCount: Double
  private let known: Set<String>
  private let given: Set<String>
  private let foreign: Set<String>

  private init() {
    let all = NameWords.given + NameWords.family
    names = Self.counts(all)
    others = Self.counts(NameWords.others)
    nameCount = Double(names.values.reduce(0, +))
    otherCount = Double(others.values.reduce(0, +))
    given = Set(NameWords.given.map(Self.plain))
    known = Set(all.map(Self.plain))
    foreign = Set(NameWords.others.map(Self.plain))
  }

  /// Whether `word` is a given name that many bear.
  func isGiven(_ word: some StringProtocol) -> Bool { given.contains(Self.plain(word)) }

  /// Whether `word` is a name that many bear.
  func isKnown(_ word: some StringProtocol) -> Bool { known.contains(Self.plain(word)) }

  /// How much more `word` looks like a name than like another word; 0 is as much.
  func score(_ word: some StringProtocol) -> Double {
    let plain = Self.plain(word)
    if known.contains(plain) { return foreign.contains(plain) ? 0.5 : 3 }
    if foreign.contains(plain) { return -3 }
    var sum = 0.0
    var count = 0.0
    for gram in Self.grams(plain) {
      let name = ((names[gram] ?? 0) + 0.3) / (nameCount + 3_000)
      let other = ((others[gram] ?? 0) + 0.3) / (otherCount + 3_000)
      sum += (name / other).logarithm
      count += 1
    }
    return count == 0 ? 0 : max(-2.5, min(2.5, sum / count.squareRoot()))
  }

  private static func counts(_ words: [String]) -> [UInt64: Double] {
    var counts: [UInt64: Double] = [:]
    for word in Set(words.map(plain)) {
      for gram in grams(word) { counts[gram, default: 0] += 1 }
    }
    return counts
  }

  /// Runs of three letters, with the word's ends.
  private static func grams(_ word: String) -> [UInt64] {
    let letters = [1] + word.unicodeScalars.map(\.value) + [2]
    guard letters.count >= 3 else { return [] }
    return (0...(letters.count - 3)).map { start in
      letters[start..<start + 3].reduce(UInt64(0)) { $0 << 21 | UInt64($1) }
    }
  }

  /// In lower case, without the signs above and below letters that many leave out.
  private static func plain(_ word: some StringProtocol) -> String {
    var text = ""
    for scalar in word.lowercased().unicodeScalars {
      switch scalar {
      case "á", "à", "â", "ã", "å", "ą": text += "a"
      case "é", "è", "ê", "ë", "ę": text += "e"
      case "í", "ì", "î", "ï", "ı": text += "i"
      case "ó", "ò", "ô", "õ", "ø": text += "o"
      case "ú", "ù", "û": text += "u"
      case "ç", "ć", "č": text += "c"
      case "ñ", "ń": text += "n"
      case "ś", "š", "ş": text += "s"
      case "ź", "ż", "ž": text += "z"
      case "ł": text += "l"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Double {
  /// The logarithm to base 2, good to a few digits.
  fileprivate var logarithm: Double {
    let part = significand - 1
    return Double(exponent) + part * (1.3465 - 0.3465 * part)
  }
}
