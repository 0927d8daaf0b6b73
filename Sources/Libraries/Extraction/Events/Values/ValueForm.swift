import Core

/// How the values of a column are written in events, which decides the text that bronze keeps.
///
/// Connectors name what a column means: `io.debezium.time.MicroTimestamp` is a number that counts
/// microseconds since 1970. A column without such a name is written as it stands.
indirect enum ValueForm: Hashable, Sendable {
  /// As it stands: texts, numbers with all their digits, `true` and `false`, JSON for what has
  /// parts.
  case plain
  /// Days since 1970, by the number of such units in a day.
  case date(unitsPerDay: Int64)
  /// Units since midnight, by their number in a second.
  case timeOfDay(unitsPerSecond: Int64)
  /// Units since 1970 of a clock that tells no zone.
  case localTime(unitsPerSecond: Int64)
  /// ISO 8601 with a zone, brought to UTC.
  case zonedTime
  /// ISO 8601 whose zone says nothing.
  case isoLocalTime
  /// A time of day with a zone.
  case isoTimeOfDay
  case isoDate
  /// Units of a duration, by their number in a second.
  case duration(unitsPerSecond: Int64)
  /// A duration in ISO 8601.
  case interval
  /// Base64 of an unscaled number, or the number itself.
  case decimal(scale: Int)
  /// A scale, and base64 of an unscaled number.
  case scaledDecimal
  /// Bytes in base64, or in hexadecimal digits.
  case base64
  case hexadecimal
  /// Base64 of bits, the lowest byte first; of as many as the column has, or nil.
  case bits(count: Int?)
  /// An array, as PostgreSQL spells it.
  case array(ValueForm)
  /// A shape, as well-known binary.
  case geometry
  /// A point: `(x,y)`.
  case point
}

extension ValueForm {
  private static let millisecondsPerDay: Int64 = 86_400_000

  /// The form that a name of Debezium or Connect stands for; nil for names that say nothing of how
  /// a value is written. A decimal says its scale and bits their count as `number`.
  init?(named name: String, _ number: Int?) {
    switch name {
    case "io.debezium.time.Date": self = .date(unitsPerDay: 1)
    case "org.apache.kafka.connect.data.Date": self = .date(unitsPerDay: 1)
    case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time":
      self = .timeOfDay(unitsPerSecond: 1_000)
    case "io.debezium.time.MicroTime": self = .timeOfDay(unitsPerSecond: 1_000_000)
    case "io.debezium.time.NanoTime": self = .timeOfDay(unitsPerSecond: 1_000_000_000)
    case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp":
      self = .localTime(unitsPerSecond: 1_000)
    case "io.debezium.time.MicroTimestamp": self = .localTime(unitsPerSecond: 1_000_000)
    case "io.debezium.time.NanoTimestamp": self = .localTime(unitsPerSecond: 1_000_000_000)
    case "io.debezium.time.ZonedTimestamp": self = .zonedTime
    case "io.debezium.time.ZonedTime": self = .isoTimeOfDay
    case "io.debezium.time.IsoDate": self = .isoDate
    case "io.debezium.time.IsoTime": self = .isoTimeOfDay
    case "io.debezium.time.IsoTimestamp": self = .isoLocalTime
    case "io.debezium.time.MicroDuration": self = .duration(unitsPerSecond: 1_000_000)
    case "io.debezium.time.NanoDuration": self = .duration(unitsPerSecond: 1_000_000_000)
    case "io.debezium.time.Interval": self = .interval
    case "org.apache.kafka.connect.data.Decimal": self = .decimal(scale: number ?? 0)
    case "io.debezium.data.VariableScaleDecimal": self = .scaledDecimal
    case "io.debezium.data.Bits": self = .bits(count: number)
    case "io.debezium.data.geometry.Point": self = .point
    case "io.debezium.data.geometry.Geometry", "io.debezium.data.geometry.Geography":
      self = .geometry
    case "base64", "bytes": self = .base64
    case "hex": self = .hexadecimal
    case "io.debezium.time.Year", "io.debezium.data.Json", "io.debezium.data.Xml",
      "io.debezium.data.Uuid", "io.debezium.data.Enum", "io.debezium.data.EnumSet",
      "io.debezium.data.Ltree":
      self = .plain
    default: return nil
    }
  }

  /// Reads what `sources.yml` says of a column: a name, with its number in brackets where it has
  /// one (`org.apache.kafka.connect.data.Decimal(2)`); nil when that is no form.
  init?(declared text: String) {
    guard let bracket = text.firstIndex(of: "("), text.last == ")" else {
      self.init(named: text, nil)
      return
    }
    guard let number = Int(text[text.index(after: bracket)...].dropLast()),
      ValueForm.numbers.contains(number)
    else { return nil }
    self.init(named: String(text[..<bracket]), number)
  }

  /// What a scale and a count of bits may be; more are no column's.
  static let numbers = -100_000...100_000
}
