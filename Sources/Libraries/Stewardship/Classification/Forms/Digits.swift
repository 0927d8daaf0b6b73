/// Digits of an identifier, and the sums by which they are checked.
enum Digits {
  /// The digits of `text` when it has nothing else but `marks` between them; nil otherwise.
  static func alone(_ text: some StringProtocol, besides marks: Set<UInt8> = []) -> [Int]? {
    var digits: [Int] = []
    for byte in text.utf8 {
      if byte >= 48, byte <= 57 {
        digits.append(Int(byte) - 48)
      } else if !marks.contains(byte) || digits.isEmpty {
        return nil
      }
    }
    return digits.isEmpty ? nil : digits
  }

  /// Blanks, points and hyphens.
  static let separators: Set<UInt8> = [32, 45, 46]

  /// Whether the last digit is the check of Luhn.
  static func isLuhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let doubled = index.isMultiple(of: 2) ? digit : 2 * digit
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }

  /// Whether the last digit is the check of an EAN.
  static func isEAN(_ digits: [Int]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      sum += index.isMultiple(of: 2) ? digit : 3 * digit
    }
    return sum % 10 == 0
  }

  /// The sum of digits times `weights`, as far as these go.
  static func weighted(_ digits: [Int], _ weights: [Int]) -> Int {
    zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The digits as a number.
  static func number(_ digits: some Sequence<Int>) -> Int {
    digits.reduce(0) { $0 &* 10 &+ $1 }
  }

  /// Whether the last digit is the check of ISO 7064 modulo 11, 10.
  static func isMod11And10(_ digits: [Int]) -> Bool {
    var product = 10
    for digit in digits.dropLast() {
      let sum = (digit + product) % 10
      product = (sum == 0 ? 10 : sum) * 2 % 11
    }
    return ((11 - product) % 10) == (digits.last ?? -1)
  }

  /// Whether a month and a day may be those of a date.
  static func isDay(month: Int, day: Int) -> Bool {
    guard (1...12).contains(month), day >= 1 else { return false }
    return day <= [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}
