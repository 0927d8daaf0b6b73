/// Numbers of telephones, by how they are written: each country in its own way, all of them with
/// few digits, a sign of the country or the trunk, or groups.
enum PhoneForm {
  /// How much a text looks like one.
  enum Strength: Sendable {
    /// It is written as nothing else is: `+49 30 1234567`, `(0301) 234 567`.
    case plain
    /// It may be one, and other things too: `030 1234567`, `612 345 678`.
    case likely
    /// Digits alone, as many as a number has.
    case bare
  }

  /// How much `text` looks like a number; nil when it is none.
  static func strength(_ text: some StringProtocol) -> Strength? {
    let number = withoutExtension(Substring(text))
    guard let groups = groups(number) else { return nil }
    let digits = groups.joined()
    let bytes = Array(digits.utf8)
    guard (7...15).contains(bytes.count), Set(bytes).count > 1 else { return nil }
    if number.hasPrefix("+") || number.hasPrefix("(+") { return bytes.count >= 8 ? .plain : nil }
    if isDate(groups) || isOther(number) { return nil }
    if number.contains("(") {
      return number.hasPrefix("(") || number.hasPrefix("0") || number.hasPrefix("1") ? .plain : nil
    }
    if groups.count == 1 {
      guard number.utf8.count == bytes.count else { return nil }
      if digits.hasPrefix("00") { return bytes.count >= 11 ? .likely : nil }
      return (9...11).contains(bytes.count) ? .bare : nil
    }
    if digits.hasPrefix("001"), groups[0] == "001" { return .plain }
    return hasGroupsOfPhones(groups) ? .likely : nil
  }

  /// The number without an extension: `555-0100 x12`, `… ext. 5`.
  private static func withoutExtension(_ text: Substring) -> Substring {
    let lower = text.lowercased()
    for mark in ["ext.", "ext", "x", "#", "durchwahl", "poste"] {
      guard let range = lower.firstRange(of: mark) else { continue }
      let offset = lower.distance(from: lower.startIndex, to: range.lowerBound)
      let rest = lower[range.upperBound...]
      guard offset >= 7, !rest.isEmpty, rest.count <= 8,
        rest.allSatisfy({ $0.isNumber || $0 == " " || $0 == "." })
      else { continue }
      return trimmed(text.prefix(offset))
    }
    return trimmed(text)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }

  /// The runs of digits, when nothing but marks of a number is between them.
  private static func groups(_ text: Substring) -> [String]? {
    var groups: [String] = []
    var group = ""
    var isAfterMark = false
    for byte in text.utf8 {
      switch byte {
      case 48...57:
        group.append(Character(Unicode.Scalar(byte)))
        isAfterMark = false
      // A plus stands at the beginning only.
      case 43 where groups.isEmpty && group.isEmpty: continue
      case 32, 40, 41, 45, 46, 47:
        if byte == 45 || byte == 46 || byte == 47 {
          if isAfterMark { return nil }
          isAfterMark = true
        }
        if !group.isEmpty { groups.append(group) }
        group = ""
      default: return nil
      }
    }
    if !group.isEmpty { groups.append(group) }
    return groups.isEmpty || isAfterMark ? nil : groups
  }

  /// Whether groups are those of a day, with or without its time.
  private static func isDate(_ groups: [String]) -> Bool {
    guard groups.count >= 3 else { return false }
    let numbers = groups.prefix(3).compactMap { Int($0) }
    let counts = groups.prefix(3).map(\.count)
    if counts == [4, 2, 2] { return Digits.isDay(month: numbers[1], day: numbers[2]) }
    guard counts[2] == 4, counts[0] <= 2, counts[1] <= 2, groups.count == 3 else { return false }
    return Digits.isDay(month: numbers[0], day: numbers[1])
      || Digits.isDay(month: numbers[1], day: numbers[0])
  }

  /// Whether a text is a number with a fraction, an address of a network, or digits in groups of
  /// four or as a social security number has them.
  private static func isOther(_ text: Substring) -> Bool {
    if NetworkForm.octets(text) != nil { return true }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, parts.allSatisfy({ Digits.alone($0) != nil }) { return true }
    let counts = text.split { $0 == "-" || $0 == " " }.map(\.count)
    return counts == [3, 2, 4] && text.contains("-") || counts == [4, 4, 4] || counts == [5, 4]
      || counts == [6, 4] && text.contains("-")
  }

  /// Whether groups are as long as those of numbers that are dialled.
  private static func hasGroupsOfPhones(_ groups: [String]) -> Bool {
    let counts = groups.map(\.count)
    guard counts.count <= 6, counts.allSatisfy({ $0 <= 8 }) else { return false }
    if groups[0].hasPrefix("0") { return (2...5).contains(counts[0]) }
    let known: [[Int]] = [
      [3, 3, 4], [1, 3, 3, 4], [3, 4], [3, 3, 3], [2, 3, 2, 2], [3, 2, 2, 2], [3, 3, 2, 2],
      [2, 2, 2, 2, 2], [2, 4, 4], [2, 5, 4], [3, 4, 4], [2, 3, 4], [4, 3, 3], [3, 6], [3, 7],
      [2, 8], [2, 7], [2, 2, 2, 2], [5, 5], [1, 2, 2, 2, 2], [4, 6], [4, 3, 4], [1, 4, 4],
    ]
    return known.contains(counts)
  }

  /// Whether bare digits are those of telephones, taken together: as nobody counts up, and as
  /// exchanges give them out.
  static func areExchanges(_ texts: [String]) -> Bool {
    let numbers = texts.compactMap { Digits.alone($0) }
    guard numbers.count == texts.count, numbers.count >= 20 else { return false }
    let last = Set(numbers.map { Digits.number($0.suffix(3)) }).count
    let first = Set(numbers.map { Digits.number($0.prefix(3)) }).count
    guard last * 3 > min(numbers.count, 600), first >= 4 else { return false }
    let ten = numbers.filter { $0.count == 10 }
    let isAmerican =
      ten.count == numbers.count && ten.allSatisfy { $0[0] > 1 && $0[3] > 1 && $0[1] < 9 }
    // With a trunk before it; a column of numbers that are padded has short ones among them.
    let hasTrunk = numbers.allSatisfy { $0[0] == 0 && $0[1] != 0 }
    let isChinese = numbers.allSatisfy { $0.count == 11 && $0[0] == 1 && $0[1] >= 3 }
    return isAmerican || hasTrunk || isChinese
  }
}
