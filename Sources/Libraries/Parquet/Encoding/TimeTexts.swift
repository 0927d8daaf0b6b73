import Columnar
import Core

/// Values for which SQL here has no type, as the text that Spark casts them to.
enum TimeTexts {
  /// A time of day, `12:30:27.5`, from its count of units since midnight.
  static func times(_ values: [Int64], _ unit: TimeUnit) throws(Damage) -> ByteRuns {
    let perSecond = unit.perSecond
    var texts = ByteRuns()
    for value in values {
      guard value >= 0, value < 86_400 * perSecond else {
        throw Damage("a TIME of \(value) lies outside the day")
      }
      let seconds = Int(value / perSecond)
      let clock =
        "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      texts.append((clock + fraction(value % perSecond, of: perSecond)).utf8)
    }
    return texts
  }

  /// An interval of 12 bytes: months, days and milliseconds, each the lowest byte first.
  ///
  /// The text is `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, without what is zero.
  static func intervals(_ runs: ByteRuns) throws(Damage) -> ByteRuns {
    var texts = ByteRuns()
    for row in 0..<runs.count {
      guard runs[row].count == 12 else { throw Damage("an INTERVAL has not 12 bytes") }
      let bytes = Array(runs[row])
      let numbers = [0, 4, 8].map { start in
        bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      let millis = Int64(numbers[2])
      let seconds = "\(millis / 1_000 % 60)\(fraction(millis % 1_000, of: 1_000))"
      let parts = [
        ("\(numbers[0] / 12)", "years"), ("\(numbers[0] % 12)", "months"),
        ("\(numbers[1])", "days"), ("\(millis / 3_600_000)", "hours"),
        ("\(millis / 60_000 % 60)", "minutes"), (seconds, "seconds"),
      ].filter { $0.0 != "0" }
      let text = parts.map { "\($0.0) \($0.1)" }.joined(separator: " ")
      texts.append((text.isEmpty ? "0 seconds" : text).utf8)
    }
    return texts
  }

  /// `.5`, or nothing for zero.
  private static func fraction(_ rest: Int64, of unit: Int64) -> String {
    if rest == 0 { return "" }
    var digits = String(unit + rest).dropFirst()
    while digits.hasSuffix("0") { digits.removeLast() }
    return ".\(digits)"
  }
}

extension TimeUnit {
  /// How many of the unit make a second.
  fileprivate var perSecond: Int64 {
    switch self {
    case .millis: 1_000
    case .micros: 1_000_000
    case .nanos: 1_000_000_000
    }
  }
}
