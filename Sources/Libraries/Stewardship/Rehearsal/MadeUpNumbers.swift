/// Numbers with right check digits, made up: each by its own arithmetic, which is not the one that
/// tells them.
enum MadeUpNumbers {
  private static func digits(_ count: Int, _ random: inout SplitMix) -> String {
    (0..<count).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
  }

  private static func between(_ range: ClosedRange<Int>, _ width: Int, _ random: inout SplitMix)
    -> String
  {
    let number = "\(Int.random(in: range, using: &random))"
    return String(repeating: "0", count: width - number.count) + number
  }

  /// `form` with a digit in place of each `#`.
  static func filled(_ form: String, _ random: inout SplitMix) -> String {
    form.map { sign in
      sign == "#" ? "\(Int.random(in: 2...9, using: &random))" : String(sign)
    }.joined()
  }

  /// `text` and the digit that makes it pass Luhn's check, found by trying.
  static func withLuhn(_ text: String) -> String {
    for digit in 0...9 {
      var sum = 0
      var doubles = false
      for character in "\(text)\(digit)".reversed() {
        var value = character.wholeNumberValue ?? 0
        if doubles { value = value * 2 > 9 ? value * 2 - 9 : value * 2 }
        sum += value
        doubles.toggle()
      }
      if sum.isMultiple(of: 10) { return "\(text)\(digit)" }
    }
    return text
  }

  static func card(_ random: inout SplitMix) -> String {
    let (prefix, length) = [
      ("4", 16), ("51", 16), ("55", 16), ("37", 15), ("6011", 16), ("2221", 16),
    ][
      Int.random(in: 0..<6, using: &random)]
    return withLuhn(prefix + digits(length - prefix.count - 1, &random))
  }

  static func ean(_ random: inout SplitMix) -> String {
    let text = "40" + digits(10, &random)
    let sum = text.enumerated().reduce(0) { sum, part in
      sum + (part.element.wholeNumberValue ?? 0) * (part.offset.isMultiple(of: 2) ? 1 : 3)
    }
    return "\(text)\((10 - sum % 10) % 10)"
  }

  /// An account of `country`, whose letters stand behind the digits as numbers when it is checked.
  static func account(_ country: String, _ count: Int, _ random: inout SplitMix) -> String {
    let isLettered = ["GB", "SM"].contains(country)
    let bank = isLettered ? (country == "GB" ? "WEST" : "U") : ""
    let rest = digits(count - bank.count, &random)
    func spelled(_ text: String) -> String {
      text.unicodeScalars.map { $0.value >= 65 ? "\($0.value - 55)" : "\($0)" }.joined()
    }
    let number = spelled(bank) + rest + spelled(country) + "00"
    let remainder = number.reduce(0) { ($0 * 10 + ($1.wholeNumberValue ?? 0)) % 97 }
    let check = 98 - remainder
    return "\(country)\(check < 10 ? "0" : "")\(check)\(bank)\(rest)"
  }

  static func socialSecurity(_ random: inout SplitMix) -> String {
    [
      between(100...665, 3, &random), between(1...99, 2, &random), between(1...9_999, 4, &random),
    ].joined(separator: "-")
  }

  /// German: nine digits that differ, one of them twice, and the check.
  static func taxNumber(_ random: inout SplitMix) -> String {
    var order = Array(0...9).shuffled(using: &random)
    if order[0] == 0 { order.swapAt(0, 5) }
    order[9] = order[Int.random(in: 1...8, using: &random)]
    var product = 10
    for digit in order {
      var sum = (digit + product) % 10
      if sum == 0 { sum = 10 }
      product = sum * 2 % 11
    }
    return order.map(String.init).joined() + "\(product == 1 ? 0 : 11 - product)"
  }

