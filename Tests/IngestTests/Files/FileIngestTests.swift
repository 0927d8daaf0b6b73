import Bronze
import Columnar
import Core
import Governance
import Ingest
import LakeJobs
import LakeSupport
import Parquet
import Synchronization
import TestSupport
import Testing

/// Drops of partners, by contracts of their own.
@Suite struct FileIngestTests {
  private let lake: TestLake
  private var folder: Workdir { lake.folder }

  init() throws { lake = try TestLake() }

  // MARK: Whole files

  @Test func `a file waits for its mark, and is taken once`() throws {
    try contract("csv", "OPTIONS (header 'true')", ["ingest.done": "*.done"])
    let file = try folder.write("a.csv", "id,qty\n1,2\n")
    var outcome = try take(file)
    #expect(outcome.commit == nil && outcome.waiting.map(\.why) == ["waits for a.csv.done"])
    try folder.write("a.csv.done", "")
    outcome = try take(file)
    #expect(outcome.waiting.isEmpty && outcome.commit?.files.map(\.rowCount) == [1])
    #expect(try take(file).known == [file])
    #expect(try ingest().isCompanion(folder.file("a.csv.done")))
    #expect(try !ingest().isCompanion(file))
  }

  @Test func `a file that has only just changed is left alone`() throws {
    try contract("csv", "OPTIONS (header 'true')", [:])
    let file = try folder.write("a.csv", "id,qty\n1,2\n")
    let changed = try #require(try LocalFileSystem().status(of: file)).changed
    func take(after seconds: Int64) throws -> FileIngest.Outcome {
      try ingest(settle: .seconds(60), at: changed.adding(seconds)).take([file])
    }
    #expect(try take(after: 59).waiting.map(\.why) == ["changed 59 s ago, not yet 60"])
    #expect(
      try ingest(settle: .seconds(60), at: changed.adding(50)).patience(for: [file])
        == .seconds(10))
    #expect(try take(after: 60).commit != nil)
    // A clock that was set back does not make a file wait for ever.
    let other = try folder.write("b.csv", "id,qty\n2,2\n")
    let early = try ingest(settle: .seconds(60), at: changed.adding(-86_400))
    #expect(try early.take([other]).commit != nil)
    let empty = try folder.write("c.csv", "")
    #expect(try self.take(empty).waiting.map(\.why) == ["is still empty"])
  }

  @Test func `a file that changes while it is read is left alone`() throws {
    try contract("csv", "OPTIONS (header 'true')", [:])
    for rows in ["1,2\n", "1,2\n3\n"] {
      let file = try folder.write("a.csv", "id,qty\n\(rows)")
      let files = GrowingFile(path: file, growsAtOpen: 2)
      let outcome = try ingest(files).take([file])
      #expect(outcome.waiting.map(\.why) == ["changes while it is read"], "\(rows)")
      #expect(outcome.commit == nil)
    }
  }

  // MARK: Control totals

  @Test(
    arguments: [
      ("{\"rows\":2,\"sums\":{\"qty\":\"5\"}}", nil), ("{\"rows\":\"two\"}", "'rows' is no number"),
      ("{\"rows\":3}", "2 records instead of 3"),
      ("{\"sums\":{\"qty\":5.5}}", "sum(qty) is 5 instead of 5.5"),
      ("{\"bytes\":9}", "15 bytes instead of 9"), ("{\"sha256\":\"00\"}", "the SHA-256"),
      ("{\"files\":[{\"name\":\"a.csv\",\"rows\":1}]}", "2 records instead of 1"),
      ("{\"name\":\"a.csv\"}", "it says nothing of rows"), ("{", "JSON"),
    ])
  func `what a manifest says is compared`(_ manifest: String, _ problem: String?) throws {
    try contract("csv", "OPTIONS (header 'true')", ["ingest.manifest": "*.manifest"])
    let file = try folder.write("a.csv", "id,qty\n1,2\n2,3\n")
    try folder.write("a.csv.manifest", manifest)
    let outcome = try take(file)
    #expect(outcome.refused.count == (problem == nil ? 0 : 1))
    #expect((outcome.commit == nil) == (problem != nil))
    if let problem {
      #expect(outcome.refused.first?.problem.contains(problem) == true, "\(outcome.refused)")
    } else {
      #expect(outcome.commit?.inputs.first?.survey?.sums == ["qty": five])
    }
  }

  private let five = Decimal(unscaled: 5, scale: 0)

  @Test func `a manifest of a folder names the files that are whole`() throws {
    try contract("json", "", ["ingest.manifest": "manifest.json"])
    let file = try folder.write("a.json", "{\"id\":\"1\",\"qty\":1}\n")
    let other = try folder.write("b.json", "{\"id\":\"2\",\"qty\":1}\n")
    try folder.write("manifest.json", #"{"files":[{"name":"a.json","rows":1}]}"#)
    let outcome = try ingest().take([file, other])
    #expect(outcome.commit?.inputs.map(\.name) == [file])
    #expect(outcome.waiting.map(\.file) == [other])
  }

  @Test(
    arguments: [
      ("T,2,\"1,3\"", nil), ("T,1,\"1,3\"", "2 records instead of 1"),
      ("T,2,\"1,4\"", "sum(amount) is 1.3 instead of 1.4"), ("T,2", "2 fields instead of 3"),
      ("T,two,1", "'two' in the trailer is no number"),
      ("T,99999999999999999999999999,1", "999' in the trailer is no number"),
      ("", "without its trailer"),
      ("T,2,\"1,3\"\n3,x", "a record follows the trailer"),
    ])
  func `what a trailer says is compared, and the trailer is no row`(
    _ trailer: String, _ problem: String?
  ) throws {
    try contract(
      "csv", "OPTIONS (header 'true', locale 'de-DE')",
      ["ingest.trailer": "T, rows, sum(amount)"], columns: "id STRING, amount DECIMAL(9,2)")
    let file = try folder.write("a.csv", "id,amount\n1,\"0,8\"\n2,\"0,5\"\n\(trailer)\n")
    let outcome = try take(file)
    #expect(outcome.refused.first?.problem.contains(problem ?? "?") ?? (problem == nil))
    if problem == nil { #expect(try rows("amount") == ["0.80", "0.50"]) }
  }

  // MARK: Drift

  @Test func `fields that are not declared are kept, refused or set aside`() throws {
    let text = "id,qty,tier\n1,2,gold\n"
    for mode in ["evolve", "freeze", "quarantine"] {
      try contract("csv", "OPTIONS (header 'true')", ["ingest.drift": mode], name: mode)
      let outcome = try ingest(of: mode).take([try folder.write("\(mode).csv", text)])
      let words = ["'tier' is not declared"]
      switch mode {
      case "evolve":
        #expect(outcome.drifted.map(\.words) == [words] && outcome.rejectedCount == 0)
        #expect(outcome.commit?.inputs.first?.survey?.drift == words)
      case "freeze":
        #expect(outcome.commit == nil && outcome.refused.map(\.kind) == [.verdict])
      default: #expect(outcome.commit?.files == [] && outcome.rejectedCount == 1)
      }
    }
    // What was kept is there when the contract asks for it, and what was set aside comes back.
    for mode in ["evolve", "quarantine"] {
      try contract(
        "csv", "OPTIONS (header 'true')", ["ingest.drift": mode], name: mode,
        columns: "id STRING, qty INT, tier STRING")
    }
    #expect(try rows("tier", of: "bronze.evolve") == ["gold"])
    #expect(try replay("quarantine") == 1)
    #expect(try rows("tier", of: "bronze.quarantine") == ["gold"])
    #expect(try replay("quarantine") == 0)
  }

  @Test func `JSON drifts line by line`() throws {
    try contract(
      "json", "", ["ingest.drift": "quarantine"],
      columns: "id STRING, qty INT, lines ARRAY<STRUCT<sku: STRING>>")
    let file = try folder.write(
      "a.json",
      """
      {"id":1,"qty":null,"lines":[{"sku":"a"}]}
      {"id":2,"lines":[{"sku":"a","why":"b"}]}
      {"id":3,"qty":"1"}
      {"id":4,"tax":1}
      {"id":5}
      {"id":6,
      """)
    let outcome = try ingest(rejectLimit: 1).take([file])
    #expect(outcome.rejectedCount == 4)
    #expect(try rows("id") == ["1", "5"])
    #expect(
      try rows("concat_ws('|', source_line, source_offset, rule, reason)", of: "quarantine.drops")
        == [
          "2|42|schema_drift|'lines[].why' is not declared", "3|83|valid_values|'qty' is no INT",
          "4|102|schema_drift|'tax' is not declared", "6|128|truncated_line|the last line is torn",
        ])
  }

  @Test func `JSON that is taken reads as what was sent, and only that`() throws {
    // A type, and how to look at what a value of it holds.
    let types = [
      ("INT", ""), ("BIGINT", ""), ("DOUBLE", ""), ("DECIMAL(6,2)", ""), ("DATE", ""),
      ("TIMESTAMP", ""), ("BOOLEAN", ""), ("STRUCT<i: INT>", ".i"), ("ARRAY<INT>", "[0]"),
      ("MAP<STRING, INT>", "['i']"),
    ]
    let values = [
      "1", "1.0", "1e2", "\"1\"", "\"x\"", "2147483648", "1.005", "true", "\"NaN\"", "99999",
      "\"2026-01-02\"", "\"2026-01-02T03:04:05Z\"", "20260102", "{\"i\":1}", "{\"i\":1.0}",
      "[1,2]", "[1.0]", "\"\"", "null",
    ]
    let columns = types.indices.map { "c\($0) \(types[$0].0)" }.joined(separator: ", ")
    try contract("json", "", [:], columns: "id STRING, \(columns)")
    let lines = types.indices.flatMap { type in
      values.indices.map { #"{"id":"\#(type)/\#($0)","c\#(type)":\#(values[$0])}"# }
    }
    let file = try folder.write("a.json", lines.map { $0 + "\n" }.joined())
    let outcome = try ingest(rejectLimit: 1).take([file])
    #expect(outcome.drifted.isEmpty)
    // The same lines, which nobody looked at: what a reader does not lose of them was taken.
    try contract("json", "", [:], name: "all", columns: "id STRING, \(columns)")
    try folder.write("lake/bronze/x/all/a.json", lines.map { $0 + "\n" }.joined())
    let items = types.enumerated().map { "CAST(c\($0.offset)\($0.element.1) AS STRING)" }
    let readable = try rows(
      "if(coalesce(\(items.joined(separator: ", "))) IS NULL, '', id)", of: "bronze.all"
    ).filter { !$0.isEmpty }
    let nulls = types.indices.map { "\($0)/\(values.count - 1)" }
    // A reader rounds to the type's digits; at the door that is a loss.
    let rounded =
      "\(try #require(types.firstIndex { $0.0.hasPrefix("DEC") }))"
      + "/\(try #require(values.firstIndex(of: "1.005")))"
    #expect(readable.contains(rounded))
    let kept = Set(readable + nulls).subtracting([rounded])
    #expect(try Set(rows("id")) == kept && readable.count > 20)
    #expect(outcome.rejectedCount == lines.count - kept.count)
  }

  @Test func `Parquet is widened, refused or set aside`() throws {
    try contract("parquet", "", ["ingest.drift": "quarantine"], columns: "id STRING, qty BIGINT")
    let narrow = try parquet("n.parquet", Field("qty", .int), .integer(7))
    let other = try parquet("o.parquet", Field("qty", .string), .string("8"))
    let outcome = try ingest().take([narrow, other])
    #expect(outcome.commit?.files.map(\.rowCount) == [1] && outcome.rejectedCount == 1)
    #expect(try rows("qty") == ["7"])
    #expect(try rows("reason", of: "quarantine.drops") == ["'qty' is STRING, not BIGINT"])
    // As it is it does not suit; mended it does.
    #expect(try replay("drops") == 1)
    #expect(try rows("qty") == ["7"])
    #expect(try replay("drops", mending: { $0.replacing("\"8\"", with: "8") }) == 1)
    #expect(try rows("qty") == ["7", "8"])
    try contract("parquet", "", [:], name: "strict", columns: "id STRING, qty BIGINT")
    #expect(try ingest(of: "strict").take([other]).refused.map(\.kind) == [.verdict])
    // Nothing but NULL suits any type.
    let empty = try parquet("e.parquet", Field("qty", .double), .null)
    let taken = try ingest(of: "strict").take([empty])
    #expect(taken.refused.isEmpty && taken.drifted.isEmpty && taken.rejectedCount == 0)
    #expect(try rows("concat(id, qty IS NULL)", of: "bronze.strict") == ["e.parquettrue"])
    let damaged = try folder.write("d.parquet", "PAR1 and no more PAR1")
    #expect(try ingest(of: "strict").take([damaged]).refused.map(\.kind) == [.data])
  }

  // MARK: Bad records

  @Test func `bad records are set aside with their place, and come back mended`() throws {
    try contract("csv", "OPTIONS (header 'true')", [:])
    let file = try folder.write(
      "a.csv", "qty,id\r\n1,a\r\n2\r\n\"3\",\"b\nc\"\r\n4,d,e\r\nx,f\r\n5,g\r\n6,h\r\n")
    let outcome = try ingest(rejectLimit: 0.5).take([file])
    #expect(outcome.rejectedCount == 3)
    let report = try outcome.commit?.report(of: lake.contract("drops"), job: "ingest-files")
    #expect(report?.change.read == 7 && report?.change.inserted == 4)
    #expect(report?.change.quarantined == 3 && report?.inputs.map(\.rowCount) == [7])
    #expect(try rows("concat(id, qty)") == ["a1", "b\nc3", "g5", "h6"])
    #expect(
      try rows(
        "concat_ws('|', source_line, source_offset, source_header, raw, reason)",
        of: "quarantine.drops") == [
          "3|13|qty,id|2|1 field instead of 2", "6|27|qty,id|4,d,e|3 fields instead of 2",
          "7|34|qty,id|x,f|'qty' is no INT",
        ])
    #expect(
      try replay("drops") { raw in
        raw == "2" ? "2,z" : raw == "x,f" ? "8,\"f\nf\"\n9,i" : raw
      } == 3)
    #expect(try rows("concat(id, qty)") == ["a1", "b\nc3", "g5", "h6", "z2", "f\nf8", "i9"])
    #expect(
      try rows("concat_ws('|', source_line, raw)", of: "quarantine.drops").suffix(1)
        == ["6|4,d,e"])
    // Mostly bad: nothing is taken.
    let worse = try folder.write("b.csv", "qty,id\nx,1\ny,2\n3,3\n")
    #expect(try ingest(rejectLimit: 0.5).take([worse]).refused.map(\.kind) == [.data])
  }

  @Test(arguments: ["UTF-16", "UTF-16LE", "ISO-8859-1", "windows-1252"])
  func `other encodings are read, and written anew as they were`(_ name: String) throws {
    try contract("csv", "OPTIONS (header 'true', encoding '\(name)', sep ';')", [:])
    let text = "id;qty\nß;1\nÿ;x\n\"é\nè\";2\n"
    let units: [UInt8] = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let bytes: [UInt8] =
      switch name {
      case "UTF-16": [0xFF, 0xFE] + units
      case "UTF-16LE": units
      default: text.unicodeScalars.map { UInt8($0.value) }
      }
    let file = folder.file("a.csv")
    try LocalFileSystem().replace(file, bytes)
    let outcome = try take(file)
    #expect(outcome.rejectedCount == 1)
    #expect(try rows("id") == ["ß", "é\nè"])
    #expect(try rows("raw", of: "quarantine.drops") == ["ÿ;x"])
    #expect(try replay("drops") { _ in "ÿ;3" } == 1)
    #expect(try rows("id") == ["ß", "é\nè", "ÿ"])
  }

  @Test func `UTF-16 that nobody declared is told by its mark`() throws {
    try contract("csv", "OPTIONS (header 'true')", [:])
    try LocalFileSystem().replace(folder.file("a.csv"), [0xFF, 0xFE, 0x61, 0, 0x0A, 0])
    #expect(try take(folder.file("a.csv")).refused.first?.remedy.contains("'UTF-16'") == true)
  }

  @Test func `properties that say nothing are refused`() throws {
    for (key, value) in [
      ("ingest.drift", "ignore"), ("ingest.settle", "soon"), ("ingest.done", "*"),
      ("ingest.done", "a/*.done"), ("ingest.trailer", "T, count"), ("ingest.trailer", "T"),
      ("ingest.manifst", "x"), ("ingest.trailer", "  , rows"),
    ] {
      try contract("csv", "OPTIONS (header 'true')", [key: value])
      let fault = #expect(throws: Fault.self) { try ingest() }
      #expect(fault?.kind == .configuration, "\(key) = \(value)")
    }
  }
}

