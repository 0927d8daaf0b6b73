extension NationalScheme {
  static let north: [NationalScheme] = [
    NationalScheme("SE personnummer", ["personnummer", "pnr"]) { text in
      let marks = text.filter { !"-+".contains($0) }
      guard var digits = Digits.alone(marks), text.utf8.count - marks.utf8.count <= 1 else {
        return false
      }
      if digits.count == 12 {
        guard (18...20).contains(Digits.number(digits[0..<2])) else { return false }
        digits.removeFirst(2)
      }
      guard digits.count == 10, Digits.isLuhn(digits) else { return false }
      // A number that stands in for one has 60 more days.
      let day = digits[4] * 10 + digits[5]
      return Digits.isDay(month: digits[2] * 10 + digits[3], day: day > 60 ? day - 60 : day)
    },
    NationalScheme("FI henkilötunnus", ["hetu", "henkilotunnus", "henkilötunnus"]) { text in
      let bytes = Array(text.utf8)
      guard bytes.count == 11, let date = digits(bytes[0..<6]), let serial = digits(bytes[7..<10]),
        Array("-+ABCDEFYXWVU".utf8).contains(bytes[6])
      else { return false }
      let checks = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)
      return checks[Digits.number(date + serial) % 31] == bytes[10]
        && Digits.isDay(month: date[2] * 10 + date[3], day: date[0] * 10 + date[1])
    },
    NationalScheme("NO fødselsnummer", ["fodselsnummer", "fødselsnummer", "fnr"]) { text in
      guard let digits = digits(text, 11) else { return false }
      let first = 11 - Digits.weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11
      let second = 11 - Digits.weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
      return first % 11 == digits[9] && second % 11 == digits[10]
    },
    // Since 2007 its check need not hold: the hyphen and the date must do.
    NationalScheme("DK CPR", ["cpr"], .named) { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.map(\.count) == [6, 4], let digits = Digits.alone(parts.joined()) else {
        return false
      }
      return Digits.isDay(month: digits[2] * 10 + digits[3], day: digits[0] * 10 + digits[1])
    },
  ]

  static let east: [NationalScheme] = [
    NationalScheme("PL PESEL", ["pesel"]) { text in
      guard let digits = digits(text, 11) else { return false }
      let check = (10 - Digits.weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10
      // Months of other centuries have 20, 40, 60 or 80 more.
      let month = (digits[2] * 10 + digits[3]) % 20
      return check == digits[10]
        && Digits.isDay(month: month, day: digits[4] * 10 + digits[5])
    },
    NationalScheme("CZ rodné číslo", ["rodnecislo", "rodnécíslo", "rc"], .alone) { text in
      guard let digits = Digits.alone(text, besides: [47]), digits.count == 10 else { return false }
      let month = (digits[2] * 10 + digits[3]) % 50
      return Digits.number(digits) % 11 == 0
        && Digits.isDay(month: month > 20 ? month - 20 : month, day: digits[4] * 10 + digits[5])
    },
    NationalScheme("RO CNP", ["cnp"]) { text in
      guard let digits = digits(text, 13), digits[0] != 0 else { return false }
      let rest = Digits.weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
      return (rest == 10 ? 1 : rest) == digits[12]
        && Digits.isDay(month: digits[3] * 10 + digits[4], day: digits[5] * 10 + digits[6])
    },
    NationalScheme("BG EGN", ["egn"]) { text in
      guard let digits = digits(text, 10) else { return false }
      let month = (digits[2] * 10 + digits[3]) % 20
      return Digits.weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == digits[9]
        && Digits.isDay(month: month, day: digits[4] * 10 + digits[5])
    },
    NationalScheme("TR kimlik", ["tckn", "kimlik"]) { text in
      guard let digits = digits(text, 11), digits[0] != 0 else { return false }
      let odd = digits[0] + digits[2] + digits[4] + digits[6] + digits[8]
      let even = digits[1] + digits[3] + digits[5] + digits[7]
      return (odd * 7 - even + 1_000) % 10 == digits[9]
        && digits[0..<10].reduce(0, +) % 10 == digits[10]
    },
  ]

  static let asia: [NationalScheme] = [
    NationalScheme("CN resident number", ["shenfenzheng", "residentid"]) { text in
      let bytes = Array(text.utf8)
      guard bytes.count == 18, let digits = digits(bytes[0..<17]),
        [18, 19, 20].contains(digits[6] * 10 + digits[7])
      else { return false }
      let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
      return Array("10X98765432".utf8)[Digits.weighted(digits, weights) % 11] == bytes[17]
    },
    NationalScheme("KR RRN", ["rrn", "jumin"]) { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.map(\.count) == [6, 7], let digits = Digits.alone(parts.joined()) else {
        return false
      }
      let sum = Digits.weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
      return (11 - sum % 11) % 10 == digits[12]
        && Digits.isDay(month: digits[2] * 10 + digits[3], day: digits[4] * 10 + digits[5])
    },
  ]
}
