import Columnar
import Compression
import Core
import TestSupport
import Testing
import TextFormats

@Suite struct JSONLinesReaderTests {
  @Test(
    arguments: [
      (.int, #"[2,"2",1.7,1e3,2147483648,-5,true,null]"#, "2,-,-,-,-,-5,-,-"),
      (.tinyint, "[127,128,-128,-129]", "127,-,-128,-"),
      (
        .bigint, "[9223372036854775807,9223372036854775808,-9223372036854775808]",
        "9223372036854775807,-,-9223372036854775808"
      ),
      (
        .decimal(precision: 5, scale: 2), #"["1.25",1.5,1.005,1000,"1,234.5"," 1","x",1e2,[1]]"#,
        "1.25,1.50,1.01,-,-,-,-,100.00,-"
      ),
      (
        .decimal(precision: 8, scale: 2), #"["1,234.5","2,50","1234,5","-1,234","1,2,3.4",",5"]"#,
        "1234.50,-,-,-1234.00,-,-"
      ),
      (
        .decimal(precision: 38, scale: 0), "[99999999999999999999999999999999999999]",
        "99999999999999999999999999999999999999"
      ),
      (.double, #"[1,0.1,1e400,"NaN","-Infinity","1.5",true]"#, "1.0,0.1,inf,nan,-inf,-,-"),
      (.float, "[0.1]", "0.10000000149011612"),
      (.boolean, #"[true,false,"true",1]"#, "true,false,-,-"),
      (
        .string, #"["a\u00e9",1.50,true,{"a": [1, 2]},[1 ,2],null,""]"#,
        #"aé,1.50,true,{"a": [1, 2]},[1 ,2],-,"#
      ),
      (.date, #"["2025-01-02","2025-01-02 junk","2025-02-30",5]"#, "2025-01-02,2025-01-02,-,-"),
      (
        .timestamp, #"["2025-01-02T03:04:05.5+02:00",1.5,60,"junk",""]"#,
        "2025-01-02T01:04:05.5Z,-,1970-01-01T00:01:00Z,-,-"
      ),
      (.binary, #"["AQID","AQ==","","A","é"]"#, "[1, 2, 3],[1],[],-,-"),
      (.null, #"[1,"x",{}]"#, "-,-,-"),
    ] as [(DataType, String, String)])
  func `a value that does not suit its type is NULL`(
    _ type: DataType, _ values: String, _ expected: String
  ) throws {
    let elements = try elements(of: values)
    let lines = elements.map { "{\"v\":\($0)}\n" }.joined()
    let batch = try #require(try read(lines, [Field("v", type)]))
    #expect(batch.columns[0].scalars.map(show).joined(separator: ",") == expected)
  }

  @Test func `names are exact, extra members ignored, missing ones NULL, the last of two counts`()
    throws
  {
    let batch = try #require(
      try read(
        #"{"A":9,"x":{"a":1},"a":1,"b":2}"# + "\n" + #"{"b":3,"b":"x","a":5,"a":6}"# + "\n{}",
        [Field("a", .int), Field("b", .int)]))
    #expect(rows(batch) == ["1,2", "6,-", "-,-"])
  }

  @Test(arguments: [
    (#"{"Unit Price":1,"SKU":2}"#, "1,2"), (#"{"sku":1,"SKU":2,"unit_price":3}"#, "3,1"),
    (#"{"SKU":2,"sku":1}"#, "-,1"), (#"{"Sku":1,"SKU":2}"#, "-,-"),
    (#"{"Sku":1,"SKU":2,"sku":3}"#, "-,3"), (#"{"s-k-u":1,"SKU":2}"#, "-,2"),
    (#"{"SKU":2,"s-k-u":1}"#, "-,2"), (#"{"Unit Price":1,"unitprice":2}"#, "-,-"),
  ])
  func `a name is a column's whose it is, else the one most like it`(
    _ line: String, _ wanted: String
  ) throws {
    let fields = [Field("unit_price", .int), Field("sku", .int)]
    for text in [line + "\n", "\(line)\n{}\n\(line)\n", "{\"x\":{\"Sku\":7},\"sku\":8}\n\(line)\n"]
    {
      let batch = try #require(try read(text, fields))
      #expect(rows(batch).last == wanted, "\(text)")
    }
  }

  @Test func `a name may be empty`() throws {
    let batch = try #require(
      try read(#"{"":1,"a":2}"# + "\n" + #"{"a":3}"#, [Field("", .int), Field("a", .int)]))
    #expect(rows(batch) == ["1,2", "-,3"])
  }

  @Test func `a malformed line is a row of NULLs and does not spoil its neighbours`() throws {
    let text = """
      {"a":1,"b":[1,2]}

      {"a":2,"b":[3,4
      {"a":"unclosed}
      nonsense
      {"a":3,"b":[5]} trailing
      "text"
      {"a":4,"b":[6]}\r
         \t
      {"a":01}
      {"a":5,}
      {"a":6,"b":[1,"x"]}
      """
    let schema = [
      Field("a", .int), Field("b", .array(element: .int, containsNull: true)),
      Field("_corrupt_record", .string),
    ]
    let options = JSONLinesOptions(rawColumn: "raw", lineNumberColumn: "line")
    let batch = try #require(try read(text, schema, options: options))
    #expect(batch.schema.names == ["a", "b", "_corrupt_record", "raw", "line"])
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var expected: [String] = []
    for (index, line) in lines.enumerated() {
      let text = String(line.last == UInt8(ascii: "\r") ? line.dropLast() : line) ?? ""
      if text.allSatisfy({ $0 == " " || $0 == "\t" }) { continue }
      let good = [0: "1,[1, 2],-", 7: "4,[6],-", 11: "6,-,\(text)"]
      expected.append("\(good[index] ?? "-,-,\(text)"),\(text),\(index + 1)")
    }
    #expect(rows(batch) == expected)
  }

  @Test func `bytes that are not UTF-8 lose their line only`() throws {
    let bytes = Array("{\"a\":1}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}\n{\"a\":3}\n".utf8)
    let reader = try JSONLinesReader(
      MemoryBytes([bytes]), schema: Schema([Field("a", .int)]),
      options: JSONLinesOptions(rawColumn: "raw"), at: Place("x.json"))
    let batch = try #require(try reader.next())
    #expect(rows(batch) == ["1,{\"a\":1}", "-,{\"a\":\"\u{FFFD}\"}", "3,{\"a\":3}"])
    #expect(reader.malformedLineCount == 1)
  }

  @Test func `nested values fill nested columns, and bad ones spoil as little as they must`() throws
  {
    let line: DataType = .structure([Field("sku", .string), Field("qty", .int)])
    let schema = [
      Field("lines", .array(element: line, containsNull: true)),
      Field("m", .map(key: .string, value: .int, valueContainsNull: true)), Field("s", line),
    ]
    let batch = try #require(
      try read(
        """
        {"lines":[{"sku":"a","qty":1},{"qty":"x","sku":"b"},null,{}],"m":{"k":1,"l":null},"s":{}}
        {"lines":{"sku":"a"},"m":{"k":"x","l":2},"s":[1]}
        {"lines":[{"sku":"c"},7],"m":[],"s":{"sku":{"x":1}}}
        {"lines":[],"m":{},"s":null}
        """, schema))
    #expect(
      rows(batch) == [
        "[{a, 1}, {b, -}, -, {-, -}],[{k, 1}, {l, -}],{-, -}", "-,-,-", #"-,-,{{"x":1}, -}"#,
        "[],[],-",
      ])
  }

  @Test func `a line that is an array is several rows, unless told otherwise`() throws {
    let text = #"[{"a":1},{"a":"x"}]"# + "\n[]\n[{\"a\":2},3]\n"
    let fields = [Field("a", .int), Field("_corrupt_record", .string)]
    let spread = try #require(try read(text, fields))
    #expect(rows(spread) == ["1,-", #"-,{"a":"x"}"#, #"-,[{"a":2},3]"#])
    let whole = try #require(
      try read(text, fields, options: JSONLinesOptions(spreadsArrays: false)))
    #expect(rows(whole) == [#"-,[{"a":1},{"a":"x"}]"#, "-,[]", #"-,[{"a":2},3]"#])
  }

  @Test func `only the columns that are asked for are made, in their order`() throws {
    let declared = Schema([
      Field("a", .int), Field("b", .int), Field("_corrupt_record", .string),
    ])
    func next(_ columns: [String]) throws -> Batch? {
      try JSONLinesReader(
        MemoryBytes([Array("{\"a\":\"x\",\"b\":2}\n".utf8)]), schema: declared, columns: columns,
        at: Place("x")
      ).next()
    }
    #expect(rows(try #require(try next(["b"]))) == ["2"])
    // A bad field that was not asked for still marks the line.
    #expect(rows(try #require(try next(["_corrupt_record", "b"]))) == [#"{"a":"x","b":2},2"#])
    #expect(try next([])?.rowCount == 1)
  }

  @Test func `a line that is too long is a fault, or cut`() throws {
    let text = "{\"a\":1}\n" + "{\"a\":\"\(String(repeating: "é", count: 3_000))\"}" + "\n{\"a\":3}"
    let pieces = [Array(text.utf8)]
    let schema = Schema([Field("a", .int)])
    var options = JSONLinesOptions(rawColumn: "raw", lineNumberColumn: "line")
    options.maximumLineLength = 100
    let strict = try JSONLinesReader(
      MemoryBytes(pieces), schema: schema, options: options, at: Place("x.json"))
    let fault = #expect(throws: Fault.self) { try all(strict) }
    #expect(fault?.place == Place("x.json", line: 2))
    options.overlongLines = .cut
    let lenient = try JSONLinesReader(
      MemoryBytes(pieces), schema: schema, options: options, at: Place("x.json"))
    let batch = try all(lenient)
    #expect(batch.columns[0].scalars == [.integer(1), .null, .integer(3)])
    #expect(batch.columns[2].scalars == [.integer(1), .integer(2), .integer(3)])
    #expect(lenient.malformedLineCount == 1)
    #expect(!lenient.endsWithLineBreak)
  }

  @Test(arguments: [Codec.none, .gzip, .zstd])
  func `batches hold all rows, whatever the compression`(_ codec: Codec) throws {
    let text = (0..<50_000).map { "{\"n\":\($0)}\n" }.joined()
    let reader = try JSONLinesReader(
      MemoryBytes([try codec.compress(block: Array(text.utf8))]),
      schema: Schema([Field("n", .int)]),
      options: JSONLinesOptions(lineNumberColumn: "line", batchRowCount: 1_000), at: Place("x"))
    var next: Int64 = 0
    while let batch = try reader.next() {
      #expect(batch.rowCount <= 1_000)
      for row in 0..<batch.rowCount {
        guard batch.scalars(at: row) == [.integer(next), .integer(next + 1)] else {
          Issue.record("row \(next)")
          return
        }
        next += 1
      }
    }
    #expect(next == 50_000)
  }

  @Test func `a hostile line is malformed, never more`() throws {
    let deep = String(repeating: "[", count: 200_000)
    let text = "{\"x\":\(deep)\n{\"a\":\(deep)}\n\(deep)\n{\"a\":1}"
    let batch = try #require(try read(text, [Field("a", .int)]))
    #expect(rows(batch) == ["-", "-", "-", "1"])
  }

  @Test func `lines that are made to be slow hold what others do`() throws {
    let element = DataType.structure([Field("y", .string)])
    let list = [Field("n", .array(element: element, containsNull: true))]
    func values(_ text: String) throws -> [String] {
      rows(try #require(try read(text, list)))
    }
    // What a line leaves open is no matter of the lines behind it.
    let good = #"{"n":[{"y":"1"}]}"#
    let open = try values(String(repeating: "{\"n\":[{\"y\":\n\(good)\n", count: 1_000))
    #expect(open.count == 2_000)
    #expect(open.filter { $0 == open[1] }.count == 1_000 && open[1].contains("1"))

    // Of a member that comes again, in a long column too, the last counts.
    let again = "{" + String(repeating: #""y":null,"y":1,"#, count: 2_000) + #""y":2}"#
    let many = String(repeating: #"{"y":null},"#, count: 2_000)
    let last = try values("{\"n\":[\(many)\(again)]}")
    #expect(last.count == 1 && last[0].contains("2") && !last[0].contains("1"))

    // Names that differ only in their middle are others.
    let names = (0..<2_000).map { "\"beginning\($0 + 100_000)ending\":\($0)" }.joined(
      separator: ",")
    let fields = [Field("beginning100007ending", .int), Field("beginning101999ending", .int)]
    #expect(rows(try #require(try read("{\(names)}", fields))) == ["7,1999"])
  }

  @Test func `a byte order mark is passed over`() throws {
    #expect(rows(try #require(try read("\u{FEFF}{\"a\":1}", [Field("a", .int)]))) == ["1"])
    #expect(try read("", [Field("a", .int)]) == nil)
    #expect(try read("\n \n", [Field("a", .int)]) == nil)
  }

  @Test func `lines that cannot hold a text may be left out, and are counted`() throws {
    let types = ["sale", "void", "sale", "return", #"vo\u0069d"#, "sale"]
    let filler = String(repeating: " ", count: 50_000)
    for type in ["void", "sale"] {
      let lines = types.map { "{\"type\":\"\($0)\",\(filler)\"n\":1}\n" }
      // The escape stands in a window of lines of its own.
      let sales = String(repeating: lines[0], count: 8)
      let text = lines.prefix(4).joined() + sales + lines[4...].joined()
      let reader = try JSONLinesReader(
        MemoryBytes([Array(text.utf8)]), schema: Schema([Field("type", .string)]),
        options: JSONLinesOptions(lineNumberColumn: "line", requiredText: type), at: Place("x"))
      let batch = try all(reader)
      let written = types.prefix(4) + [String](repeating: "sale", count: 8) + ["void", "sale"]
      let expected = written.enumerated().filter { $1 == type }.map { Int64($0.offset + 1) }
      let found = (0..<batch.rowCount).filter { batch.scalars(at: $0)[0] == .string(type) }
      #expect(found.map { batch.scalars(at: $0)[1] } == expected.map { .integer($0) })
      #expect(batch.rowCount < written.count)
      #expect(reader.lineCount == Int64(written.count))
    }
  }

  private func all(_ reader: JSONLinesReader) throws -> Batch {
    var batches: [Batch] = []
    while let batch = try reader.next() { batches.append(batch) }
    return try Batch.concatenating(reader.schema, batches)
  }

  private func read(
    _ text: String, _ fields: [Field], options: JSONLinesOptions = JSONLinesOptions()
  ) throws -> Batch? {
    try JSONLinesReader(
      MemoryBytes([Array(text.utf8)]), schema: Schema(fields), options: options,
      at: Place("x.json")
    ).next()
  }

  /// The texts of an array's elements, taken apart by the reader itself.
  private func elements(of array: String) throws -> [String] {
    let type = DataType.array(element: .string, containsNull: true)
    let batch = try #require(try read("{\"v\":\(array)}", [Field("v", type)]))
    guard case .list(let items) = batch.columns[0].scalar(at: 0) else { return [] }
    // Strings lose their quotes on the way: find them in the text again.
    var rest = array.dropFirst()[...]
    return items.map { item in
      let text: String
      if case .string(let value) = item { text = value } else { text = "null" }
      if rest.hasPrefix("\"") {
        var end = rest.index(after: rest.startIndex)
        while rest[end] != "\"" { end = rest.index(after: end) }
        let quoted = rest[...end]
        rest = rest[end...].dropFirst(2)
        return String(quoted)
      }
      rest = rest.dropFirst(text.count + 1)
      return text
    }
  }
}

/// A value in short: `-` for NULL, `[…]` for a list, `{…}` for a structure.
func show(_ scalar: Scalar) -> String {
  switch scalar {
  case .null: "-"
  case .boolean(let value): "\(value)"
  case .integer(let value): "\(value)"
  case .double(let value): "\(value)"
  case .decimal(let value): "\(value)"
  case .string(let value): value
  case .binary(let value): "\(value)"
  case .date(let value): "\(value)"
  case .timestamp(let value): "\(value)"
  case .list(let values): "[\(values.map(show).joined(separator: ", "))]"
  case .structure(let values): "{\(values.map(show).joined(separator: ", "))}"
  }
}

/// Each row's values, joined by commas.
func rows(_ batch: Batch) -> [String] {
  (0..<batch.rowCount).map { batch.scalars(at: $0).map(show).joined(separator: ",") }
}
