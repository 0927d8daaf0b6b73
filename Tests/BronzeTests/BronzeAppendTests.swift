import Bronze
import Columnar
import Core
import Engine
import Ingest
import LakeJobs
import LakeSupport
import Lakehouse
import TestSupport
import Testing

@Suite struct BronzeAppendTests {
  private let lake: TestLake
  private let files = LocalFileSystem()

  init() throws { lake = try .sample() }

  private func contract() throws -> BronzeContract { try lake.contract("till") }

  private func log() throws -> BronzeLog {
    BronzeLog(folder: try contract().folder, fileSystem: files)
  }

  private func ingest(
    run: String = "run", fileByteCount: Int = 64 << 20
  ) throws -> EventIngest {
    try lake.eventIngest(
      into: "till", requiring: ["id"], rejectLimit: 0.5, threadCount: 3,
      fileByteCount: fileByteCount, run: run)
  }

  private func write(_ name: String, _ lines: [String]) throws -> EventIngest.Input {
    .file(try lake.folder.write(name, lines: lines))
  }

  private func column(_ name: String, of table: any TableProvider) throws -> [Scalar] {
    try table.scan(ScanRequest(columns: [name])).flatMap { source in
      var values: [Scalar] = []
      while let batch = try source.next() {
        values += (0..<batch.rowCount).map { batch.scalars(at: $0)[0] }
      }
      return values
    }
  }

  private func rows() throws -> [Scalar] {
    try column("_raw", of: BronzeTable.whole(contract(), lake: lake.opened()))
  }

  @Test func `the newest commit of a door tells it, and no older one is read`() throws {
    func commit(_ tool: String) throws {
      let append = try BronzeAppend(log(), lake: lake.opened(), tool: tool)
      append.add(BronzeInput(name: tool, byteCount: 0, digest: ""))
      _ = try append.commit()
    }
    #expect(try log().lastDoor() == nil)
    try commit("ingest-pos")
    try commit("quarantine")
    #expect(try log().lastDoor() == .events)
    try commit("ingest-files")
    try files.replace("\(log().folder)/_commits/\(padded(0, 20)).json", [])
    try commit("quarantine")
    #expect(try log().lastDoor() == .files)
  }

