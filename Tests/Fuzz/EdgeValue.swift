import Columnar
import Core
import Engine

/// A value at an end of its type, or beside a place where arithmetic turns.
struct EdgeValue: Sendable {
  /// The value as it is written in SQL.
  let sql: String
  let type: DataType
  let scalar: Scalar

  /// The value as a literal; nil for text that no literal can hold.
  var literal: Scalar? {
    if case .binary = scalar, type == .string { return nil }
    return scalar
  }

  init(_ sql: String, _ type: DataType, _ scalar: Scalar) {
    self.sql = sql
    self.type = type
    self.scalar = scalar
  }

  static let all: [EdgeValue] = [
    nulls, truths, whole, reals, decimals, texts, binaries, days, instants, intervals, nested,
  ].flatMap { $0 }

  /// The values of each type.
  static let ofType: [DataType: [EdgeValue]] = Dictionary(grouping: all) { $0.type }
  static let types: [DataType] = all.reduce(into: []) { types, value in
    if !types.contains(value.type) { types.append(value.type) }
  }

  private static let nulls: [EdgeValue] = [
    EdgeValue("NULL", .null, .null), EdgeValue("CAST(NULL AS BIGINT)", .bigint, .null),
    EdgeValue("CAST(NULL AS DATE)", .date, .null),
    EdgeValue("CAST(NULL AS STRING)", .string, .null),
  ]

  private static let truths: [EdgeValue] = [
    EdgeValue("TRUE", .boolean, .boolean(true)), EdgeValue("FALSE", .boolean, .boolean(false)),
  ]

  private static let whole: [EdgeValue] = [
    integers([-128, -1, 0, 1, 127], "Y", .tinyint),
    integers([-32_768, -1, 0, 1, 32_767], "S", .smallint),
    integers(
      [
        -2_147_483_648, -2_147_483_647, -9_999, -64, -38, -1, 0, 1, 2, 3, 7, 12, 31, 37, 60, 64,
        366, 400, 1_900, 9_999, 2_147_483_646, 2_147_483_647,
      ], "", .int),
    integers(
      [
        .min, .min + 1, -9_223_372_036_855, -2_147_483_649, -63, -1, 0, 1, 2, 63, 64,
        2_147_483_648, 253_402_300_800, 9_223_372_036_854, 9_223_372_036_855, .max - 1, .max,
      ], "L", .bigint),
  ].flatMap { $0 }

  private static func integers(
    _ values: [Int64], _ suffix: String, _ type: DataType
  ) -> [EdgeValue] {
    values.map { EdgeValue("\($0)\(suffix)", type, .integer($0)) }
  }

  private static let reals: [EdgeValue] = {
    let types: [DataType] = [.double, .float]
    let special: [EdgeValue] = ["NaN", "Infinity", "-Infinity"].flatMap { word -> [EdgeValue] in
      let value = Scalar.double(Double(word)!)
      return types.map { EdgeValue("CAST('\(word)' AS \($0.sql))", $0, value) }
    }
    let wide: [Double] = [
      0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, .leastNonzeroMagnitude, 1e-40, 1e15, 1e18,
      9.223372036854775807e18, -9.223372036854775808e18, 1.8e19, 1e38, 1e39, 1e308, -1e308,
      .greatestFiniteMagnitude,
    ]
    let narrow: [Double] = [-0.0, 0.1, 1, -2.5, 3.0e38, 1e-45]
    return special + wide.map { EdgeValue("\($0)D", .double, .double($0)) }
      + narrow.map { value -> EdgeValue in
        EdgeValue("CAST(\(value)D AS FLOAT)", .float, .double(Double(Float(value))))
      }
  }()

  private static let decimals: [EdgeValue] = {
    let shapes: [(Int, Int)] = [
      (38, 0), (38, 18), (38, 38), (20, 0), (18, 18), (18, 2), (9, 4), (1, 0), (1, 1),
    ]
    return shapes.flatMap { precision, scale -> [EdgeValue] in
      let nines: Int128 = Decimal.power(precision - 1) * 9 + (Decimal.power(precision - 1) - 1)
      let type = DataType.decimal(precision: precision, scale: scale)
      let values: [Int128] = [nines, -nines, 1, -1, 0, nines / 2 + 1]
      return values.map { unscaled -> EdgeValue in
        let decimal = Decimal(unscaled: unscaled, scale: scale)
        return EdgeValue("CAST('\(decimal)' AS \(type.sql))", type, .decimal(decimal))
      }
    }
  }()

