/// What a name of the job files may hold. Names become folders, words of commands, of makefiles and
/// of messages; each is checked where it is written, before any of that is made of it.
package enum NameRule {
  /// What a folder's name may have, in bytes.
  private static let longest = 255
  /// A table's name is part of longer ones: those of its lock and of what lies beside it.
  private static let longestTable = 200

  /// Checks the name of a table, a view or a flow: a word of letters, digits, `_` and `-`, which
  /// means the same to a shell, to make and on disk.
  package static func check(table name: String, at place: Place?) throws(Fault) {
    if let letter = name.unicodeScalars.first(where: { !isPart(ofWord: $0) }) {
      throw fault(
        "a table's name", name, "it has '\(letter)'", at: place,
        remedy: "name it with letters, digits, _ and -")
    }
    guard name.unicodeScalars.first != "-", name.unicodeScalars.first != "_" else {
      throw fault(
        "a table's name", name, "it begins with '\(name.prefix(1))'", at: place,
        remedy: "begin it with a letter or a digit")
    }
    guard !name.isEmpty else { throw empty("a table's name", at: place) }
    try check(length: name, longestTable, "a table's name", at: place)
  }

  /// Checks a name that becomes a folder's and may come from another system: a source's table, a
  /// part of a LOCATION.
  package static func check(folder name: String, _ what: String, at place: Place?) throws(Fault) {
    try check(name, what, at: place)
    if let first = name.unicodeScalars.first, first == "-" || first == "." {
      throw fault(
        what, name, "it begins with '\(first)'", at: place,
        remedy: "begin it with a letter, a digit or _")
    }
    guard !name.utf8.contains(UInt8(ascii: "/")) else {
      throw fault(what, name, "it has '/'", at: place, remedy: "name one folder")
    }
  }

  /// Checks any other name, of a column or a file: it may have whatever can be shown.
  package static func check(_ name: String, _ what: String, at place: Place?) throws(Fault) {
    guard !name.isEmpty else { throw empty(what, at: place) }
    guard shown(name) == name else {
      throw fault(
        what, name, "it has characters that cannot be seen", at: place,
        remedy: "name it without controls, line breaks and marks of direction")
    }
    try check(length: name, longest, what, at: place)
  }

  private static func empty(_ what: String, at place: Place?) -> Fault {
    fault(what, "", "it is empty", at: place, remedy: "give it one")
  }

  private static func check(
    length name: String, _ limit: Int, _ what: String, at place: Place?
  ) throws(Fault) {
    guard name.utf8.count > limit else { return }
    throw fault(
      what, "\(name.prefix(40))…", "it is longer than \(limit) bytes", at: place,
      remedy: "give it a shorter one")
  }

  private static func isPart(ofWord scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic
        || scalar.properties.numericType != nil
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  private static func fault(
    _ what: String, _ name: String, _ reason: String, at place: Place?, remedy: String
  ) -> Fault {
    Fault(
      .configuration, at: place, "'\(name)' cannot be \(what): \(reason)", remedy: remedy)
  }
}
