import Columnar
import Core

extension FunctionCatalog {
  /// Dates and instants moved, cut, made and told apart.
  static let dates: [(String, ScalarBinding)] =
    currentTimes + epochs + parsers + timeZones + [
      ("date_add", dateShift("date_add", 1)), ("dateadd", dateShift("dateadd", 1)),
      ("date_sub", dateShift("date_sub", -1)),
      ("datediff", dateDifference("datediff")), ("date_diff", dateDifference("date_diff")),
      (
        "add_months",
        function("add_months", [.date, .int], .date) { columns, count, _ in
          let months = columns[1].int32s
          return try movedDates("add_months", columns[0], validity(of: columns)) { date, row in
            date.adding(months: Int(months[row]))
          }
        }
      ),
      (
        "months_between",
        rowFunction(
          "months_between", [.timestamp, .timestamp, .boolean], required: 2, .double,
          evaluate: monthsBetween)
      ),
      (
        "last_day",
        function("last_day", [.date], .date) { columns, count, _ in
          try movedDates("last_day", columns[0], columns[0].validity) { date, _ in
            let (year, month, _) = date.components
            return CivilDate(
              year: year, month: month, day: CivilDate.dayCount(year: year, month: month))
          }
        }
      ),
      ("next_day", rowFunction("next_day", [.date, .string], .date, evaluate: nextDay)),
      (
        "trunc",
        rowFunction("trunc", [.date, .string], .date, mayAddNulls: true) { values, _ in
          guard case .date(let date) = values[0], let unit = TruncationUnit(named: values[1].text),
            unit.cutsDates
          else { return .null }
          guard let day = unit.start(of: date) else { throw endOfCalendar("trunc(\(date))", .date) }
          return .date(day)
        }
      ),
      ("date_trunc", truncation),
      (
        "make_date",
        rowFunction("make_date", [.int, .int, .int], .date) { values, _ in
          guard
            let date = CivilDate(
              year: values[0].integer, month: values[1].integer, day: values[2].integer)
          else {
            let parts = values.map { String($0.integer) }.joined(separator: "-")
            throw dataFault("\(parts) is no date", remedy: "check year, month and day first")
          }
          return .date(date)
        }
      ),
      (
        "make_timestamp",
        rowFunction(
          "make_timestamp",
          [.int, .int, .int, .int, .int, .decimal(precision: 16, scale: 6), .string], required: 6,
          .timestamp, evaluate: makeTimestamp)
      ),
      (
        "date_format",
        function("date_format", [.timestamp, .string], .string) {
          columns, count, _ in try formatted(columns, count)
        }
      ),
    ]

  // MARK: Now

  private static let currentTimes: [(String, ScalarBinding)] = [
    ("current_date", today("current_date")), ("curdate", today("curdate")),
    ("current_timestamp", now("current_timestamp")), ("now", now("now")),
    ("localtimestamp", now("localtimestamp")),
    (
      "current_timezone",
      function("current_timezone", [], .string, isTotal: true) { _, count, _ in
        Column.constant(.string("UTC"), .string, count: count)
      }
    ),
  ]

  private static func today(_ name: String) -> ScalarBinding {
    function(name, [], .date, isTotal: true) { _, count, context in
      Column.constant(.date(context.clock.now.date), .date, count: count)
    }
  }

  private static func now(_ name: String) -> ScalarBinding {
    function(name, [], .timestamp, isTotal: true) { _, count, context in
      Column.constant(.timestamp(context.clock.now), .timestamp, count: count)
    }
  }

  // MARK: Days and months

  /// `date_add` and its like: a date and a whole number of days.
  static func dateShift(_ name: String, _ sign: Int32) -> ScalarBinding {
    let days = Parameters.Kind.either([.narrow(.int), .exactly(.string)])
    return function(name, .takes(.of(.date), days), [.date, .int], .date) { columns, count, _ in
      let shifted = try Column.arithmetic(
        sign > 0 ? .add : .subtract, columns[0].retagged(.int), columns[1], as: .int, isTry: false)
      return shifted.retagged(.date)
    }
  }

