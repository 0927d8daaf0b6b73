import Columnar
import Compression
import Core
import TestSupport
import Testing
import TextFormats

@Suite struct CSVReaderTests {
  private let three = [Field("a", .string), Field("b", .string), Field("c", .string)]

  @Test func `fields are split by RFC 4180`() throws {
    let text = "1,\"two, \"\"quoted\"\"\",three\r\n\"line\nbreak\",,\"\"\né,\"\",last"
    #expect(
      try read(text, three)
        == ["1|two, \"quoted\"|three", "line\nbreak|-|", "é||last"])
  }

  @Test func `a header finds its columns, in whatever order`() throws {
    let options = CSVOptions(header: true)
    #expect(try read("C,extra,a\n3,x,1\n", three, options) == ["1|-|3"])
    #expect(
      try read(" Order ID ,qty\n7,2\n", [Field("order_id", .int), Field("qty", .int)], options)
        == ["7|2"])
    #expect(try read("a,b,c\n", three, options) == [])
    #expect(try read("", three, options) == [])
    let fault = #expect(throws: Fault.self) { try read("x,y\n1,2\n", three, options) }
    #expect(fault?.place == Place("x.csv", line: 1))
  }

  @Test(
    arguments: [
      (.int, "5|-5| 7 |1.5|x|2147483648", "5|-5|7|-|-|-"),
      (.bigint, "9223372036854775807|1e3", "9223372036854775807|-"),
      (.decimal(precision: 6, scale: 2), "1.005|1e2|\"1,234.5\"|99999", "1.01|100.00|1234.50|-"),
      (.decimal(precision: 20, scale: 1), "1.25|-", "1.3|-"),
      (.double, "0.1|NaN|x", "0.1|nan|-"), (.boolean, "true|FALSE|yes", "true|false|-"),
      (.date, "2025-01-02|02/01/2025", "2025-01-02|-"),
      (.timestamp, "2025-01-02 03:04:05|noon", "2025-01-02T03:04:05Z|-"),
      (.string, "\"\"||NULL", "|-|NULL"),
    ] as [(DataType, String, String)])
  func `a field that does not suit its type is NULL`(
    _ type: DataType, _ fields: String, _ expected: String
  ) throws {
    let lines = fields.split(separator: "|", omittingEmptySubsequences: false)
    let text = lines.map { "\($0),x\n" }.joined()
    let rows = try read(text, [Field("v", type), Field("w", .string)])
    #expect(rows.map { $0.dropLast(2) }.joined(separator: "|") == expected)
  }

  @Test(
    arguments: [
      ("de-DE", "1.234,50", "1234.50"), ("de-DE", "-0,5", "-0.50"), ("de-DE", "1,234.50", "-"),
      ("fr-FR", "1\u{202F}234,5", "1234.50"), ("fr-FR", "1\u{A0}234,5", "1234.50"),
      ("fr-FR", "1.5", "-"), ("de-CH", "1’234.5", "1234.50"), ("en-GB", "1,234.5", "1234.50"),
      ("en-US", "1.5", "1.50"), ("sv-SE", "12", "12.00"),
    ])
  func `numbers are written as a locale has them`(
    _ locale: String, _ text: String, _ expected: String
  ) throws {
    let options = try CSVOptions(spark: ["locale": locale, "sep": ";"])
    #expect(
      try read("\(text);x\n", [Field("v", .decimal(precision: 9, scale: 2)), three[0]], options)
        == ["\(expected)|x"])
  }

  @Test(
    arguments: [
      ([:], "-|-|x"), (["nullValue": "x"], "|-|-"), (["emptyValue": "none"], "none|-|x"),
      (["emptyValue": "x", "nullValue": "x"], "-|-|-"),
    ])
  func `a quoted empty field is what Spark makes of it`(
    _ options: [String: String], _ expected: String
  ) throws {
    #expect(try read("\"\",,x\n", three, try CSVOptions(spark: options)) == [expected])
  }

  @Test func `options that cannot be honoured are named`() {
    for options in [
      ["encoding": "EBCDIC"], ["locale": "de_DE"], ["locale": "tlh"], ["sep": ";;"],
    ] {
      let fault = #expect(throws: Fault.self) { try CSVOptions(spark: options) }
      #expect(fault?.kind == .configuration && fault?.remedy.isEmpty == false, "\(options)")
    }
  }

  @Test func `a trailer is the last record, and no row`() throws {
    var options = CSVOptions(header: true)
    options.trailerMark = "END"
    options.batchRowCount = 2
    for count in 0...5 {
      let rows = (0..<count).map { "\($0),x,y\n" }.joined()
      let reader = try CSVReader(
        MemoryBytes([Array("a,b,c\n\(rows)END,\"\(count)\"\n\n".utf8)]), schema: Schema(three),
        options: options, at: Place("x.csv"))
      var found = 0
      while let batch = try reader.next() { found += batch.rowCount }
      #expect(found == count)
      #expect(reader.trailer?.fields == ["END", "\(count)"])
      #expect(reader.trailer?.line == Int64(count + 2))
      let fault = #expect(throws: Fault.self) {
        try read("a,b,c\n\(rows)END,1\nmore,b,c\n", three, options)
      }
      #expect(fault?.kind == .data && fault?.place?.line == count + 3)
    }
  }

  @Test func `what is wrong with a record is told, and the rest of it kept`() throws {
    var options = CSVOptions(lineNumberColumn: "line", problemColumn: "problem")
    options.rawColumn = "raw"
    let text = "1,x\n1\n1,x,y\n1,x \"y\" z\n1,\"x\" y\nz,w\n1,\"open\n2,q\n"
    #expect(
      try read(text, [Field("n", .int), Field("t", .string)], options) == [
        "1|x|1,x|1|-", "1|-|1|2|1 field instead of 2", "1|x|1,x,y|3|3 fields instead of 2",
        "1|x \"y\" z|1,x \"y\" z|4|a quote stands inside a field that is not quoted",
        "1|\"x\" y|1,\"x\" y|5|a quote stands inside a field that is not quoted",
        "-|w|z,w|6|'n' is no INT", "-|-|1,\"open|7|a quote is not closed", "2|q|2,q|8|-",
      ])
  }

  @Test func `a corrupt record column holds the text of flawed records only`() throws {
    let fields = [Field("n", .int), Field("_corrupt_record", .string), Field("t", .string)]
    #expect(try read("1,x\ny,z\n", fields) == ["1|-|x", "-|y,z|z"])
  }

  @Test func `Spark's options are taken, and what cannot be is refused`() throws {
    let options = try CSVOptions(spark: [
      "HEADER": "true", "delimiter": ";", "quote": "'", "escape": "\\\\", "nullValue": "NA",
      "comment": "#", "inferSchema": "false",
    ])
    #expect(
      try read("a;b;c\n# no record\n'it\\'s';NA;'x;y'\n", three, options) == ["it's|-|x;y"])
    let tabs = try CSVOptions(spark: ["sep": "\\t"])
    #expect(try read("a\tb\n", [three[0], three[1]], tabs) == ["a|b"])
    for (name, value) in [("sep", "||"), ("encoding", "EBCDIC"), ("mode", "FAILFAST")] {
      let fault = #expect(throws: Fault.self) { try CSVOptions(spark: [name: value]) }
      #expect(fault?.kind == .configuration)
    }
  }

  @Test func `blank lines are passed over, but where there is one column`() throws {
    #expect(try read("1,2,3\n\n  \n4,5,6\n", three) == ["1|2|3", "4|5|6"])
    #expect(try read("1\n\n2\n", [three[0]]) == ["1", "-", "2"])
  }

  @Test func `bytes that are not UTF-8 are replaced and told of`() throws {
    let reader = try CSVReader(
      MemoryBytes([Array("a,".utf8) + [0xFF] + Array("\nb,c\n".utf8)]),
      schema: Schema([three[0], three[1]]), options: CSVOptions(problemColumn: "problem"),
      at: Place("x.csv"))
    let batch = try #require(try reader.next())
    #expect(cells(batch) == ["a|\u{FFFD}|the record is not UTF-8", "b|c|-"])
    #expect(reader.flawedRecordCount == 1)
  }

  @Test func `a record that is too long is cut and told of, those around it are read`() throws {
    var options = CSVOptions(lineNumberColumn: "line", problemColumn: "problem")
    options.maximumRecordLength = 50
    let long = String(repeating: "x", count: 5_000)
    let text = "1,2,3\n\(long),\(long),\n4,5,6\n\"\(long)\n7,8,9\n"
    for pieceByteCount in [1, 7, 100_000] {
      let rows = try read(text, three, options, pieceByteCount: pieceByteCount)
      #expect(rows.count == 5)
      #expect(rows.first == "1|2|3|1|-")
      #expect(rows.dropFirst().first == "-|-|-|2|the record is longer than 50 bytes")
      #expect(rows.dropFirst(2).first == "4|5|6|3|-")
      #expect(rows.last == "7|8|9|5|-")
    }
  }

  @Test(arguments: [Codec.none, .gzip, .zstd])
  func `batches hold all records, whatever the compression`(_ codec: Codec) throws {
    let text = (0..<20_000).map { "\($0),\"a\nb\",c\n" }.joined()
    let reader = try CSVReader(
      MemoryBytes([try codec.compress(block: Array(text.utf8))]), schema: Schema(three),
      columns: ["a"], options: CSVOptions(lineNumberColumn: "line"), at: Place("x"))
    var next = 0
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        guard cells(batch, row) == "\(next)|\(next * 2 + 1)" else {
          Issue.record("row \(next)")
          return
        }
        next += 1
      }
    }
    #expect(next == 20_000)
  }

  private func read(
    _ text: String, _ fields: [Field], _ options: CSVOptions = CSVOptions(),
    pieceByteCount: Int = 1 << 20
  ) throws -> [String] {
    var rest = Array(text.utf8)[...]
    var pieces: [[UInt8]] = []
    while !rest.isEmpty {
      pieces.append(Array(rest.prefix(pieceByteCount)))
      rest = rest.dropFirst(pieceByteCount)
    }
    let reader = try CSVReader(
      MemoryBytes(pieces), schema: Schema(fields), options: options, at: Place("x.csv"))
    var rows: [String] = []
    while let batch = try reader.next() { rows += cells(batch) }
    return rows
  }
}

/// Each row's values, joined by bars.
func cells(_ batch: Batch) -> [String] { (0..<batch.rowCount).map { cells(batch, $0) } }

func cells(_ batch: Batch, _ row: Int) -> String {
  batch.scalars(at: row).map(show).joined(separator: "|")
}
