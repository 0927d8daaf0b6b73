/// Days, as people write them.
enum DayForm {
  /// The day that `text` names, as a number that grows by about 365.25 a year; nil for none. Of two
  /// small numbers either may be the month.
  static func year(_ text: some StringProtocol) -> Double? {
    var day = Substring(text)
    if let end = day.firstIndex(where: { $0 == "T" || $0 == " " }) {
      // A time behind it, unless it is midnight, is that of an event.
      let time = day[end...].dropFirst().filter { $0.isNumber && $0 != "0" }
      guard time.isEmpty || day[end] == " " && day.filter(\.isLetter).count > 2 else { return nil }
      if time.isEmpty { day = day[..<end] }
    }
    for mark in ["-", "/", "."] as [Character] {
      let parts = day.split(separator: mark, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let numbers = parts.compactMap { Digits.alone($0).map(Digits.number) }
      guard numbers.count == 3 else { return nil }
      let counts = parts.map(\.count)
      if counts[0] == 4 { return year(numbers[0], numbers[1], numbers[2]) }
      guard counts[2] == 4, counts[0] <= 2, counts[1] <= 2 else { return nil }
      return year(numbers[2], numbers[1], numbers[0]) ?? year(numbers[2], numbers[0], numbers[1])
    }
    guard let digits = Digits.alone(day), digits.count == 8 else { return nil }
    return year(
      Digits.number(digits[0..<4]), Digits.number(digits[4..<6]), Digits.number(digits[6..<8]))
  }

  private static func year(_ year: Int, _ month: Int, _ day: Int) -> Double? {
    guard (1800...2200).contains(year), Digits.isDay(month: month, day: day) else { return nil }
    return Double(year) + Double(month - 1) / 12 + Double(day - 1) / 365
  }
}
