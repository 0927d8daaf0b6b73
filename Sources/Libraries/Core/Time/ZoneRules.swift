/// The rules of a time zone: how far its clocks are from UTC at any instant.
///
/// `ZoneRules.named(_:)` finds them: an offset such as `+02:00`, or a region such as
/// `Europe/Berlin`, as the machine's zone files have it. A value, read once.
package struct ZoneRules: Sendable {
  /// The instants, in seconds, from which another offset holds; ascending.
  private let transitions: [Int64]
  /// Seconds east of UTC: the first before all transitions, then one for each.
  private let offsets: [Int32]
  /// What holds after the last transition; nil when its offset stays for good.
  private let yearly: YearlyZoneRule?

  /// A zone of one offset, in seconds east of UTC.
  package init(offset: Int) {
    transitions = []
    offsets = [Int32(offset)]
    yearly = nil
  }

  init(transitions: [Int64], offsets: [Int32], yearly: YearlyZoneRule?) {
    precondition(offsets.count == transitions.count + 1, "an offset stands on each side")
    self.transitions = transitions
    self.offsets = offsets
    self.yearly = yearly
  }

  /// Seconds east of UTC at `instant`.
  package func offset(at instant: Timestamp) -> Int {
    offset(atSecond: floorDivide(instant.microseconds, Timestamp.microsecondsPerSecond))
  }

  /// What the zone's clocks show at `instant`, as if they showed UTC; nil where 64 bits of
  /// microseconds end.
  package func localTime(at instant: Timestamp) -> Timestamp? {
    instant.adding(seconds: Int64(offset(at: instant)))
  }

  /// The instant at which the zone's clocks show `local`. Of two, when clocks are put back, the
  /// first; a time that clocks pass over counts on from before, as in Java: 2:30 is 3:30.
  /// Nil where 64 bits of microseconds end.
  package func instant(ofLocal local: Timestamp) -> Timestamp? {
    let second = floorDivide(local.microseconds, Timestamp.microsecondsPerSecond)
    let before = offset(atSecond: second - Self.day)
    let after = offset(atSecond: second + Self.day)
    guard before != after, offset(atSecond: second - Int64(before)) != before,
      offset(atSecond: second - Int64(after)) == after
    else { return local.adding(seconds: -Int64(before)) }
    return local.adding(seconds: -Int64(after))
  }

  /// More than any offset: on the other side of it a transition is behind or ahead.
  private static let day: Int64 = 86_400

  private func offset(atSecond second: Int64) -> Int {
    if let yearly, second >= transitions.last ?? .min { return yearly.offset(atSecond: second) }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= second { low = middle + 1 } else { high = middle }
    }
    return Int(offsets[low])
  }
}

