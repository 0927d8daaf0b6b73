import Core

/// Values that somebody must not see, and by what they would be known: as they are, or as a digest
/// that everybody could make.
///
/// Short values are left out, since they stand everywhere, and those that the same person may see
/// elsewhere.
package struct RestrictedValues {
  /// What was found in a text.
  package struct Find: Hashable, Sendable {
    /// The table and column that the value is of.
    package let origin: String
    /// `as it is`, or how it was digested.
    package let form: String
  }

  /// So many characters a value must have to be known by.
  package static let shortest = 6
  /// So many of one column are looked for.
  package static let limit = 2_000

  private var origins: [String: String] = [:]
  private var forms: [String: Find] = [:]

  package init() {}

  /// The values that there are.
  package var texts: [String] { origins.keys.sorted() }

  /// Adds a value of `origin`, as `table.column`.
  package mutating func add(_ text: String, of origin: String) {
    guard text.unicodeScalars.count >= Self.shortest, origins[text] == nil else { return }
    origins[text] = origin
  }

  /// Takes out a value that may be seen.
  package mutating func allow(_ text: String) { origins[text] = nil }

  /// Works out by what the values would be known; none is added or taken out after that.
  package mutating func settle() {
    for (text, origin) in origins {
      forms[text] = Find(origin: origin, form: "as it is")
      for spelling in Set([text, text.lowercased(), String(text.trimmed).lowercased()]) {
        let bytes = Array(spelling.utf8)
        for digest in MessageDigest.allCases {
          let hash = bytes.withUnsafeBufferPointer { digest.digest(of: $0) }
          let find = Find(origin: origin, form: "as \(digest) without a key")
          for form in [hexText(hash), hexText(hash).uppercased(), Radix64.text(hash)] {
            forms[form] = find
          }
        }
        forms[Radix64.text(bytes)] = Find(origin: origin, form: "as base64")
        forms[hexText(bytes)] = Find(origin: origin, form: "in hexadecimal digits")
      }
    }
  }

  /// What `text` shows: as a whole, between marks of a quotation, or word by word.
  package func finds(in text: String) -> Set<Find> {
    guard text.utf8.count >= Self.shortest else { return [] }
    if let find = forms[text] { return [find] }
    var found: Set<Find> = []
    for mark: Character in ["\"", "'", "\t", ",", "|", "\n"] where text.contains(mark) {
      for part in text.split(separator: mark) {
        if let find = forms[String(part.trimmed)] { found.insert(find) }
      }
    }
    for word in text.split(whereSeparator: { !Self.isPart($0) }) {
      if let find = forms[String(word)] { found.insert(find) }
    }
    return found
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "@._+-/=".contains(character)
  }
}
