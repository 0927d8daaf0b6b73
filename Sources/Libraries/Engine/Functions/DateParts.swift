import Columnar
import Core

extension FunctionCatalog {
  /// Parts of dates and times, and the conversions from and to seconds of the epoch.
  static let dateParts: [(String, ScalarBinding)] =
    [
      ("year", part("year") { Int32($0.components.year) }),
      ("quarter", part("quarter") { Int32(($0.components.month - 1) / 3 + 1) }),
      ("month", part("month") { Int32($0.components.month) }),
      ("day", dayOfMonth("day")), ("dayofmonth", dayOfMonth("dayofmonth")),
      ("dayofweek", part("dayofweek") { Int32(($0.weekday + 1) % 7 + 1) }),
      ("weekday", part("weekday") { Int32($0.weekday) }),
      ("dayofyear", part("dayofyear") { Int32($0.dayOfYear) }),
      ("weekofyear", part("weekofyear") { Int32($0.isoWeek.week) }),
      ("dayname", dateText("dayname") { DatePattern.dayNames[$0.weekday].prefix(3) }),
      (
        "monthname",
        dateText("monthname") {
          DatePattern.monthNames[$0.components.month - 1].prefix(3)
        }
      ),
      ("hour", timePart("hour") { Int32($0 / 3_600_000_000) }),
      ("minute", timePart("minute") { Int32($0 / 60_000_000 % 60) }),
      ("second", timePart("second") { Int32($0 / 1_000_000 % 60) }),
      ("extract", extraction("extract")), ("date_part", extraction("date_part")),
      ("datepart", extraction("datepart")),
    ]

  static let epochs: [(String, ScalarBinding)] = [
    ("unix_timestamp", unixTimestamp("unix_timestamp", hasNow: true)),
    ("to_unix_timestamp", unixTimestamp("to_unix_timestamp", hasNow: false)),
    (
      "from_unixtime",
      rowFunction("from_unixtime", [.bigint, .string], required: 1, .string) {
        values, _ in
        let pattern = try DatePattern(values.count > 1 ? values[1].text : "yyyy-MM-dd HH:mm:ss")
        let seconds = Int64(values[0].integer)
        guard let instant = Timestamp(microseconds: 0).adding(seconds: seconds) else {
          throw dataFault(
            "from_unixtime(\(seconds)) is out of the range of TIMESTAMP",
            remedy: "give seconds, not a smaller unit")
        }
        return .string(pattern.text(of: instant))
      }
    ),
    (
      "timestamp_seconds",
      ScalarBinding(.takes(.trueNumber)) { arguments in
        ScalarFunction("timestamp_seconds", arguments.map(\.type), .timestamp) { columns, _, _ in
          try checkWholeMicroseconds(columns[0])
          return try columns[0].cast(to: .timestamp, isTry: false)
        }
      }
    ),
    ("timestamp_millis", instant("timestamp_millis", 1_000)),
    ("timestamp_micros", instant("timestamp_micros", 1)),
    ("unix_seconds", sinceEpoch("unix_seconds", 1_000_000)),
    ("unix_millis", sinceEpoch("unix_millis", 1_000)),
    ("unix_micros", sinceEpoch("unix_micros", 1)),
    (
      "unix_date",
      function("unix_date", .takes(.exactly(.date)), [.date], .int, isTotal: true) {
        columns, _, _ in columns[0].retagged(.int)
      }
    ),
    (
      "date_from_unix_date",
      function("date_from_unix_date", [.int], .date, isTotal: true) {
        columns, _, _ in columns[0].retagged(.date)
      }
    ),
  ]

