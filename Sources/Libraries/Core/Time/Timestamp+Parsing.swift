extension Timestamp {
  /// The instant in `text` by Spark's CAST in session zone UTC: a date (`y`, `y-M`, `y-M-d`; years
  /// of four to six digits), then after a space or `T` a time `H[:m[:s[.f]]]` of one or two digits
  /// each with the fraction cut to microseconds, then after the seconds a zone: `Z`, `+02:00`,
  /// `+0200`, `+02`, `+2`, `UTC+3`, `GMT`, `EST`, or what else `ZoneRules.named(_:)` knows, such as
  /// `Europe/Berlin`. Spaces around all of it are trimmed.
  ///
  /// A time alone is taken to be of the day `today`, and refused without one.
  package init?(parsing text: TextBytes, today: CivilDate? = nil) {
    let bytes = text.trimmed
    guard !bytes.isEmpty else { return nil }
    var at = 0
    let date: CivilDate
    if bytes.startsWithTime {
      guard let today else { return nil }
      date = today
      at = bytes[0] == UInt8(ascii: "T") ? 1 : 0
    } else {
      guard let parsed = bytes.date(from: &at) else { return nil }
      date = parsed
      if at == bytes.count {
        self.init(date)
        return
      }
      guard bytes[at] == 0x20 || bytes[at] == UInt8(ascii: "T") else { return nil }
      at += 1
    }
    guard let ofDay = bytes.timeOfDay(from: &at) else { return nil }
    let zone = TextBytes(rebasing: bytes[at...])
    let offset = zone.isEmpty ? 0 : zone.zoneOffsetSeconds
    // A time of day and 18 hours are far from the ends of 64 bits.
    let shift = ofDay &- Int64(offset ?? 0) &* Timestamp.microsecondsPerSecond
    guard let instant = Timestamp(date, microsecondOfDay: shift) else { return nil }
    self = instant
    guard offset == nil else { return }
    guard let rules = zone.namedZone else { return nil }
    guard let local = rules.instant(ofLocal: self) else { return nil }
    self = local
  }

  /// `init(parsing:today:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>, today: CivilDate? = nil) {
    guard let value = text.withTextBytes({ Timestamp(parsing: $0, today: today) }) else {
      return nil
    }
    self = value
  }

  /// `init(parsing:today:)` for a string.
  package init?(parsing text: String, today: CivilDate? = nil) {
    guard let value = text.withTextBytes({ Timestamp(parsing: $0, today: today) }) else {
      return nil
    }
    self = value
  }

  /// Seconds east of UTC of a zone: `Z`, `UTC`, `GMT`, `UT`, these three with an offset behind,
  /// `±H`, `±HH`, `±H:mm`, `±HH:m`, `±HHmm`, `±HH:mm`, `±HH:mm:ss`, `EST`, `MST`, `HST`; at most
  /// 18 hours. Nil for other text.
  package static func zoneOffsetSeconds(of zone: String) -> Int? {
    zone.withTextBytes { $0.zoneOffsetSeconds }
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Whether a time stands where a date should: `T12`, or digits before a colon.
  fileprivate var startsWithTime: Bool {
    if self[0] == UInt8(ascii: "T") { return true }
    guard count > 1, digitValue(self[0]) <= 9 else { return false }
    let colon = UInt8(ascii: ":")
    return self[1] == colon || (count > 2 && digitValue(self[1]) <= 9 && self[2] == colon)
  }

  /// `y`, `y-M` or `y-M-d`; only the last may have something behind it.
  fileprivate func date(from index: inout Int) -> CivilDate? {
    var isNegative = false
    if self[0] == UInt8(ascii: "-") || self[0] == UInt8(ascii: "+") {
      isNegative = self[0] == UInt8(ascii: "-")
      index = 1
    }
    guard var year = digits(from: &index, counting: 4...6) else { return nil }
    if isNegative { year = -year }
    guard index < count else { return CivilDate(year: year, month: 1, day: 1) }
    guard skip(UInt8(ascii: "-"), at: &index),
      let month = digits(from: &index, counting: 1...2)
    else { return nil }
    guard index < count else { return CivilDate(year: year, month: month, day: 1) }
    guard skip(UInt8(ascii: "-"), at: &index), let day = digits(from: &index, counting: 1...2)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// Microseconds since midnight of `H[:m[:s[.f]]]`; without seconds nothing may follow.
  fileprivate func timeOfDay(from index: inout Int) -> Int64? {
    let colon = UInt8(ascii: ":")
    guard let hour = digits(from: &index, counting: 1...2), hour < 24 else { return nil }
    var minute = 0
    var second = 0
    var fraction = 0
    if index < count {
      guard skip(colon, at: &index), let value = digits(from: &index, counting: 1...2),
        value < 60
      else { return nil }
      minute = value
    }
    if index < count {
      guard skip(colon, at: &index), let value = digits(from: &index, counting: 1...2),
        value < 60
      else { return nil }
      second = value
    }
    if skip(UInt8(ascii: "."), at: &index) { fraction = microseconds(from: &index) }
    // Less than a day.
    return Int64((hour * 60 + minute) * 60 + second) &* Timestamp.microsecondsPerSecond
      &+ Int64(fraction)
  }

  /// The digits after a point as microseconds; those past the sixth are cut.
  private func microseconds(from index: inout Int) -> Int {
    var value = 0
    var digitCount = 0
    while index < count, digitValue(self[index]) <= 9 {
      if digitCount < 6 { value = value * 10 + Int(digitValue(self[index])) }
      digitCount += 1
      index += 1
    }
    while digitCount < 6 {
      value *= 10
      digitCount += 1
    }
    return value
  }

  /// Moves `index` past `byte` if it stands there.
  private func skip(_ byte: UInt8, at index: inout Int) -> Bool {
    guard index < count, self[index] == byte else { return false }
    index += 1
    return true
  }

  /// Seconds east of UTC of a zone's text, spaces around it trimmed; nil when it is none we know.
  fileprivate var zoneOffsetSeconds: Int? {
    let zone = trimmed
    guard let first = zone.first else { return nil }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { return zone.signedOffset }
    if zone.count == 1 { return first == UInt8(ascii: "Z") ? 0 : nil }
    for name in ["UTC", "GMT", "UT"] where zone.starts(with: name.utf8) {
      if zone.count == name.utf8.count { return 0 }
      return TextBytes(rebasing: zone[name.utf8.count...]).signedOffset
    }
    if zone.elementsEqual("EST".utf8) { return -5 * 3_600 }
    if zone.elementsEqual("MST".utf8) { return -7 * 3_600 }
    return zone.elementsEqual("HST".utf8) ? -10 * 3_600 : nil
  }

  /// The zone whose name is this text, spaces around it trimmed; nil when there is none.
  fileprivate var namedZone: ZoneRules? {
    let name = trimmed
    // Most texts that are no time end here, before anything is looked up.
    guard let first = name.first, first >= UInt8(ascii: "A"), name.count <= 64 else { return nil }
    return ZoneRules.named(String(decoding: name, as: UTF8.self))
  }

  /// A sign, hours, and with or without colons minutes and seconds.
  private var signedOffset: Int? {
    guard let sign = first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      return nil
    }
    let colon = UInt8(ascii: ":")
    var at = 1
    guard let hours = digits(from: &at, counting: 1...2) else { return nil }
    var parts = [0, 0]
    var hasColons = false
    for index in 0..<2 where at < count {
      let isColon = skip(colon, at: &at)
      if index == 0 { hasColons = isColon }
      // `+2:30` and `+02:3` are taken, `+230` is not.
      guard isColon == hasColons, hasColons || at == 3 + 2 * index,
        let value = digits(from: &at, counting: (hasColons && index == 0 ? 1 : 2)...2), value < 60
      else { return nil }
      parts[index] = value
    }
    let seconds = hours * 3_600 + parts[0] * 60 + parts[1]
    guard at == count, seconds <= 18 * 3_600 else { return nil }
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }
}
