/// Numbers of bank accounts and of payment cards.
enum AccountForm {
  /// How long an IBAN of a country is.
  private static let lengths: [String: Int] = [
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31,
    "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
  ]

  /// Whether `text` is an IBAN: its country's length, and its check digits.
  static func isIBAN(_ text: some StringProtocol) -> Bool {
    var bytes: [UInt8] = []
    for byte in text.utf8 where byte != 32 {
      bytes.append((97...122).contains(byte) ? byte - 32 : byte)
    }
    guard (15...33).contains(bytes.count), bytes.count == lengths[letters(bytes)],
      (48...57).contains(bytes[2]), (48...57).contains(bytes[3])
    else { return false }
    var rest = 0
    for byte in bytes[4...] + bytes[..<4] {
      switch byte {
      case 48...57: rest = (rest * 10 + Int(byte) - 48) % 97
      case 65...90: rest = (rest * 100 + Int(byte) - 55) % 97
      default: return false
      }
    }
    return rest == 1
  }

  private static func letters(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix(2), as: UTF8.self)
  }

  /// Whether digits are a card's: an issuer's range and length, and the check of Luhn.
  static func isCard(_ digits: [Int]) -> Bool {
    (12...19).contains(digits.count) && Set(digits).count > 1 && issuer(of: digits) != nil
      && Digits.isLuhn(digits)
  }

  /// The digits of `text`, if it is written as a card's number is: in one, or in groups.
  static func cardDigits(_ text: some StringProtocol) -> [Int]? {
    let groups = text.split { $0 == " " || $0 == "-" }
    guard groups.count <= 5, groups.allSatisfy({ $0.count >= 3 }) else { return nil }
    return Digits.alone(text, besides: [32, 45])
  }

  /// Who issues cards that begin as `digits` do and are so long; nil when nobody does.
  static func issuer(of digits: [Int]) -> String? {
    let (two, four) = (Digits.number(digits.prefix(2)), Digits.number(digits.prefix(4)))
    let three = Digits.number(digits.prefix(3))
    let count = digits.count
    if digits[0] == 4, [13, 16, 19].contains(count) { return "Visa" }
    if count == 15, two == 34 || two == 37 { return "American Express" }
    if count == 16, (51...55).contains(two) || (2221...2720).contains(four) { return "Mastercard" }
    if [14, 16, 19].contains(count), (300...305).contains(three) || [36, 38, 39].contains(two) {
      return "Diners Club"
    }
    if count == 15, four == 2131 || four == 1800 { return "JCB" }
    if (16...19).contains(count), two == 35 { return "JCB" }
    if (16...19).contains(count) {
      if four == 6011 || two == 65 || (644...649).contains(three) { return "Discover" }
      if two == 62 { return "UnionPay" }
    }
    let maestro = [5018, 5020, 5038, 5893, 6304, 6390, 6759, 6761, 6762, 6763, 604]
    if maestro.contains(four) || (56...58).contains(two) { return "Maestro" }
    return nil
  }
}