  /// A fault where a decimal number of seconds has a part of a microsecond: `timestamp_seconds`
  /// takes it for a mistake, CAST cuts it off.
  private static func checkWholeMicroseconds(_ column: Column) throws(Fault) {
    guard case .decimal(_, let scale) = column.type, scale > 6 else { return }
    for row in 0..<column.count where !column.isNull(row) {
      guard case .decimal(let seconds) = column.scalar(at: row) else { continue }
      guard seconds.unscaled.isMultiple(of: Decimal.powersOfTen[scale - 6]) else {
        throw dataFault(
          "timestamp_seconds(\(seconds)) has a part of a microsecond",
          remedy: "round it to 6 places, or cast it to TIMESTAMP")
      }
    }
  }

  static func part(
    _ name: String, _ body: @escaping @Sendable (CivilDate) -> Int32
  ) -> ScalarBinding {
    function(name, [.date], .int, isTotal: true) { columns, count, _ in
      // Neighbouring rows often have one date.
      var last: Int32 = 0
      var lastPart = body(CivilDate(dayNumber: 0))
      let values = mapRows(columns[0].int32s) { day -> Int32 in
        if day != last {
          last = day
          lastPart = body(CivilDate(dayNumber: day))
        }
        return lastPart
      }
      return Column(.int, count: count, validity: columns[0].validity, .int32(values))
    }
  }

  private static func dayOfMonth(_ name: String) -> ScalarBinding {
    part(name) { Int32($0.components.day) }
  }

  private static func dateText(
    _ name: String, _ body: @escaping @Sendable (CivilDate) -> Substring
  ) -> ScalarBinding {
    rowFunction(name, [.date], .string) { values, _ in
      guard case .date(let date) = values[0] else { return .null }
      return .string(String(body(date)))
    }
  }

  static func timePart(
    _ name: String, _ body: @escaping @Sendable (Int64) -> Int32
  ) -> ScalarBinding {
    function(name, [.timestamp], .int, isTotal: true) { columns, count, _ in
      let values = mapRows(columns[0].int64s) { instant in
        body(Timestamp(microseconds: instant).microsecondOfDay)
      }
      return Column(.int, count: count, validity: columns[0].validity, .int32(values))
    }
  }

  /// `extract(unit FROM x)`, given as the unit's name and the value.
  private static func extraction(_ name: String) -> ScalarBinding {
    ScalarBinding(.takes(.literal(.string), .any)) { arguments throws(Refusal) in
      guard case .string(let unit)? = arguments[0].literal else {
        throw .wrongArguments("the unit must be a literal")
      }
      guard let part = DatePart(unit) else {
        throw .wrongArguments(
          "'\(unit)' is no field of a time; fields are \(DatePart.names.joined(separator: ", "))")
      }
      let inner = try part.function([arguments[1]])
      return ScalarFunction(
        name, [.string] + inner.argumentTypes, inner.resultType, isTotal: inner.isTotal
      ) { columns, count, context in
        try inner.evaluate([columns[1]], count, context)
      }
    }
  }

  /// `unix_timestamp([time[, pattern]])`.
  /// `unix_timestamp(x[, pattern])`; without an argument, where it may be, the seconds of now.
  private static func unixTimestamp(_ name: String, hasNow: Bool) -> ScalarBinding {
    let moment = Parameters.Kind.either([.exactly(.string), .exactly(.date), .exactly(.timestamp)])
    let pattern = Parameters.Kind.exactly(.string)
    return ScalarBinding(
      hasNow ? .takes(optional: moment, pattern) : .takes(moment, optional: pattern)
    ) { arguments throws(Refusal) in
      guard let first = arguments.first else {
        return ScalarFunction(name, [], .bigint, isTotal: true) { _, count, context in
          let seconds = floorDivide(context.clock.now.microseconds, 1_000_000)
          return Column.constant(.integer(seconds), .bigint, count: count)
        }
      }
      if first.type == .string {
        let pattern = arguments.count > 1 ? nil : "yyyy-MM-dd HH:mm:ss"
        return ScalarFunction(name, arguments.map { _ in .string }, .bigint) {
          columns, count, _ in
          try parsedByPattern(columns, count, .timestamp, isTry: false, standard: pattern)
            .cast(to: .bigint, isTry: false)
        }
      }
      let types: [DataType] = [.timestamp, .string]
      return ScalarFunction(name, Array(types.prefix(arguments.count)), .bigint, isTotal: true) {
        columns, _, _ in try columns[0].cast(to: .bigint, isTry: false)
      }
    }
  }