extension FileIngestTests {
  /// Declares the bronze table `name` anew; the others stay.
  private func contract(
    _ format: String, _ options: String, _ properties: [String: String], name: String = "drops",
    columns: String = "id STRING, qty INT"
  ) throws {
    let list = properties.map { "'\($0.key)' = '\($0.value)'" }.joined(separator: ", ")
    let start = "CREATE TABLE bronze.\(name) "
    let others = try lake.read("setup.sql").split(separator: "\n").filter { !$0.hasPrefix(start) }
    let table = """
      \(start)(\(columns)) USING \(format) \(options) \
      LOCATION 'x/\(name)'\(list.isEmpty ? "" : " TBLPROPERTIES (\(list))");
      """
    try lake.write("setup.sql", (others.map { String($0) } + [table]).joined(separator: "\n"))
  }

  private func ingest(
    _ files: any FileSystem = LocalFileSystem(), of name: String = "drops",
    rejectLimit: Double = 0.5, settle: Duration? = nil, at time: Timestamp = .ofTests
  ) throws -> FileIngest {
    let workspace = try lake.workspace(files)
    return try FileIngest(
      lake: workspace.lake, contract: try workspace.contract(named: name), tool: "ingest-files",
      rejectLimit: rejectLimit, threadCount: 2, settle: settle, systemTime: { time })
  }

