import Audit
import Core
import TestSupport
import Testing

/// Whatever is done to a record later is found, where it was done.
@Suite struct AuditTamperTests {
  @Test func `a removed, doubled, exchanged or invented entry is named`() throws {
    let record = TestRecord()
    try record.fill(6)
    let lines = try record.lines()
    func flaw(_ change: (inout [String]) -> Void) throws -> String? {
      var changed = lines
      change(&changed)
      try record.write(changed)
      return record.flaw()
    }
    #expect(
      try flaw { $0.remove(at: 2) } == "000001.ndjson:3: entry 3 is missing before entry 4")
    #expect(
      try flaw { $0.insert($0[2], at: 3) }
        == "000001.ndjson:4: entry 3 stands behind entry 3: it was doubled or moved")
    #expect(
      try flaw { $0.swapAt(2, 3) } == "000001.ndjson:3: entry 3 is missing before entry 4")
    #expect(
      try flaw { $0[4] = $0[4].replacing("no. 4", with: "no. 5") }
        == "000001.ndjson:5: entry 5 was changed: its digest is not that of its bytes")
    #expect(
      try flaw { $0[1] = "\n" }
        == "000001.ndjson:2: this is no entry, and no later one tells of a crash that left it")
    #expect(try flaw { $0.removeLast() }?.contains("its end was cut off") == true)
    #expect(try flaw { _ in } == nil)
  }

  @Test func `an entry that was written anew with its digest breaks the chain behind it`() throws {
    let (record, other) = (TestRecord(), TestRecord())
    try record.fill(4)
    try other.log().append(AuditEntry(kind: "drop", subject: "forged"))
    try other.fill(3)
    var lines = try record.lines()
    lines[1] = try other.lines()[1]
    try record.write(lines)
    #expect(
      record.flaw()
        == "000001.ndjson:2: entry 2 does not follow the entry 1 before it: one was exchanged")
  }

  @Test func `who keeps a head proves that nothing was cut off or written anew`() throws {
    let record = TestRecord()
    try record.fill(3)
    let kept = try #require(try record.folder.lastHead())
    try record.fill(2)
    #expect(try record.check([kept], digests: [kept.digest]).entryCount == 5)
    // Whoever may write there can write all of it anew, with every digest.
    let forged = TestRecord()
    try forged.log().append(AuditEntry(kind: "drop", subject: "forged"))
    try forged.fill(4)
    #expect(forged.flaw() == nil)
    #expect(
      forged.flaw([kept]) == "000001.ndjson:3: entry 3 is another than the one that kept tells of")
    #expect(throws: Fault.self) { try forged.check(digests: [kept.digest]) }
    let short = TestRecord()
    try short.fill(2)
    #expect(short.flaw([kept])?.contains("entry 3 was there") == true)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `a flipped bit is found at its entry`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    var record = TestRecord()
    record.fileLimit = 2_000
    try record.fill(8)
    let paths = try record.folder.paths()
    let path = paths[Int.random(in: 0..<paths.count, using: &random)]
    var bytes = try LocalFileSystem().read(path)
    let place = Int.random(in: 0..<bytes.count, using: &random)
    bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    try LocalFileSystem().replace(path, bytes)
    var check = try AuditCheck(of: record.folder)
    let fault = #expect(throws: Fault.self, "seed \(seed)") { try check.run() }
    let line = bytes[..<place].count { $0 == 0x0A } + 1
    #expect(fault?.kind == .verdict, "seed \(seed)")
    #expect(fault?.place == Place(path, line: line), "seed \(seed): \(fault?.problem ?? "")")
  }
}
