import Core
import Pages

/// Times as the report's readers know them.
struct ReportTime {
  let zone: ZoneRules
  let now: Timestamp

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// `06:30`, or with the day where that is another: `28 Nov 06:30`.
  func short(_ time: Timestamp) -> Markup {
    let local = local(time)
    let isToday = local.date == self.local(now).date
    let words = isToday ? clock(time) : "\(day(local.date)) \(clock(time))"
    return "<time datetime=\"\(time.description)\">\(words)</time>"
  }

  /// `06:30`.
  func clock(_ time: Timestamp) -> String {
    String(local(time).description.dropFirst(11).prefix(5))
  }

  /// `28 Nov`.
  func day(_ date: CivilDate) -> String {
    let (_, month, day) = date.components
    return "\(day) \(Self.months[month - 1].prefix(3))"
  }

  /// `Monday, 30 November 2026`.
  func long(_ time: Timestamp) -> String {
    let days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    let date = local(time).date
    let (year, month, day) = date.components
    let weekday = (Int(date.dayNumber) % 7 + 7) % 7
    return "\(days[weekday]), \(day) \(Self.months[month - 1]) \(year)"
  }

  /// The zone's day that a time falls on.
  func date(_ time: Timestamp) -> CivilDate { local(time).date }

  private func local(_ time: Timestamp) -> Timestamp { zone.localTime(at: time) ?? time }
}

/// A number with a thin space between thousands.
func grouped(_ number: Int) -> String {
  let digits = String(abs(number))
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index).isMultiple(of: 3) { text += "\u{202F}" }
    text.append(digit)
  }
  return (number < 0 ? "−" : "") + text
}

/// A size in the unit that people say: `412 MB`.
func sizeText(_ bytes: Int) -> String {
  var size = Double(bytes)
  for unit in ["B", "kB", "MB", "GB", "TB"] {
    if size < 1_000 || unit == "TB" {
      return size < 10 && unit != "B"
        ? "\(Markup.length(size)) \(unit)" : "\(Int(size.rounded())) \(unit)"
    }
    size /= 1_000
  }
  return "\(bytes) B"
}