  private static func instant(_ name: String, _ unit: Int64) -> ScalarBinding {
    function(name, .takes(.whole), [.bigint], .timestamp) { columns, count, _ in
      let factor = Column(.bigint, count: count, .int64([Int64](repeating: unit, count: count)))
      return try Column.arithmetic(.multiply, columns[0], factor, as: .bigint, isTry: false)
        .retagged(.timestamp)
    }
  }

  private static func sinceEpoch(_ name: String, _ unit: Int64) -> ScalarBinding {
    function(name, .takes(.exactly(.timestamp)), [.timestamp], .bigint, isTotal: true) {
      columns, count, _ in
      Column(
        .bigint, count: count, validity: columns[0].validity,
        .int64(mapRows(columns[0].int64s) { floorDivide($0, unit) }))
    }
  }

  // MARK: From text

  static let parsers: [(String, ScalarBinding)] = [
    ("to_date", parser("to_date", .date, isTry: false)),
    ("try_to_date", parser("try_to_date", .date, isTry: true)),
    ("date", parser("date", .date, isTry: false)),
    ("to_timestamp", parser("to_timestamp", .timestamp, isTry: false)),
    ("try_to_timestamp", parser("try_to_timestamp", .timestamp, isTry: true)),
    ("timestamp", parser("timestamp", .timestamp, isTry: false)),
  ]

  /// Without a pattern a cast; with one, text that does not match it is an error, or NULL.
  private static func parser(_ name: String, _ type: DataType, isTry: Bool) -> ScalarBinding {
    // Without `to_` it is the cast; a number is seconds, and anything else is read as its text.
    let times: [Parameters.Kind] = [.exactly(.string), .exactly(.date), .exactly(.timestamp)]
    let source = Parameters.Kind.either(
      times + (type == .timestamp ? [.trueNumber, .of(.string)] : [.of(.string)]))
    let parameters: Parameters =
      name == type.sql.lowercased()
      ? .takes(.castable(type)) : .takes(source, optional: .of(.string))
    return ScalarBinding(parameters) { arguments in
      let source = arguments[0].type
      if arguments.count == 1 || source == .date || source == .timestamp {
        let types = arguments.count == 1 ? [source] : [source, .string]
        return ScalarFunction(name, types, type, mayAddNulls: isTry, isTotal: isTry) {
          columns, _, context in
          try columns[0].cast(to: type, isTry: isTry, today: context.clock.now.date)
        }
      }
      return ScalarFunction(name, [.string, .string], type, mayAddNulls: isTry) {
        columns, count, _ in try parsedByPattern(columns, count, type, isTry: isTry, standard: nil)
      }
    }
  }

  /// Texts read by a pattern: the second column's, or `standard`.
  private static func parsedByPattern(
    _ columns: [Column], _ count: Int, _ type: DataType, isTry: Bool, standard: String?
  ) throws -> Column {
    let builder = ColumnBuilder(type, capacity: count)
    let present = validity(of: columns)
    var patterns: [String: DatePattern] = [:]
    for row in 0..<count {
      guard present?[row] ?? true else {
        builder.appendNull()
        continue
      }
      let written = standard ?? columns[1].scalar(at: row).text
      let pattern = try patterns[written] ?? DatePattern(written)
      patterns[written] = pattern
      let text = columns[0].scalar(at: row).text
      if let instant = pattern.instant(in: text) {
        builder.append(type == .date ? .date(instant.date) : .timestamp(instant))
      } else if isTry {
        builder.appendNull()
      } else {
        throw dataFault(
          "'\(text)' does not match the pattern '\(written)'",
          remedy: "correct the value, or use try_to_\(type == .date ? "date" : "timestamp")")
      }
    }
    return builder.finish()
  }
}
