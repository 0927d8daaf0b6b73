extension NationalScheme {
  static let america: [NationalScheme] = [
    // It has no check: its hyphens, and what areas, groups and serials there are not, must do.
    NationalScheme("US SSN", ["ssn", "socialsecurity"]) { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.map(\.count) == [3, 2, 4] else { return false }
      return isSocialSecurity(parts.joined())
    },
    NationalScheme("US SSN", ["ssn", "socialsecurity"], .named) { text in
      text.utf8.count == 9 && isSocialSecurity(text)
    },
    NationalScheme("US ITIN", ["itin"]) { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.map(\.count) == [3, 2, 4], let digits = Digits.alone(parts.joined()) else {
        return false
      }
      return digits[0] == 9 && (50...99).contains(digits[3] * 10 + digits[4])
    },
    NationalScheme("CA SIN", ["sin", "nas"]) { text in
      text.utf8.count == 11 && isSocialInsurance(text)
    },
    NationalScheme("CA SIN", ["sin", "nas"], .named) { text in
      text.utf8.count == 9 && isSocialInsurance(text)
    },
    NationalScheme("BR CPF", ["cpf"]) { text in
      guard let digits = digits(text, 11) else { return false }
      func check(_ count: Int) -> Int {
        let sum = Digits.weighted(digits, Array((2...count + 1).reversed()))
        return sum * 10 % 11 % 10
      }
      return check(9) == digits[9] && check(10) == digits[10]
    },
    NationalScheme("MX CURP", ["curp"]) { text in
      let bytes = Array(text.utf8)
      guard bytes.count == 18, let date = digits(bytes[4..<10]) else { return false }
      let letters = bytes[0..<4] + bytes[10..<16]
      return letters.allSatisfy { (65...90).contains($0) }
        && Digits.isDay(month: date[2] * 10 + date[3], day: date[4] * 10 + date[5])
    },
  ]

  private static func isSocialSecurity(_ text: String) -> Bool {
    guard let digits = Digits.alone(text), digits.count == 9 else { return false }
    let area = Digits.number(digits[0..<3])
    return area != 0 && area != 666 && area < 900 && Digits.number(digits[3..<5]) != 0
      && Digits.number(digits[5..<9]) != 0
  }

  private static func isSocialInsurance(_ text: String) -> Bool {
    guard let digits = digits(text, 9) else { return false }
    return digits[0] != 0 && digits[0] != 8 && Digits.isLuhn(digits)
  }
}
