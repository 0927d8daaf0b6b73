/// Some values of a column, as texts, and what is known of it besides.
package struct ColumnSample: Sendable {
  /// What kind of values the column declares, as far as it matters.
  package enum Kind: Sendable {
    case text
    /// DATE, or TIMESTAMP.
    case date
    /// Numbers with a fraction.
    case number
    case whole
  }

  package var name: String
  package var kind: Kind
  /// Values that are neither NULL nor blank.
  package var values: [String]
  /// How many rows were looked at.
  package var rowCount: Int

  package init(_ name: String, _ kind: Kind = .text, _ values: [String], rowCount: Int? = nil) {
    self.name = name
    self.kind = kind
    self.values = values
    self.rowCount = rowCount ?? values.count
  }

  /// The values, each once: what is repeated is no more evidence.
  var distinct: [String] {
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// The words of the column's name, in lower case: `birthDate` and `birth_date` have two.
  var words: [String] {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for character in name {
      if character.isLetter || character.isNumber {
        if wasLower, character.isUppercase, !word.isEmpty {
          words.append(word)
          word = ""
        }
        word += character.lowercased()
        wasLower = character.isLowercase
      } else if !word.isEmpty {
        words.append(word)
        word = ""
        wasLower = false
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  /// Whether the name has one of these words, or two of them written as one.
  func isCalled(_ hints: Set<String>) -> Bool {
    let words = words
    if words.contains(where: hints.contains) { return true }
    return zip(words, words.dropFirst()).contains { hints.contains($0 + $1) }
  }
}