  private static func dateDifference(_ name: String) -> ScalarBinding {
    function(name, [.date, .date], .int) { columns, _, _ in
      try Column.arithmetic(
        .subtract, columns[0].retagged(.int), columns[1].retagged(.int), as: .int, isTry: false)
    }
  }

  /// Dates that `body` makes of a column's in the rows that are `present`; a fault where there is
  /// no such date.
  private static func movedDates(
    _ name: String, _ column: Column, _ present: Bitmap?, _ body: (CivilDate, Int) -> CivilDate?
  ) throws -> Column {
    let days = column.int32s
    let count = column.count
    let values = try fillRows(count) { row -> Int32 in
      guard present?[row] ?? true else { return 0 }
      let date = CivilDate(dayNumber: days[row])
      guard let moved = body(date, row) else { throw endOfCalendar("\(name) of \(date)", .date) }
      return moved.dayNumber
    }
    return Column(.date, count: count, validity: present, .int32(values))
  }

  /// That a day or an instant is none that its type holds.
  static func endOfCalendar(_ call: String, _ type: DataType) -> Fault {
    dataFault(
      "\(call) is out of the range of \(type.sql)", remedy: "leave out what lies so far from now")
  }

  /// A date or an instant and an interval: months, then days, then microseconds. A DATE stays one
  /// when the interval is a literal without a part of a day.
  static func intervalShift(
    _ name: String, _ sign: Int, _ arguments: [Argument]
  ) throws(Refusal) -> ScalarFunction {
    let isDate = arguments[0].type == .date && arguments[1].literal?.elements[2] == .integer(0)
    let type: DataType = isDate ? .date : .timestamp
    try require(arguments[0], 0, .of(type))
    try require(arguments[1], 1, .interval)
    return ScalarFunction(name, [type, .interval], type) { columns, count, _ in
      guard case .structure(let parts) = columns[1].values else { return columns[0] }
      let present = Bitmap.both(validity(of: columns), validity(of: parts))
      let months = parts[0].int32s
      let days = parts[1].int32s
      let times = parts[2].int64s
      if isDate {
        return try movedDates(name, columns[0], present) { date, row in
          date.adding(months: sign * Int(months[row]))?.adding(days: sign * Int(days[row]))
        }
      }
      let starts = columns[0].int64s
      let values = try fillRows(count) { row -> Int64 in
        guard present?[row] ?? true else { return 0 }
        let start = Timestamp(microseconds: starts[row])
        let moved = start.adding(
          months: sign * Int(months[row]), days: sign * Int(days[row]),
          microseconds: Int128(sign) * Int128(times[row]))
        guard let moved else {
          throw endOfCalendar("\(start.sparkText) \(name) an interval", .timestamp)
        }
        return moved.microseconds
      }
      return Column(.timestamp, count: count, validity: present, .int64(values))
    }
  }

  @Sendable
  private static func monthsBetween(_ values: [Scalar], _: EvaluationContext) throws -> Scalar {
    guard case .timestamp(let late) = values[0], case .timestamp(let early) = values[1] else {
      return .null
    }
    let (y1, m1, d1) = late.date.components
    let (y2, m2, d2) = early.date.components
    let months = Double((y1 - y2) * 12 + m1 - m2)
    let bothLast =
      d1 == CivilDate.dayCount(year: y1, month: m1)
      && d2 == CivilDate.dayCount(year: y2, month: m2)
    if d1 == d2 || bothLast { return .double(months) }
    let seconds =
      Double(d1 - d2) * 86_400
      + Double(late.microsecondOfDay / 1_000_000 - early.microsecondOfDay / 1_000_000)
    let result = months + seconds / (31 * 86_400)
    let rounds = values.count < 3 || values[2] == .boolean(true)
    return .double(rounds ? (result * 1e8).rounded() / 1e8 : result)
  }

