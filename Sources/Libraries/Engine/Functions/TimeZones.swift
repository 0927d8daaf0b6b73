import Columnar
import Core

extension FunctionCatalog {
  /// Clocks of other zones. A TIMESTAMP is an instant in UTC; what these give shows a zone's clocks
  /// as if they showed UTC, so that its day and hour can be taken.
  static let timeZones: [(String, ScalarBinding)] = [
    (
      "from_utc_timestamp",
      function("from_utc_timestamp", [.timestamp, .string], .timestamp) { columns, count, _ in
        try shifted(columns, zones: [1], count) { $1[0].localTime(at: $0) }
      }
    ),
    (
      "to_utc_timestamp",
      function("to_utc_timestamp", [.timestamp, .string], .timestamp) { columns, count, _ in
        try shifted(columns, zones: [1], count) { $1[0].instant(ofLocal: $0) }
      }
    ),
    ("convert_timezone", conversion),
  ]

  /// `convert_timezone([source,] target, time)`: the source is UTC unless it is given.
  private static let conversion = ScalarBinding(
    .takes(.of(.string), .any, optional: .of(.timestamp))
  ) { arguments throws(Refusal) in
    if arguments.count == 2 {
      return try function("convert_timezone", [.string, .timestamp], .timestamp) {
        columns, count, _ in
        try shifted([columns[1], columns[0]], zones: [1], count) { $1[0].localTime(at: $0) }
      }(arguments)
    }
    return try function("convert_timezone", [.string, .string, .timestamp], .timestamp) {
      columns, count, _ in
      try shifted([columns[2], columns[0], columns[1]], zones: [1, 2], count) { time, zones in
        zones[0].instant(ofLocal: time).flatMap { zones[1].localTime(at: $0) }
      }
    }(arguments)
  }

  /// The first column's times, each turned by the zones that other columns name.
  private static func shifted(
    _ columns: [Column], zones: [Int], _ count: Int,
    _ shift: (Timestamp, [ZoneRules]) -> Timestamp?
  ) throws -> Column {
    let present = validity(of: columns)
    let times = columns[0].int64s
    let constants = zones.compactMap { columns[$0].constantBytes }
    let fixed: [ZoneRules]? =
      constants.count == zones.count
      ? try constants.map { try zone(String(decoding: $0, as: UTF8.self)) } : nil
    let values = try fillRows(count) { row -> Int64 in
      guard present?[row] ?? true else { return 0 }
      let rules = try fixed ?? zones.map { try zone(columns[$0].scalar(at: row).text) }
      let time = Timestamp(microseconds: times[row])
      guard let shifted = shift(time, rules) else {
        throw endOfCalendar("\(time.sparkText) in another zone", .timestamp)
      }
      return shifted.microseconds
    }
    return Column(.timestamp, count: count, validity: present, .int64(values))
  }

  /// The zone called `name`; `.data` when there is none.
  static func zone(_ name: String) throws(Fault) -> ZoneRules {
    guard let zone = ZoneRules.named(name) else { throw ZoneRules.unknown(name) }
    return zone
  }
}
