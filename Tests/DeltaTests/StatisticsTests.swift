import Columnar
import Core
import Delta
import TestSupport
import Testing

@Suite struct StatisticsTests {
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `what is skipped holds no wanted row`(seed: UInt64) throws {
    var random = RandomColumns(seed: seed)
    let types = RandomColumns.flatTypes + [.structure([Field("m", .int), Field("s", .string)])]
    let schema = Schema(types.enumerated().map { Field("c\($0)", $1) })
    let test = TestTable()
    try test.table.update(.test()) { try $0.create(TableDefinition(schema: schema)) }
    for round in 0..<4 {
      let columns = types.map { random.column($0, count: 12) }
      try test.table.update(.test(run: "\(round)")) { change in
        try change.append(BatchList(schema, [Batch(schema, columns, rowCount: 12)]))
      }
    }
    let snapshot = try #require(try test.table.snapshot())
    let rows = try snapshot.rows()
    for (position, type) in types.enumerated() where !type.isNested {
      let value = random.scalar(type, distinct: 20)
      for wanted in rows.prefix(4).map({ $0[position] }) + [value] where !isNaN(wanted) {
        let condition: ColumnPredicate.Condition = wanted.isNull ? .isNull : .equal(wanted)
        let found = try snapshot.rows(where: [ColumnPredicate("c\(position)", condition)])
        let expected = rows.filter { $0[position] == wanted }
        #expect(
          found.filter { $0[position] == wanted }.count == expected.count,
          "seed \(seed), \(type.sql) = \(wanted)")
      }
    }
  }

  @Test func `statistics come back from their text`() throws {
    let schema = Schema([
      Field("i", .int), Field("d", .decimal(precision: 12, scale: 2)), Field("s", .string),
      Field("t", .timestamp), Field("day", .date),
      Field("st", .structure([Field("x", .double), Field("b", .binary)])),
    ])
    let text = #"""
      {"numRecords":3,"minValues":{"i":-1,"d":1.10,"s":"a","t":"2017-01-01T00:00:00.5Z",\#
      "day":"2017-01-01","st":{"x":0.5}},"maxValues":{"i":9,"d":99999999.99,"s":"b",\#
      "t":"2017-01-02T00:00:00.123456Z","day":"2017-01-02","st":{"x":1.5}},\#
      "nullCount":{"i":0,"d":0,"s":1,"t":0,"day":3,"st":{"x":0,"b":2}}}
      """#
    let statistics = try #require(FileStatistics(text: text, schema: schema))
    #expect(statistics.rowCount == 3)
    #expect(statistics.columns[["d"]]?.minimum == .decimal(Decimal(unscaled: 110, scale: 2)))
    #expect(statistics.columns[["st", "b"]]?.nullCount == 2)
    #expect(statistics.text(schema: schema) == text)
  }

  @Test func `an old time whose offset was cut to minutes may lie a minute off`() throws {
    let schema = Schema([Field("t", .timestamp)])
    func bounds(_ time: String) throws -> (Scalar?, Scalar?) {
      let text = #"{"minValues":{"t":"\#(time)"},"maxValues":{"t":"\#(time)"}}"#
      let bounds = try #require(FileStatistics(text: text, schema: schema)?.columns[["t"]])
      return (bounds.minimum, bounds.maximum)
    }
    func time(_ text: String) throws -> Scalar {
      .timestamp(try #require(Timestamp(parsing: text)))
    }
    let old = try bounds("1850-01-01T00:00:00.000000-00:07")
    #expect(try old.0 == time("1850-01-01 00:06:00") && old.1 == time("1850-01-01 00:08:00"))
    let new = try bounds("2024-01-01T00:00:00.000000-05:00")
    #expect(try new.0 == time("2024-01-01 05:00:00") && new.1 == time("2024-01-01 05:00:00"))
    let plain = try bounds("1850-01-01T00:00:00.000000Z")
    #expect(try plain.0 == time("1850-01-01 00:00:00") && plain.1 == plain.0)
  }

  @Test func `a time cut to milliseconds stands for its whole millisecond`() throws {
    let schema = Schema([Field("t", .timestamp)])
    let time = #"{"t":"2017-01-01T00:00:00.123Z"}"#
    let text = #"{"minValues":\#(time),"maxValues":\#(time)}"#
    let bounds = try #require(FileStatistics(text: text, schema: schema)?.columns[["t"]])
    #expect(bounds.minimum == .timestamp(Timestamp(microseconds: 1_483_228_800_123_000)))
    #expect(bounds.maximum == .timestamp(Timestamp(microseconds: 1_483_228_800_123_999)))
  }

  @Test func `long texts are cut below and raised above`() throws {
    let test = TestTable()
    let schema = Schema([Field("s", .string)])
    let long = String(repeating: "x", count: 40)
    let high = String(repeating: "y", count: 32) + "é"
    try test.table.update(.test()) { change in
      try change.overwriteAll(
        BatchList(schema, [Batch(schema, rows: [[.string(long)], [.string(high)]])]),
        as: TableDefinition(schema: schema))
    }
    let file = try #require(try test.table.snapshot()).files[0]
    let statistics = FileStatistics(text: file.statisticsText ?? "", schema: schema)
    let bounds = try #require(statistics?.columns[["s"]])
    #expect(bounds.minimum == .string(String(long.prefix(32))))
    #expect(bounds.maximum == .string(high.prefix(32) + "\u{10FFFF}"))
  }

  @Test func `damaged statistics are as good as none`() {
    let schema = Schema([Field("i", .int)])
    #expect(FileStatistics(text: "{\"numRec", schema: schema) == nil)
    let odd = FileStatistics(text: #"{"minValues":{"i":"x"},"maxValues":7}"#, schema: schema)
    #expect(odd?.columns.isEmpty == true)
  }

  private func isNaN(_ value: Scalar) -> Bool {
    if case .double(let number) = value { number.isNaN } else { false }
  }
}

extension DataType {
  fileprivate var isNested: Bool { layout == .structure || layout == .list }
}
