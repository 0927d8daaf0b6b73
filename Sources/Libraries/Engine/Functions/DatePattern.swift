import Core

/// A pattern of Java's DateTimeFormatter as Spark takes it: `yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]`.
struct DatePattern: Sendable {
  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  static let dayNames = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  private enum Part: Sendable {
    case literal(String)
    case field(Character, Int)
    case optional([Part])
  }

  /// How many brackets may stand in one another.
  private static let deepestLevel = 100

  private var parts: [Part] = []

  init(_ pattern: String) throws(Fault) {
    var rest = Substring(pattern)
    parts = try DatePattern.parts(of: &rest, depth: 0, pattern)
  }

  private static func parts(
    of rest: inout Substring, depth: Int, _ pattern: String
  ) throws(Fault) -> [Part] {
    guard depth <= deepestLevel else {
      throw dataFault(
        "more than \(deepestLevel) brackets of a pattern of dates stand in one another",
        remedy: "write fewer")
    }
    var parts: [Part] = []
    while let first = rest.first {
      if first == "'" {
        parts.append(.literal(quoted(&rest)))
      } else if first == "[" {
        rest.removeFirst()
        parts.append(.optional(try DatePattern.parts(of: &rest, depth: depth + 1, pattern)))
      } else if first == "]" {
        rest.removeFirst()
        if depth > 0 { return parts }
      } else if first.isASCII, first.isLetter {
        let width = rest.prefix { $0 == first }.count
        guard "GyMLdDEaHhKkmsSQqXxZzVO".contains(first) else {
          throw dataFault(
            "the pattern '\(pattern)' has the letter '\(first)', which is not accepted",
            remedy: first == "Y" || first == "u"
              ? "write yyyy for the year" : "put plain text between single quotes")
        }
        parts.append(.field(first, width))
        rest.removeFirst(width)
      } else {
        parts.append(.literal(String(first)))
        rest.removeFirst()
      }
    }
    return parts
  }

  /// The text between quotes; two quotes stand for one.
  private static func quoted(_ rest: inout Substring) -> String {
    rest.removeFirst()
    if rest.first == "'" {
      rest.removeFirst()
      return "'"
    }
    var text = ""
    while let next = rest.popFirst() {
      if next == "'" {
        guard rest.first == "'" else { break }
        rest.removeFirst()
      }
      text.append(next)
    }
    return text
  }

  // MARK: Writing

  /// The instant in UTC written by the pattern.
  func text(of instant: Timestamp) -> String {
    var text = ""
    let date = instant.date
    let components = date.components
    for part in parts {
      DatePattern.append(part, instant, date, components, to: &text)
    }
    return text
  }

  private static func append(
    _ part: Part, _ instant: Timestamp, _ date: CivilDate,
    _ components: (year: Int, month: Int, day: Int), to text: inout String
  ) {
    switch part {
    case .literal(let literal): text += literal
    case .optional(let parts):
      for part in parts { append(part, instant, date, components, to: &text) }
    case .field(let letter, let width):
      text += field(letter, width, instant, date, components)
    }
  }

  private static func field(
    _ letter: Character, _ width: Int, _ instant: Timestamp, _ date: CivilDate,
    _ components: (year: Int, month: Int, day: Int)
  ) -> String {
    let ofDay = Int(instant.microsecondOfDay)
    let hour = ofDay / 3_600_000_000
    switch letter {
    case "y": return year(components.year, width)
    case "M", "L": return named(monthNames[components.month - 1], components.month, width)
    case "d": return padded(components.day, width)
    case "D": return padded(date.dayOfYear, width)
    case "E": return width <= 3 ? String(dayNames[date.weekday].prefix(3)) : dayNames[date.weekday]
    case "Q", "q":
      let quarter = (components.month - 1) / 3 + 1
      return width <= 2 ? padded(quarter, width) : width == 3 ? "Q\(quarter)" : ordinal(quarter)
    case "a": return hour < 12 ? "AM" : "PM"
    case "H": return padded(hour, width)
    case "k": return padded(hour == 0 ? 24 : hour, width)
    case "h": return padded(hour % 12 == 0 ? 12 : hour % 12, width)
    case "K": return padded(hour % 12, width)
    case "m": return padded(ofDay / 60_000_000 % 60, width)
    case "s": return padded(ofDay / 1_000_000 % 60, width)
    case "S":
      let digits = padded(ofDay % 1_000_000, 6) + "000"
      return String(digits.prefix(width))
    case "G": return width == 4 ? "Anno Domini" : "AD"
    default: return zone(letter, width)
    }
  }

  /// A year in at least so many digits; one that needs more than the four that it is given bears a
  /// sign, so that it can be read again.
  private static func year(_ year: Int, _ width: Int) -> String {
    if width == 2 { return padded(abs(year) % 100, 2) }
    let digits = padded(abs(year), width)
    return (year < 0 ? "-" : width >= 4 && digits.count > width ? "+" : "") + digits
  }

  private static func named(_ name: String, _ number: Int, _ width: Int) -> String {
    width <= 2 ? padded(number, width) : width == 3 ? String(name.prefix(3)) : name
  }

  private static func ordinal(_ quarter: Int) -> String {
    "\(quarter)\(["st", "nd", "rd", "th"][quarter - 1]) quarter"
  }

  private static func zone(_ letter: Character, _ width: Int) -> String {
    switch letter {
    case "X": "Z"
    case "x": width == 1 ? "+00" : width == 2 || width == 4 ? "+0000" : "+00:00"
    case "Z": width == 4 ? "GMT" : width == 5 ? "Z" : "+0000"
    case "O": "GMT"
    case "z": width == 4 ? "Coordinated Universal Time" : "UTC"
    default: "UTC"
    }
  }

  // MARK: Reading

  /// The instant that `text`, all of it, says by the pattern; nil when it does not match.
  func instant(in text: String) -> Timestamp? {
    var rest = Substring(text)
    var found = DateFields()
    guard DatePattern.read(parts, &rest, &found), rest.isEmpty else { return nil }
    return found.instant
  }

  private static func read(
    _ parts: [Part], _ rest: inout Substring, _ found: inout DateFields
  ) -> Bool {
    for (index, part) in parts.enumerated() {
      switch part {
      case .literal(let literal):
        guard rest.hasPrefix(literal) else { return false }
        rest.removeFirst(literal.count)
      case .optional(let inner):
        var attempt = rest
        var attemptFound = found
        if read(inner, &attempt, &attemptFound) {
          rest = attempt
          found = attemptFound
        }
      case .field(let letter, let width):
        // A number directly before another takes just its width.
        let isTight: Bool =
          if index + 1 < parts.count, case .field(let next, _) = parts[index + 1] {
            next != "X" && next != "x" && next != "Z" && next != "a"
          } else { false }
        guard found.read(letter, width, isTight: isTight, &rest) else { return false }
      }
    }
    return true
  }
}