  @Sendable
  private static func nextDay(_ values: [Scalar], _: EvaluationContext) throws -> Scalar {
    let name = values[1].text.lowercased()
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    guard case .date(let date) = values[0], name.count >= 2,
      let target = names.firstIndex(where: {
        $0 == name || $0.prefix(3) == name || $0.prefix(2) == name
      })
    else {
      throw dataFault("'\(values[1].text)' is no day of the week", remedy: "write it like 'Monday'")
    }
    let ahead = (target - date.weekday + 7) % 7
    guard let day = date.adding(days: ahead == 0 ? 7 : ahead) else {
      throw endOfCalendar("next_day(\(date))", .date)
    }
    return .date(day)
  }

  // MARK: Units

  /// `date_trunc(unit, instant)`: an unknown unit gives NULL.
  private static let truncation = function(
    "date_trunc", [.string, .timestamp], .timestamp, mayAddNulls: true
  ) { columns, count, _ in
    let present = validity(of: columns)
    let constant = columns[0].constantBytes.map { String(decoding: $0, as: UTF8.self) }
    let fixed = constant.flatMap { TruncationUnit(named: $0) }
    let instants = columns[1].int64s
    let values = try fillRows(count) { row -> Int64? in
      guard present?[row] ?? true else { return nil }
      let unit = constant == nil ? TruncationUnit(named: columns[0].scalar(at: row).text) : fixed
      guard let unit else { return nil }
      let instant = Timestamp(microseconds: instants[row])
      guard let start = unit.start(of: instant) else {
        throw endOfCalendar("date_trunc('\(unit.rawValue)', \(instant.sparkText))", .timestamp)
      }
      return start.microseconds
    }
    return Column(
      .timestamp, count: count, validity: Bitmap(count: count) { values[$0] != nil }.unlessAllSet,
      .int64(mapRows(values) { $0 ?? 0 }))
  }

  @Sendable
  private static func makeTimestamp(_ values: [Scalar], _: EvaluationContext) throws -> Scalar {
    guard
      let date = CivilDate(
        year: values[0].integer, month: values[1].integer, day: values[2].integer),
      case .decimal(let seconds) = values[5], (0..<24).contains(values[3].integer),
      (0..<60).contains(values[4].integer), (0...60_000_000).contains(seconds.unscaled)
    else {
      throw dataFault("the parts are no instant", remedy: "check year to second first")
    }
    let minutes = Int64(values[3].integer * 60 + values[4].integer)
    // Each part was found to be less than a day.
    let ofDay = minutes &* 60_000_000 &+ Int64(truncatingIfNeeded: seconds.unscaled)
    var time = Timestamp(date, microsecondOfDay: ofDay)
    if values.count > 6 {
      let zone = try zone(values[6].text)
      time = time.flatMap { zone.instant(ofLocal: $0) }
    }
    guard let time else { throw endOfCalendar("make_timestamp of \(date)", .timestamp) }
    return .timestamp(time)
  }

  private static func formatted(_ columns: [Column], _ count: Int) throws -> Column {
    let present = validity(of: columns)
    var patterns: [String: DatePattern] = [:]
    let constant = try columns[1].constantBytes.map {
      try DatePattern(String(decoding: $0, as: UTF8.self))
    }
    let instants = columns[0].int64s
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(count + 1)
    for row in 0..<count {
      if present?[row] ?? true {
        let pattern: DatePattern
        if let constant {
          pattern = constant
        } else {
          let text = columns[1].scalar(at: row).text
          pattern = try patterns[text] ?? DatePattern(text)
          patterns[text] = pattern
        }
        runs.bytes.append(contentsOf: pattern.text(of: Timestamp(microseconds: instants[row])).utf8)
      }
      try runs.endValue()
    }
    return Column(.string, count: count, validity: present, .bytes(runs))
  }
}

extension Column {
  /// The same values under another type of the same layout.
  func retagged(_ type: DataType) -> Column {
    Column(type, count: count, validity: validity, values)
  }
}