  private func take(_ file: String) throws -> FileIngest.Outcome { try ingest().take([file]) }

  private func replay(
    _ table: String, mending: (String) -> String = { $0 }
  ) throws -> Int {
    try lake.replay(table) { text, isReplayed in isReplayed ? nil : mending(text) }
  }

  /// An expression's values, in the order of the table.
  private func rows(_ expression: String, of table: String = "bronze.drops") throws -> [String] {
    try lake.orderedRows("SELECT \(expression) FROM \(table)")
  }

  private func parquet(_ name: String, _ field: Field, _ value: Scalar) throws -> String {
    let schema = Schema([Field("id", .string), field])
    let draft = try LocalFileSystem().draft(folder.file(name), replacing: true)
    let writer = try FileWriter(draft, schema: schema)
    try writer.append(
      Batch(
        schema,
        [.constant(.string(name), .string, count: 1), .constant(value, field.type, count: 1)],
        rowCount: 1))
    _ = try writer.finish()
    _ = try draft.publish()
    return folder.file(name)
  }
}

extension Timestamp {
  fileprivate func adding(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds + seconds * 1_000_000)
  }
}

/// A file system in which a file grows as it is opened for the n-th time.
private final class GrowingFile: ForwardingFileSystem {
  let files: any FileSystem = LocalFileSystem()
  private let path: String
  private let growsAtOpen: Int
  private let openCount = Mutex(0)

  init(path: String, growsAtOpen count: Int) {
    self.path = path
    growsAtOpen = count
  }

  func open(_ path: String) throws(Fault) -> any ReadableFile {
    let count =
      path == self.path
      ? openCount.withLock {
        $0 += 1
        return $0
      } : 0
    if count == growsAtOpen {
      try files.replace(path, try files.read(path) + Array("9,9\n".utf8))
    }
    return try files.open(path)
  }
}
