/// A country's number for a person, and how it is told from any number.
struct NationalScheme: Sendable {
  /// How much it takes to believe a scheme.
  enum Trust: Sendable {
    /// A text that is none passes seldom, among those of other schemes too.
    case strong
    /// Seldom, but not among others: all of a column must be of this one.
    case alone
    /// Often: the column's name must speak for it.
    case named
  }

  /// As people know it: `US SSN`.
  let name: String
  /// Words by which columns of such numbers are called.
  let hints: Set<String>
  /// How much it takes to believe it.
  let trust: Trust
  /// Whether a text, in upper case and without blanks at its ends, is one.
  let isValid: @Sendable (String) -> Bool

  init(
    _ name: String, _ hints: Set<String>, _ trust: Trust = .strong,
    _ isValid: @escaping @Sendable (String) -> Bool
  ) {
    self.name = name
    self.hints = hints
    self.trust = trust
    self.isValid = isValid
  }

  /// All that are known.
  static let all = america + britain + west + north + south + east + asia

  /// Words by which columns of any such number are called.
  static let hints = all.reduce(into: Set<String>()) { $0.formUnion($1.hints) }
    .union(["nationalid", "personalid", "socialsecurity", "taxid", "idnumber", "identitynumber"])

  /// The text's letters and digits when nothing but blanks, points, hyphens and strokes is between.
  static func compact(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90: result.append(byte)
      case 32, 45, 46, 47: continue
      default: return nil
      }
    }
    return result
  }

  /// The digits of bytes that are nothing else.
  static func digits(_ bytes: some Collection<UInt8>) -> [Int]? {
    guard bytes.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return bytes.map { Int($0) - 48 }
  }

  /// So many digits, with marks between them or none.
  static func digits(_ text: String, _ count: Int) -> [Int]? {
    guard let digits = Digits.alone(text, besides: Digits.separators), digits.count == count,
      Set(digits).count > 1
    else { return nil }
    return digits
  }
}
