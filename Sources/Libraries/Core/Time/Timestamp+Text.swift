extension CivilDate {
  /// The day that `text` spells as `yyyy-mm-dd`, or nil.
  package init?(isoText text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
      let year = digits(parts[0]), let month = digits(parts[1]), let day = digits(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }
}

extension Timestamp {
  /// The instant that `text` spells in RFC 3339 (`2017-01-01T12:30:27.5Z`, `…+02:00`; a space for
  /// the `T` and a missing zone, read as UTC, are allowed, and so is a day alone), or nil.
  package init?(rfc3339Text text: some StringProtocol) {
    guard let date = CivilDate(isoText: text.prefix(10)) else { return nil }
    let rest = text.dropFirst(10)
    guard let separator = rest.first else {
      self.init(date)
      return
    }
    guard separator == "T" || separator == "t" || separator == " " else { return nil }
    let zoneStart = rest.dropFirst().firstIndex { "Zz+-".contains($0) } ?? rest.endIndex
    guard let time = clockTime(rest[rest.index(after: rest.startIndex)..<zoneStart]),
      let offset = zoneOffset(rest[zoneStart...])
    else { return nil }
    self.init(date, microsecondOfDay: time - offset)
  }

  /// `init(rfc3339Text:)` for a text that has a time of day and tells its zone, as `Z` or as an
  /// offset; nil for others.
  package init?(zonedRFC3339Text text: some StringProtocol) {
    guard text.dropFirst(11).contains(where: { "Zz+-".contains($0) }) else { return nil }
    self.init(rfc3339Text: text)
  }
}

/// Microseconds since midnight of `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f…`; nil when it is not that.
private func clockTime(_ text: some StringProtocol) -> Int64? {
  let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }),
    halves.count == 1 || parts.count == 3
  else { return nil }
  let numbers = parts.compactMap { digits($0) }
  guard numbers.count == parts.count, numbers[0] < 24, numbers[1] < 60,
    numbers.count < 3 || numbers[2] < 60
  else { return nil }
  var fraction = 0
  if halves.count == 2 {
    guard let value = digits((halves[1] + "000000").prefix(6)), digits(halves[1]) != nil,
      halves[1].utf8.count <= 9
    else { return nil }
    fraction = value
  }
  let seconds = numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
  // Less than a day.
  return Int64(seconds) &* Timestamp.microsecondsPerSecond &+ Int64(fraction)
}

/// Microseconds that a zone (`Z`, nothing, `+hh:mm`, `-hhmm`, `+hh`) is ahead of UTC, or nil.
private func zoneOffset(_ text: some StringProtocol) -> Int64? {
  guard let sign = text.first, sign == "+" || sign == "-" else {
    return text.isEmpty || text == "Z" || text == "z" ? 0 : nil
  }
  let clock = String(text.dropFirst().filter { $0 != ":" })
  guard clock.utf8.count == 2 || clock.utf8.count == 4, let hours = digits(clock.prefix(2)),
    let minutes = clock.utf8.count == 4 ? digits(clock.dropFirst(2)) : 0,
    hours <= 18, minutes < 60
  else { return nil }
  let seconds = Int64(hours * 3_600 + minutes * 60)
  // Less than a day.
  return (sign == "-" ? -seconds : seconds) &* Timestamp.microsecondsPerSecond
}

/// The number that decimal digits, at least one and nothing else, spell.
private func digits(_ text: some StringProtocol) -> Int? {
  guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 })
  else { return nil }
  return Int(text)
}
