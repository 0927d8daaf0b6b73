extension NationalScheme {
  static let south: [NationalScheme] = [
    NationalScheme("ES DNI", ["dni", "nif", "nie"]) { text in
      guard var bytes = compact(text), bytes.count == 9, let letter = bytes.popLast() else {
        return false
      }
      // A foreigner's number has X, Y or Z in place of 0, 1 or 2.
      if (88...90).contains(bytes[0]) { bytes[0] -= 40 }
      guard let digits = digits(bytes) else { return false }
      let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)
      return letters[Digits.number(digits) % 23] == letter
    },
    NationalScheme("ES CIF", ["cif"], .alone) { text in
      guard let bytes = compact(text), bytes.count == 9, let digits = digits(bytes[1..<8]) else {
        return false
      }
      var sum = 0
      for (index, digit) in digits.enumerated() {
        let doubled = index.isMultiple(of: 2) ? 2 * digit : digit
        sum += doubled / 10 + doubled % 10
      }
      let check = (10 - sum % 10) % 10
      return bytes[8] == UInt8(48 + check) || bytes[8] == Array("JABCDEFGHI".utf8)[check]
    },
    NationalScheme("IT codice fiscale", ["codicefiscale", "cf", "fiscale"]) { text in
      let bytes = Array(text.utf8)
      guard bytes.count == 16,
        bytes.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
      else { return false }
      let odd = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
      ]
      guard bytes[0..<6].allSatisfy({ $0 >= 65 }), bytes[8] >= 65, bytes[11] >= 65 else {
        return false
      }
      let sum = bytes.dropLast().enumerated().reduce(0) { sum, part in
        let value = Int(part.element) - (part.element < 65 ? 48 : 65)
        return sum + (part.offset.isMultiple(of: 2) ? odd[value] : value)
      }
      return sum % 26 == Int(bytes[15]) - 65
    },
    NationalScheme("PT NIF", ["nif", "contribuinte"], .alone) { text in
      guard let digits = digits(text, 9) else { return false }
      let check = 11 - Digits.weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
      return (check > 9 ? 0 : check) == digits[8] && [1, 2, 3, 5, 6, 8, 9].contains(digits[0])
    },
    NationalScheme("GR AMKA", ["amka"]) { text in
      guard let digits = digits(text, 11) else { return false }
      return Digits.isLuhn(digits)
        && Digits.isDay(month: digits[2] * 10 + digits[3], day: digits[0] * 10 + digits[1])
    },
    NationalScheme("HR OIB", ["oib"], .alone) { text in
      digits(text, 11).map(Digits.isMod11And10) ?? false
    },
    NationalScheme("ZA ID", ["saidnumber", "rsaid"]) { text in
      guard let digits = digits(text, 13) else { return false }
      return Digits.isLuhn(digits) && digits[10] < 2
        && Digits.isDay(month: digits[2] * 10 + digits[3], day: digits[4] * 10 + digits[5])
    },
  ]
}
