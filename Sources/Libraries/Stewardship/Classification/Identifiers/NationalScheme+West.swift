extension NationalScheme {
  static let britain: [NationalScheme] = [
    NationalScheme("UK NINO", ["nino", "nationalinsurance", "ni"]) { text in
      guard let bytes = compact(text), bytes.count == 9, digits(bytes[2..<8]) != nil,
        (65...68).contains(bytes[8]) || bytes[8] == 84
      else { return false }
      let prefix = String(decoding: bytes[0..<2], as: UTF8.self)
      // ZZ is kept for examples, and so is the ending T.
      if prefix == "ZZ" { return true }
      return !["BG", "GB", "KN", "NK", "NT", "TN"].contains(prefix)
        && !prefix.contains { "DFIQUV".contains($0) } && !prefix.hasSuffix("O")
        && bytes[0...1].allSatisfy { (65...90).contains($0) }
    },
    NationalScheme("UK NHS", ["nhs"], .alone) { text in
      guard let digits = digits(text, 10) else { return false }
      let check = 11 - Digits.weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
      return check % 11 == digits[9] && check != 10
    },
    NationalScheme("IE PPS", ["pps", "ppsn"]) { text in
      let bytes = Array(text.utf8)
      guard (8...9).contains(bytes.count), let head = digits(bytes[0..<7]) else { return false }
      var sum = Digits.weighted(head, [8, 7, 6, 5, 4, 3, 2])
      if bytes.count == 9 { sum += 9 * (bytes[8] == 87 ? 0 : Int(bytes[8]) - 64) }
      return Int(bytes[7]) == (sum % 23 == 0 ? 87 : 64 + sum % 23)
    },
  ]

  static let west: [NationalScheme] = [
    NationalScheme(
      "DE Steuer-ID", ["steuerid", "steuernummer", "idnr", "steueridentifikationsnummer", "tin"]
    ) { text in
      guard let digits = digits(text, 11), digits[0] != 0 else { return false }
      // Among the first ten one digit stands two or three times, and no other more than once.
      let counts = Dictionary(grouping: digits.dropLast(), by: { $0 }).values.map(\.count)
      guard counts.filter({ $0 > 1 }).count == 1, counts.max() ?? 0 <= 3 else { return false }
      return Digits.isMod11And10(digits)
    },
    NationalScheme("DE RVNR", ["rvnr", "rentenversicherungsnummer", "sozialversicherungsnummer"]) {
      text in
      guard let bytes = compact(text), bytes.count == 12, (65...90).contains(bytes[8]),
        let head = digits(bytes[0..<8]), let tail = digits(bytes[9..<12])
      else { return false }
      let letter = Int(bytes[8]) - 64
      let all = head + [letter / 10, letter % 10] + tail.dropLast()
      let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]
      let sum = zip(all, weights).reduce(0) { sum, pair in
        let product = pair.0 * pair.1
        return sum + product / 10 + product % 10
      }
      return sum % 10 == tail[2]
    },
    NationalScheme("FR NIR", ["nir", "insee", "securitesociale", "numsecu", "nss"]) { text in
      guard var bytes = compact(text), bytes.count == 15 else { return false }
      // Corsica's departments have a letter.
      var less = 0
      if bytes[5] == 50, bytes[6] == 65 || bytes[6] == 66 {
        less = bytes[6] == 65 ? 1_000_000 : 2_000_000
        bytes[6] = 48
      }
      guard let digits = digits(bytes), [1, 2, 3, 4, 7, 8].contains(digits[0]) else {
        return false
      }
      let key = Digits.number(digits[13..<15])
      return key == 97 - (Digits.number(digits[0..<13]) - less) % 97
    },
    NationalScheme("NL BSN", ["bsn", "sofi", "burgerservicenummer"]) { text in
      guard let digits = digits(text, 9) else { return false }
      return (Digits.weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) - digits[8]) % 11 == 0
        && Digits.number(digits) > 9_999_999
    },
    NationalScheme("BE NN", ["rijksregisternummer", "niss", "insz", "nationaalnummer"]) { text in
      guard let digits = digits(text, 11) else { return false }
      let (head, key) = (Digits.number(digits[0..<9]), Digits.number(digits[9..<11]))
      return digits[2] < 2
        && (key == 97 - head % 97 || key == 97 - (2_000_000_000 + head) % 97)
    },
    NationalScheme("CH AHV", ["ahv", "avs"]) { text in
      guard let digits = digits(text, 13) else { return false }
      return digits.starts(with: [7, 5, 6]) && Digits.isEAN(digits)
    },
    NationalScheme("AT SVNR", ["svnr", "svnummer"], .alone) { text in
      guard let digits = digits(text, 10) else { return false }
      let rest = Digits.weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11
      return rest == digits[3] && digits[0] != 0
        && Digits.isDay(month: digits[6] * 10 + digits[7], day: digits[4] * 10 + digits[5])
    },
  ]
}
