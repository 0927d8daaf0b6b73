import Core

/// Which values of a file are days and instants of the old calendar, Julian up to 4 October 1582,
/// as writers before Spark 3 had it and later ones have it on request. Columns hold the same day by
/// its name: 1500-03-01 stays 1500-03-01.
struct OldCalendar: Equatable {
  /// Dates, and instants that are whole numbers.
  var holdsDates = false
  /// Instants of 12 bytes.
  var holdsInt96 = false
  /// The zone of the writer, whose days the instants were cut into, is UTC.
  var isUTC = true

  /// What the file's free texts say.
  init(_ texts: [(key: String, value: String)]) {
    func text(_ key: String) -> String? {
      texts.last { $0.key == "org.apache.spark.\(key)" }?.value
    }
    guard let writer = text("version") else { return }
    holdsDates = precedesByVersion(writer, 3, 0) || text("legacyDateTime") != nil
    holdsInt96 = precedesByVersion(writer, 3, 1) || text("legacyINT96") != nil
    if let zone = text("timeZone") {
      isUTC = Timestamp.zoneOffsetSeconds(of: zone) == 0 || zone == "Etc/UTC"
    }
  }

  /// The day that has the name which the old calendar gives to the day `number`; a 29 February that
  /// only the old one has becomes 1 March.
  static func day(_ number: Int32) -> Int32 {
    guard number < firstNewDay else { return number }
    // As `CivilDate.components`, but with a leap day every four years: 1461 days from March on.
    let shifted = Int(number) + 719_470
    let era = (shifted >= 0 ? shifted : shifted - 1_460) / 1_461
    let dayOfEra = shifted - era * 1_461
    let yearOfEra = min(dayOfEra / 365, 3)
    let dayOfYear = dayOfEra - 365 * yearOfEra
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 4 + (month <= 2 ? 1 : 0)
    let date =
      CivilDate(year: year, month: month, day: day) ?? CivilDate(year: year, month: 3, day: 1)
    return date?.dayNumber ?? number
  }

  /// The instant whose day and time in UTC the old calendar gives to `microseconds`.
  static func instant(_ microseconds: Int64) -> Int64 {
    guard microseconds < firstNewInstant else { return microseconds }
    let number = floorDivide(microseconds, Timestamp.microsecondsPerDay)
    let ofDay = microseconds - number * Timestamp.microsecondsPerDay
    guard let day = Int32(exactly: number) else { return microseconds }
    return Int64(OldCalendar.day(day)) * Timestamp.microsecondsPerDay + ofDay
  }

  /// 15 October 1582, the day after 4 October.
  private static let firstNewDay: Int32 = -141_427
  private static let firstNewInstant = Int64(firstNewDay) * Timestamp.microsecondsPerDay

  /// From here on, 1 January 1900, both calendars and all old writers agree in every zone.
  static let firstSureInstant: Int64 = -2_208_988_800_000_000
}

/// Whether a version such as `2.4.8` is older than `major`.`minor`; one that is no version is not.
private func precedesByVersion(_ version: String, _ major: Int, _ minor: Int) -> Bool {
  let numbers = version.split(separator: ".").prefix(2).map { Int($0) }
  guard let first = numbers.first ?? nil else { return false }
  return first < major || first == major && (numbers.count > 1 ? numbers[1] ?? 0 : 0) < minor
}