  private static let texts: [EdgeValue] = {
    let texts: [String] = [
      "", " ", "a", "-", "0", "1.5", "-9223372036854775808", "9223372036854775808", "1e400",
      "1e-400", "99999999999999999999999999999999999999", "NaN", "-Infinity", "true", "2024-02-29",
      "20260301", "0001-01-01", "9999-12-31 23:59:59.999999", "9999999-12-31", "-9999999-01-01",
      "5881580-07-11", "+294247-01-10T04:00:54.775807", "-290308-12-21", "12:30", "UTC", "+18:00",
      "-18:00", "Europe/Berlin", "Pacific/Kiritimati", "year", "quarter", "week", "MONTH", "second",
      "microsecond", "Monday", "yyyy-MM-dd HH:mm:ss", "D y", "yyyyyyyyyyyyy", "G E q a h K k z O",
      "SSSSSSSSSSSS", "#,###.00", "999", "0.0", "S$999,099.99PR", "%", "%_", "[", "(a|b)*", "\u{0}",
      "é😀ß", "İı", "$.a[0]", "$", "{\"a\":[1,9223372036854775808]}", "[1,null]", "a INT",
      "a DATE, b TIMESTAMP, c DECIMAL(38,38)", "<a>", "https://u:p@h:99999/p?q=1#f", "AQ==",
      "utf-8",
      String(repeating: "9", count: 400), String(repeating: "é", count: 2_000),
    ]
    // What is read as a STRING need not be text.
    let broken: [[UInt8]] = [
      [0x80, 0x80, 0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F],
    ]
    return texts.map { EdgeValue(quoted($0), .string, .string($0)) }
      + broken.map { EdgeValue("CAST(\(hexadecimal($0)) AS STRING)", .string, .binary($0)) }
  }()

  private static func quoted(_ text: String) -> String {
    let escaped = text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : $0 == "\0" ? "\\0" : "\($0)" }
    return "'\(escaped.joined())'"
  }

  private static let binaries: [EdgeValue] = {
    let binaries: [[UInt8]] = [[], [0], [0xFF, 0xFE], [UInt8](repeating: 0x80, count: 70)]
    return binaries.map { bytes in
      EdgeValue(hexadecimal(bytes), .binary, .binary(bytes))
    }
  }()

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
    return "X'\(digits.joined())'"
  }

  /// Ends of what 32 bits, 64 bits of microseconds, and four digits of a year hold; turns of years.
  private static let days: [EdgeValue] =
    ([
      Int32.min, Int32.min + 1, Int32.min + 400, -106_751_992, -106_751_991, -719_529, -719_528,
      -719_162, -141_428, -1, 0, 1, 19_782, 2_932_896, 2_932_897, 106_751_991, 106_751_992,
      Int32.max - 400, Int32.max - 1, Int32.max,
    ] as [Int32]).map { day -> EdgeValue in
      EdgeValue("date_from_unix_date(\(day))", .date, .date(CivilDate(dayNumber: day)))
    }

  private static let instants: [EdgeValue] =
    ([
      Int64.min, .min + 1, .min + 999_999, .min + 86_400_000_000, -62_135_596_800_000_000,
      -86_400_000_001, -1_000_001, -1, 0, 1, 1_709_164_800_000_000, 253_402_300_799_999_999,
      253_402_300_800_000_000, .max - 86_400_000_000, .max - 999_999, .max - 1, .max,
    ] as [Int64]).map { instant -> EdgeValue in
      let value = Scalar.timestamp(Timestamp(microseconds: instant))
      return EdgeValue("timestamp_micros(\(instant)L)", .timestamp, value)
    }

  private static let intervals: [EdgeValue] = {
    let calendar: [Int64] = [Int64(Int32.min), -1, 0, 1, 106_751_991, Int64(Int32.max)]
    let clock: [Int64] = [-9_223_372_036_854, -1, 0, 1, 9_223_372_036_854]
    let months = calendar.map { count -> EdgeValue in
      let parts: [Scalar] = [.integer(count), .integer(0), .integer(0)]
      return EdgeValue("INTERVAL '\(count)' MONTH", .interval, .structure(parts))
    }
    let days = calendar.map { count -> EdgeValue in
      let parts: [Scalar] = [.integer(0), .integer(count), .integer(0)]
      return EdgeValue("INTERVAL '\(count)' DAY", .interval, .structure(parts))
    }
    return months + days
      + clock.map { count -> EdgeValue in
        let parts: [Scalar] = [.integer(0), .integer(0), .integer(count * 1_000_000)]
        return EdgeValue("INTERVAL '\(count)' SECOND", .interval, .structure(parts))
      }
  }()

  private static let nested: [EdgeValue] = {
    let ints = DataType.array(element: .int, containsNull: true)
    let texts = DataType.array(element: .string, containsNull: true)
    let reals = DataType.array(element: .double, containsNull: true)
    let pair = DataType.map(key: .string, value: .bigint, valueContainsNull: true)
    let row = DataType.structure([Field("x", .int), Field("y", .date)])
    return [
      EdgeValue("array()", .array(element: .null, containsNull: false), .list([])),
      EdgeValue(
        "array(1, NULL, -2147483648)", ints, .list([.integer(1), .null, .integer(-1 << 31)])),
      EdgeValue("array(2147483647)", ints, .list([.integer(1 << 31 - 1)])),
      EdgeValue("array('b', NULL, '')", texts, .list([.string("b"), .null, .string("")])),
      EdgeValue(
        "array(CAST('NaN' AS DOUBLE), NULL, -0.0D, 1e308D)", reals,
        .list([.double(.nan), .null, .double(-0.0), .double(1e308)])),
      EdgeValue(
        "map('a', 9223372036854775807L, '', CAST(NULL AS BIGINT))", pair,
        .list([
          .structure([.string("a"), .integer(.max)]), .structure([.string(""), .null]),
        ])),
      EdgeValue(
        "named_struct('x', -2147483648, 'y', date_from_unix_date(2147483647))", row,
        .structure([.integer(-1 << 31), .date(CivilDate(dayNumber: .max))])),
    ]
  }()
}