  @Test(arguments: ["9223372036854775807", "-1", "1"])
  func `a commit that bears the number of another is damage`(number: String) throws {
    _ = try ingest().take([try write("a.ndjson", [#"{"id":"1","store":"S1"}"#])])
    let path = try "\(log().folder)/_commits/\(padded(0, 20)).json"
    let text = String(decoding: try files.read(path), as: UTF8.self)
    #expect(text.hasPrefix(#"{"version":0,"#))
    try files.replace(path, Array((#"{"version":\#(number)"# + text.dropFirst(12)).utf8))
    let fault = #expect(throws: Fault.self) { _ = try log().latest() }
    #expect(fault?.kind == .data && fault?.place?.file == path)
  }

  @Test func `a large input becomes several files in one commit, its rows in order`() throws {
    let lines = (0..<60_000).map { number in
      number % 7_001 == 3 ? "no event \(number)" : #"{"id":"\#(number)","store":"S1"}"#
    }
    let input = try write("big.ndjson", lines)
    let commit = try #require(try ingest(fileByteCount: 1 << 19).take([input]).commit)
    #expect(commit.files.count > 1 && commit.rejected.count == 1 && commit.inputs.count == 1)
    let events = lines.filter { $0.hasPrefix("{") }
    #expect(try rows() == events.map { .string($0) })
    #expect(commit.files.reduce(0) { $0 + $1.rowCount } == events.count)
    #expect(Set(commit.files.map(\.path)).count == commit.files.count)
    let rejected = try BronzeTable.rejected(contract(), lake: lake.opened())
    let numbers = lines.indices.filter { !lines[$0].hasPrefix("{") }
    #expect(
      try column("source_line", of: rejected) == numbers.map { .integer(Int64($0 + 1)) })
    #expect(try column("raw", of: rejected) == numbers.map { .string(lines[$0]) })
    var offsets = [0]
    for line in lines { offsets.append(offsets[offsets.count - 1] + line.utf8.count + 1) }
    #expect(
      try column("source_offset", of: rejected) == numbers.map { .integer(Int64(offsets[$0])) })
    for file in commit.files + commit.rejected {
      let bytes = try files.read("\(contract().folder)/\(file.path)")
      #expect(file.byteCount == bytes.count)
      #expect(file.digest == hexText(SHA256.digest(of: bytes)))
    }
  }

  @Test func `a line that is too long, and one that is no text, are set aside and can be read`()
    throws
  {
    let good = #"{"id":"1"}"#
    var bytes = Array(good.utf8) + [0x0A]
    bytes += [UInt8](repeating: 1, count: (16 << 20) + 5) + [0x0A]
    bytes += [UInt8](repeating: 0xFF, count: 3 << 20) + [0x0A]
    bytes += Array(#"{"id":"2"}"#.utf8) + [0x0A]
    let path = lake.folder.file("long.ndjson")
    try files.replace(path, bytes)
    let outcome = try ingest().take([.file(path)])
    #expect(outcome.acceptedCount == 2 && outcome.rejectedCount == 2)
    #expect(try rows() == [.string(good), .string(#"{"id":"2"}"#)])
    var found: [String] = []
    try lake.workspace().quarantine(named: "bronze.till").forEachRow { row, _ in
      let place = "\(row.sourceLine) \(row.sourceOffset ?? -1)"
      found.append("\(row.rule) \(place) \(row.raw.count) \(row.raw.first ?? 0)")
    }
    let third = good.utf8.count + 1 + (16 << 20) + 6
    #expect(
      found == [
        "line_length 2 \(good.utf8.count + 1) \(16 << 20) 1",
        "valid_json 3 \(third) \(3 << 20) 255",
      ])
  }

  @Test func `a last line that is a whole object is not torn`() throws {
    for (last, rule) in [(#"{"store":"S1"}"#, "id_present"), (#"{"id":"2""#, "truncated_line")] {
      let path = try lake.folder.write("\(rule).ndjson", #"{"id":"\#(rule)"}"# + "\n\(last)")
      _ = try ingest().take([.file(path)])
      var rules: [String] = []
      try lake.workspace().quarantine(named: "till").forEachRow { row, _ in rules.append(row.rule) }
      #expect(rules.last == rule)
    }
  }

  @Test func `rows set aside before there were offsets have none`() throws {
    _ = try ingest().take([write("day.ndjson", [#"{"id":"1"}"#, "no event"])])
    let commit = try #require(try log().latest())
    let path = try contract().folder + "/" + commit.rejected[0].path
    let row = """
      {"raw":"no event","rule":"valid_json","reason":"not a JSON object","source_file":"day.json",\
      "source_line":2,"table_name":"bronze.till","quarantined_at":"2026-03-01T06:00:00Z",\
      "run_id":"r","raw_hex":null}

      """
    try files.replace(path, [UInt8](row.utf8))
    var found: [Int64?] = []
    try lake.workspace().quarantine(named: "till").forEachRow { row, _ in
      found.append(row.sourceOffset)
    }
    #expect(found == [nil])
  }

  @Test func `one input that is refused does not keep the others out`() throws {
    let inputs = [
      try write("good.ndjson", [#"{"id":"1"}"#]), try write("bad.ndjson", ["no", "events"]),
      .file(lake.folder.file("none.ndjson")), try write("more.ndjson", [#"{"id":"2"}"#]),
    ]
    let outcome = try ingest().take(inputs)
    #expect(outcome.acceptedCount == 2 && outcome.rejectedCount == 0)
    #expect(outcome.refused.map(\.kind) == [.data, .missing])
    #expect(outcome.commit?.inputs.count == 2)
  }

  @Test func `what is mostly no events leaves no file behind`() throws {
    let lines = (0..<60_000).map { $0 % 3 == 0 ? #"{"id":"\#($0)"}"# : "no event \($0)" }
    let input = try write("bad.ndjson", lines)
    let outcome = try ingest(fileByteCount: 1 << 17).take([input])
    #expect(outcome.refused.map(\.kind) == [.data] && outcome.commit == nil)
    let folder = try contract().folder
    for name in try files.list(folder) {
      for day in try files.list("\(folder)/\(name)") where !day.hasPrefix(".") {
        #expect(try files.list("\(folder)/\(name)/\(day)") == [])
      }
    }
    #expect(try log().latest() == nil)
  }

  @Test func `inputs are known however many commits ago they came`() throws {
    var inputs: [EventIngest.Input] = []
    for number in 0..<150 {
      inputs.append(try write("\(number).ndjson", [#"{"id":"\#(number)"}"#]))
      let commit = try #require(try ingest().take([inputs[number]]).commit)
      #expect(commit.version == Int64(number) && commit.firstFile == Int64(number))
    }
    let ledgers = try contract().folder + "/_ledger"
    #expect(try files.list(ledgers) == ["00000000000000000128.inputs"])
    func expectAllKnown() throws {
      let outcome = try ingest().take(inputs)
      #expect(outcome.commit == nil && outcome.known.count == 150)
      #expect(try ingest().newInputs(among: inputs).found == [])
      // The same bytes under another name are known too.
      let copy = try write("copy.ndjson", [#"{"id":"77"}"#])
      #expect(try ingest().take([copy]).repeated.count == 1)
      #expect(try log().latest()?.version == 149)
    }
    try expectAllKnown()
    let ledger = "\(ledgers)/00000000000000000128.inputs"
    var bytes = try files.read(ledger)
    bytes[100] ^= 1
    try files.replace(ledger, bytes)
    try expectAllKnown()
    try files.remove(ledger)
    try expectAllKnown()
    #expect(try files.list(ledgers) == ["00000000000000000150.inputs", "passed.looks"])
    #expect(try rows().count == 150)
    #expect(try log().commits(fromFile: 148).map(\.version) == [148, 149])
  }

  @Test func `a ledger of commits that are not there is not believed`() throws {
    for number in 0..<70 {
      _ = try ingest().take([write("\(number).ndjson", [#"{"id":"\#(number)"}"#])])
    }
    let folder = try contract().folder
    for version in 60..<70 {
      try files.remove("\(folder)/_commits/000000000000000000\(version).json")
    }
    #expect(try log().latest()?.version == 59)
    let again = try ingest(run: "other").take([.file(lake.folder.file("65.ndjson"))])
    #expect(again.commit?.version == 60)
  }

  @Test func `a gap in the log is told, not filled`() throws {
    for number in 0..<67 {
      _ = try ingest().take([write("\(number).ndjson", [#"{"id":"\#(number)"}"#])])
    }
    try files.remove("\(contract().folder)/_commits/00000000000000000065.json")
    let another = try write("new.ndjson", [#"{"id":"new"}"#])
    let fault = #expect(throws: Fault.self) { _ = try ingest().take([another]) }
    #expect(fault?.kind == .data)
  }
}
