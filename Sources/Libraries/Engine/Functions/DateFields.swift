import Core

/// What reading by a pattern has found.
struct DateFields {
  private var year = 1970
  private var month = 1
  private var day = 1
  private var dayOfYear: Int?
  private var hour = 0
  private var isAfternoon: Bool?
  private var minute = 0
  private var second = 0
  private var microsecond = 0
  private var zone: ZoneRules?

  var instant: Timestamp? {
    guard var date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    if let dayOfYear {
      guard let day = date.adding(days: dayOfYear - date.dayOfYear) else { return nil }
      date = day
    }
    let seconds = Int64((hour * 60 + minute) * 60 + second)
    let ofDay = seconds * 1_000_000 + Int64(microsecond)
    guard let time = Timestamp(date, microsecondOfDay: ofDay) else { return nil }
    guard let zone else { return time }
    return zone.instant(ofLocal: time)
  }

  mutating func read(
    _ letter: Character, _ width: Int, isTight: Bool, _ rest: inout Substring
  ) -> Bool {
    switch letter {
    case "E":
      return named(DatePattern.dayNames, width <= 3 ? 3 : nil, &rest) != nil
    case "M" where width >= 3, "L" where width >= 3:
      guard let index = named(DatePattern.monthNames, width == 3 ? 3 : nil, &rest) else {
        return false
      }
      month = index + 1
      return true
    case "a":
      let word = rest.prefix(2).uppercased()
      guard word == "AM" || word == "PM" else { return false }
      isAfternoon = word == "PM"
      hour = hour % 12 + (word == "PM" ? 12 : 0)
      rest.removeFirst(2)
      return true
    case "S": return readFraction(width, &rest)
    case "X", "x", "Z", "O": return readZone(isNamed: false, &rest)
    case "z", "V": return readZone(isNamed: true, &rest)
    case "G":
      guard rest.hasPrefix("AD") else { return false }
      rest.removeFirst(2)
      return true
    case "y" where width >= 4 && (rest.first == "+" || rest.first == "-"):
      return readSignedYear(width, &rest)
    default: return readNumber(letter, width, isTight: isTight, &rest)
    }
  }

  /// A year with a sign; one with a plus has more digits than it must have.
  private mutating func readSignedYear(_ width: Int, _ rest: inout Substring) -> Bool {
    let isNegative = rest.removeFirst() == "-"
    let digits = rest.prefix(9).prefix { $0.isASCII && $0.isNumber }
    guard digits.count >= (isNegative ? width : width + 1), let value = Int(digits) else {
      return false
    }
    rest.removeFirst(digits.count)
    year = isNegative ? -value : value
    return true
  }

  private mutating func readNumber(
    _ letter: Character, _ width: Int, isTight: Bool, _ rest: inout Substring
  ) -> Bool {
    let longest = letter == "y" ? (width == 2 ? 2 : isTight || width == 4 ? 4 : 9) : max(2, width)
    let digits = rest.prefix(isTight ? min(width, longest) : longest).prefix {
      $0.isASCII && $0.isNumber
    }
    guard digits.count >= (letter == "y" && width != 2 ? min(width, 4) : width), !digits.isEmpty,
      let value = Int(digits)
    else { return false }
    rest.removeFirst(digits.count)
    switch letter {
    case "y": year = width == 2 ? 2000 + value : value
    case "M", "L": month = value
    case "d": day = value
    case "D": dayOfYear = value
    case "H": hour = value
    case "k": hour = value % 24
    case "h", "K": hour = value % 12 + (isAfternoon == true ? 12 : 0)
    case "m": minute = value
    case "s": second = value
    default: break
    }
    return true
  }

  private mutating func readFraction(_ width: Int, _ rest: inout Substring) -> Bool {
    let digits = rest.prefix(width).prefix { $0.isASCII && $0.isNumber }
    guard digits.count == width, let value = Int(digits.prefix(6)) else { return false }
    microsecond = value
    for _ in 0..<max(0, 6 - width) { microsecond *= 10 }
    rest.removeFirst(digits.count)
    return true
  }

  /// An offset or, if zones may be `isNamed`, a region.
  private mutating func readZone(isNamed: Bool, _ rest: inout Substring) -> Bool {
    let word = rest.prefix { $0.isLetter || $0.isNumber || "+-:/_".contains($0) }
    let offset = Timestamp.zoneOffsetSeconds(of: String(word))
    guard
      let found = offset.map({ ZoneRules(offset: $0) })
        ?? (isNamed ? ZoneRules.named(String(word)) : nil)
    else { return false }
    zone = found
    rest.removeFirst(word.count)
    return true
  }

  private func named(_ names: [String], _ length: Int?, _ rest: inout Substring) -> Int? {
    for (index, name) in names.enumerated() {
      let word = length.map { name.prefix($0) } ?? name[...]
      if rest.hasPrefix(word) {
        rest.removeFirst(word.count)
        return index
      }
    }
    return nil
  }
}
