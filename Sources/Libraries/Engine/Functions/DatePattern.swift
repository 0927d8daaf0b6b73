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

  private var parts: [Part] = []

  init(_ pattern: String) throws(Fault) {
    var rest = Substring(pattern)
    parts = try DatePattern.parts(of: &rest, isOptional: false, pattern)
  }

  private static func parts(
    of rest: inout Substring, isOptional: Bool, _ pattern: String
  ) throws(Fault) -> [Part] {
    var parts: [Part] = []
    while let first = rest.first {
      if first == "'" {
        parts.append(.literal(quoted(&rest)))
      } else if first == "[" {
        rest.removeFirst()
        parts.append(.optional(try DatePattern.parts(of: &rest, isOptional: true, pattern)))
      } else if first == "]" {
        rest.removeFirst()
        if isOptional { return parts }
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
    case "y": return width == 2 ? padded(components.year % 100, 2) : padded(components.year, width)
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

/// What reading by a pattern has found.
private struct DateFields {
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
      date.dayNumber += Int32(dayOfYear - date.dayOfYear)
    }
    let seconds = (hour * 60 + minute) * 60 + second
    let time = Timestamp(
      microseconds: Timestamp(date).microseconds + Int64(seconds) * 1_000_000 + Int64(microsecond))
    return zone?.instant(ofLocal: time) ?? time
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
    default: return readNumber(letter, width, isTight: isTight, &rest)
    }
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