/// Daylight saving by the same rule each year: the last line of a zone file, in POSIX's form
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyZoneRule: Sendable {
  /// A day of each year, and the second of it by the clocks until then.
  private struct Turn: Sendable {
    enum Day: Sendable {
      /// Week 1 to 5 (the last) of a month, and the day of the week from Sunday 0.
      case weekday(month: Int, week: Int, day: Int)
      /// 1 to 365; 29 February is never counted.
      case julian(Int)
      /// 0 to 365.
      case ordinal(Int)
    }

    var day: Day
    var second: Int64 = 7_200

    /// The second of the local clocks in `year`, counted as if they showed UTC.
    func second(in year: Int) -> Int64 {
      let first = Int64(CivilDate(year: year, month: 1, day: 1)?.dayNumber ?? 0)
      let number: Int64
      switch day {
      case .ordinal(let day): number = first + Int64(day)
      case .julian(let day):
        let isPastLeapDay = CivilDate.dayCount(year: year, month: 2) == 29 && day > 59
        number = first + Int64(day - 1) + (isPastLeapDay ? 1 : 0)
      case .weekday(let month, let week, let day):
        let start = Int64(CivilDate(year: year, month: month, day: 1)?.dayNumber ?? 0)
        // Day 0, 1 January 1970, was a Thursday.
        let weekday = ((start + 4) % 7 + 7) % 7
        var found = start + (Int64(day) - weekday + 7) % 7 + Int64(week - 1) * 7
        if found >= start + Int64(CivilDate.dayCount(year: year, month: month)) { found -= 7 }
        number = found
      }
      return number * 86_400 + second
    }
  }

  private var standard = 0
  private var saving: (offset: Int, begin: Turn, end: Turn)?

  /// The rule that `text` spells; nil when it is none.
  init?(_ text: String) {
    var rest = Substring(text)
    guard Self.skipName(&rest), let standard = Self.offset(&rest) else { return nil }
    self.standard = standard
    if rest.isEmpty { return }
    guard Self.skipName(&rest) else { return nil }
    var offset = standard + 3_600
    if rest.first != ",", let written = Self.offset(&rest) { offset = written }
    guard let begin = Self.turn(&rest), let end = Self.turn(&rest), rest.isEmpty else { return nil }
    saving = (offset, begin, end)
  }

  /// Seconds east of UTC.
  func offset(atSecond second: Int64) -> Int {
    guard let saving else { return standard }
    let day = floorDivide(second + Int64(standard), 86_400)
    let year = CivilDate(dayNumber: Int32(clamping: day)).components.year
    let begin = saving.begin.second(in: year) - Int64(standard)
    let end = saving.end.second(in: year) - Int64(saving.offset)
    // South of the equator the summer holds the turn of the year.
    let isSaving =
      begin < end ? begin <= second && second < end : !(end <= second && second < begin)
    return isSaving ? saving.offset : standard
  }

  /// Letters, or anything between `<` and `>`.
  private static func skipName(_ rest: inout Substring) -> Bool {
    if rest.first == "<" {
      guard let end = rest.firstIndex(of: ">") else { return false }
      rest = rest[rest.index(after: end)...]
      return true
    }
    let name = rest.prefix { $0.isASCII && $0.isLetter }
    rest.removeFirst(name.count)
    return name.count >= 3
  }

  /// An offset counted west of UTC, as POSIX does, turned east.
  private static func offset(_ rest: inout Substring) -> Int? {
    seconds(&rest).map { -Int($0) }
  }

  /// `[±]h[:m[:s]]`.
  private static func seconds(_ rest: inout Substring) -> Int64? {
    var sign: Int64 = 1
    if rest.first == "+" || rest.first == "-" { sign = rest.removeFirst() == "-" ? -1 : 1 }
    guard var total = number(&rest).map({ $0 * 3_600 }) else { return nil }
    for unit in [60, 1] where rest.first == ":" {
      rest.removeFirst()
      guard let value = number(&rest) else { return nil }
      total += value * unit
    }
    return sign * Int64(total)
  }

  private static func number(_ rest: inout Substring) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    rest.removeFirst(digits.count)
    return digits.count <= 3 ? Int(digits) : nil
  }

  /// `,M3.5.0/3`, `,J60` or `,59`.
  private static func turn(_ rest: inout Substring) -> Turn? {
    guard rest.popFirst() == "," else { return nil }
    var turn: Turn
    switch rest.first {
    case "M":
      rest.removeFirst()
      guard let month = number(&rest), rest.popFirst() == ".", let week = number(&rest),
        rest.popFirst() == ".", let day = number(&rest), (1...12).contains(month),
        (1...5).contains(week), (0...6).contains(day)
      else { return nil }
      turn = Turn(day: .weekday(month: month, week: week, day: day))
    case "J":
      rest.removeFirst()
      guard let day = number(&rest), (1...365).contains(day) else { return nil }
      turn = Turn(day: .julian(day))
    default:
      guard let day = number(&rest), day < 366 else { return nil }
      turn = Turn(day: .ordinal(day))
    }
    guard rest.first == "/" else { return turn }
    rest.removeFirst()
    guard let second = seconds(&rest) else { return nil }
    turn.second = second
    return turn
  }
}
