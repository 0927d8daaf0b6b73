/// Words of SQL outside of its texts, quoted names and comments.
enum SQLWords {
  /// `sql` with `other(word, before)` for each word where that gives one; `word` is in lower case,
  /// `before` the word before it, "." where the word is a member of something. A call without
  /// arguments goes with its parentheses, and comments go.
  static func replacing(
    in sql: String, _ other: (_ word: String, _ before: String) -> String?
  ) -> String {
    let letters = Array(sql.unicodeScalars)
    var result = String.UnicodeScalarView()
    var before = ""
    var index = 0
    while index < letters.count {
      if let end = endOfQuoted(letters, index) {
        // A comment would take what is put behind the text for its own.
        if letters[index] == "-" || letters[index] == "/" {
          result.append(" ")
        } else {
          result += letters[index..<end]
          before = ""
        }
        index = end
        continue
      }
      guard isPart(letters[index]) else {
        if !letters[index].properties.isWhitespace { before = String(letters[index]) }
        result.append(letters[index])
        index += 1
        continue
      }
      let end = letters[index...].firstIndex { !isPart($0) } ?? letters.count
      var word = String.UnicodeScalarView()
      word += letters[index..<end]
      let text = String(word).lowercased()
      if let other = other(text, before) {
        result += other.unicodeScalars
        index = endOfCall(letters, end)
      } else {
        result += word
        index = end
      }
      before = text
    }
    return String(result)
  }

  /// `text` as a string literal of Spark SQL.
  static func literal(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "'"
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
  }

  /// Where what begins at `start` and is no word of SQL ends; nil where a word or sign stands.
  private static func endOfQuoted(_ letters: [Unicode.Scalar], _ start: Int) -> Int? {
    let mark = letters[start]
    let next = start + 1 < letters.count ? letters[start + 1] : " "
    if mark == "-", next == "-" {
      return letters[start...].firstIndex(of: "\n") ?? letters.count
    }
    if mark == "/", next == "*" {
      var index = start + 2
      while index + 1 < letters.count, !(letters[index] == "*" && letters[index + 1] == "/") {
        index += 1
      }
      return min(index + 2, letters.count)
    }
    guard mark == "'" || mark == "\"" || mark == "`" else { return nil }
    var index = start + 1
    while index < letters.count, letters[index] != mark {
      index += mark != "`" && letters[index] == "\\" ? 2 : 1
    }
    return min(index + 1, letters.count)
  }

  /// The end of `()` behind a word; the word's own where none stands.
  private static func endOfCall(_ letters: [Unicode.Scalar], _ start: Int) -> Int {
    var index = start
    while index < letters.count, letters[index].properties.isWhitespace { index += 1 }
    guard index < letters.count, letters[index] == "(" else { return start }
    index += 1
    while index < letters.count, letters[index].properties.isWhitespace { index += 1 }
    return index < letters.count && letters[index] == ")" ? index + 1 : start
  }
}