  /// French: sex, year, month, place, number, and what is left to 97.
  static func registration(_ random: inout SplitMix) -> String {
    let text =
      between(1...2, 1, &random) + between(30...99, 2, &random) + between(1...12, 2, &random)
      + between(1...95, 2, &random) + between(1...990, 3, &random) + between(1...999, 3, &random)
    let key = 97 - (Int(text) ?? 0) % 97
    return text + (key < 10 ? "0\(key)" : "\(key)")
  }

  /// Spanish: eight digits and their letter.
  static func identityCard(_ random: inout SplitMix) -> String {
    let number = Int.random(in: 10_000_000...99_999_999, using: &random)
    let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE")
    return "\(number)\(letters[number % 23])"
  }

  /// Italian: six letters, year, month's letter, day, place, and a letter by a table of odd places.
  static func fiscalCode(_ random: inout SplitMix) -> String {
    let consonants = Array("BCDFGLMNPRSTVZ")
    func letter() -> String { String(consonants[Int.random(in: 0..<14, using: &random)]) }
    var text = (0..<6).map { _ in letter() }.joined()
    text +=
      between(30...99, 2, &random)
      + String(
        Array("ABCDEHLMPRST")[
          Int.random(in: 0..<12, using: &random)])
    text += between(1...28, 2, &random) + letter() + between(100...999, 3, &random)
    let odd: [Character: Int] = [
      "0": 1, "1": 0, "2": 5, "3": 7, "4": 9, "5": 13, "6": 15, "7": 17, "8": 19, "9": 21, "A": 1,
      "B": 0, "C": 5, "D": 7, "E": 9, "F": 13, "G": 15, "H": 17, "I": 19, "J": 21, "K": 2, "L": 4,
      "M": 18, "N": 20, "O": 11, "P": 3, "Q": 6, "R": 8, "S": 12, "T": 14, "U": 16, "V": 10,
      "W": 22,
      "X": 25, "Y": 24, "Z": 23,
    ]
    var sum = 0
    for (place, sign) in text.enumerated() {
      if place.isMultiple(of: 2) {
        sum += odd[sign] ?? 0
      } else {
        sum += sign.wholeNumberValue ?? Int((sign.asciiValue ?? 65) - 65)
      }
    }
    return text + String(Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[sum % 26])
  }

  /// Swedish: a day of birth, a number, and Luhn's check.
  static func personalNumber(_ random: inout SplitMix) -> String {
    let date =
      between(40...99, 2, &random) + between(1...12, 2, &random) + between(1...28, 2, &random)
    let whole = withLuhn(date + between(1...999, 3, &random))
    return "\(whole.prefix(6))-\(whole.suffix(4))"
  }

  /// Polish: a day of birth, a number, and a weighted check.
  static func pesel(_ random: inout SplitMix) -> String {
    let text =
      between(40...99, 2, &random) + between(1...12, 2, &random) + between(1...28, 2, &random)
      + digits(4, &random)
    let sum = zip(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]).reduce(0) {
      $0 + ($1.0.wholeNumberValue ?? 0) * $1.1
    }
    return "\(text)\((10 - sum % 10) % 10)"
  }

  /// Dutch: nine digits whose weighted sum is a multiple of eleven, found by trying.
  static func serviceNumber(_ random: inout SplitMix) -> String {
    while true {
      let text = between(10_000_000...99_999_999, 8, &random)
      let sum = zip(text, [9, 8, 7, 6, 5, 4, 3, 2]).reduce(0) {
        $0 + ($1.0.wholeNumberValue ?? 0) * $1.1
      }
      if sum % 11 < 10 { return "\(text)\(sum % 11)" }
    }
  }

  static func insurance(_ random: inout SplitMix) -> String {
    let letters = Array("ABCEGHJKLMNPRSTWXY")
    let first = letters[Int.random(in: 0..<letters.count, using: &random)]
    let last = Array("ABCD")[Int.random(in: 0..<4, using: &random)]
    return "\(first)A \(digits(2, &random)) \(digits(2, &random)) \(digits(2, &random)) \(last)"
  }
}
