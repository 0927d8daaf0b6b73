import Audit
import Core
import Glibc
import JSON
import TestSupport
import Testing

@Suite struct AuditLogTests {
  private let record = TestRecord()

  @Test func `entries follow each other from the first on`() throws {
    try record.fill(3)
    let standing = try record.check()
    #expect(standing.entryCount == 3 && standing.fileCount == 1 && standing.head.number == 3)
    #expect(try record.folder.lastHead() == standing.head)
    let lines = try record.lines()
    let values = try lines.map { try JSONValue(parsing: $0) }
    #expect(values[0]["previous"]?.string == AuditHead.none.digest)
    #expect(values[2]["previous"] == values[1]["digest"])
    #expect(values[1]["details"]?["why"]?.string == "no. 1")
    #expect(values[1]["user"]?.string == "ada")
  }

  @Test func `sha256sum checks an entry by the recipe`() throws {
    try record.fill(2)
    let path = record.work.file("_audit/000001.ndjson")
    let recipe =
      #"sed -n 2p "$0" | sed 's/,"digest":"[0-9a-f]*"}$/}/' | tr -d '\n' | sha256sum"#
    let run = try ToolRun(program: "/bin/bash", ["-c", recipe, path])
    #expect(String(run.text.prefix(64)) == (try record.check().head.digest))
  }

  @Test func `what a password looks like is not recorded`() throws {
    try record.log().append(
      AuditEntry(
        kind: "reopen", subject: "postgresql://u:hunter22@h/d", details: [("why", "pwd=hunter22")]))
    #expect(try !record.work.read("_audit/000001.ndjson").contains("hunter22"))
    #expect(try record.check().entryCount == 1)
  }

  @Test func `an act that fails is told by a second entry`() throws {
    struct Broken: Error {}
    #expect(throws: Fault.self) {
      try record.log().recording(AuditEntry(kind: "restore", subject: "silver.a")) {
        throw Fault(.io, "no space left", remedy: "")
      }
    }
    try record.log().recording(AuditEntry(kind: "restore", subject: "silver.b")) {}
    let lines = try record.lines()
    #expect(lines.count == 3)
    #expect(try JSONValue(parsing: lines[1])["details"]?["failed"]?.string == "no space left")
    #expect(try JSONValue(parsing: lines[1])["details"]?["entry"]?.string == "1")
  }

  @Test func `a full file is closed, and the next begins with its digest`() throws {
    var record = record
    record.fileLimit = 1_000
    try record.fill(9)
    let paths = try record.folder.paths()
    #expect(paths.count >= 3)
    let standing = try record.check()
    #expect(standing.fileCount == paths.count)
    #expect(standing.entryCount == 9 + paths.count - 1)
    let opening = try JSONValue(parsing: try record.lines(2)[0])
    #expect(opening["kind"]?.string == "audit.rotate")
    let digest = hexText(SHA256.digest(of: try LocalFileSystem().read(paths[0])))
    #expect(opening["details"]?["sha256"]?.string == digest)
    // A file that was put away is given to the check, or missed.
    let away = record.work.file("away.ndjson")
    try LocalFileSystem().rename(paths[0], to: away)
    #expect(record.flaw()?.hasPrefix("000002.ndjson:1: entries 1 to") == true)
    #expect(try record.check(behind: [away]) == standing)
  }

  @Test func `a file is closed by hand`() throws {
    #expect(try record.log().rotate().number == 0)
    try record.fill(2)
    #expect(try record.log().rotate().number == 3)
    try record.fill(1)
    #expect(try record.check().fileCount == 2)
  }

  @Test func `a torn end is told of, and mended by the next entry`() throws {
    try record.fill(2)
    let whole = try record.lines()
    for count in [1, 7, 100, whole[1].utf8.count - 2] {
      try record.write([whole[0], String(whole[1].prefix(count))])
      try record.work.write(
        "_audit/head", "1 \(try JSONValue(parsing: whole[0])["digest"]!.string!)")
      #expect(record.flaw()?.hasPrefix("000001.ndjson:2: this is no entry") == true)
      var told: [String] = []
      try record.log { told.append($0.problem) }.append(AuditEntry(kind: "drop", subject: "x"))
      #expect(told == ["\(counted(count, "byte")) at its end are no entry"])
      let standing = try record.check()
      #expect(standing.entryCount == 3 && standing.mendedCount == 1)
      // What is accounted for may not be changed later either.
      var lines = try record.lines()
      lines[1] = "x" + lines[1]
      try record.write(lines)
      #expect(record.flaw()?.hasPrefix("000001.ndjson:2: this is no entry") == true)
    }
  }

  @Test func `an entry that only lacks its line's end counts`() throws {
    try record.fill(2)
    let whole = try record.lines()
    try record.write([whole[0], String(whole[1].dropLast())])
    #expect(try record.check().entryCount == 2)
    try record.fill(1)
    #expect(try record.check().entryCount == 3)
  }

  @Test func `entries that are gone from the end are missed, until they are put back`() throws {
    try record.fill(4)
    let whole = try record.lines()
    try record.write(Array(whole.prefix(2)))
    #expect(record.flaw()?.contains("entry 4 was there") == true)
    var told: [String] = []
    try record.log { told.append($0.problem) }.append(AuditEntry(kind: "drop", subject: "x"))
    #expect(told == ["entries 3 to 4 are gone from the record, which goes on behind"])
    #expect(record.flaw() == "000001.ndjson:3: entries 3 to 4 are missing before entry 5")
    let added = try record.lines().suffix(2)
    try record.write(whole + added)
    #expect(try record.check().entryCount == 6)
  }

  @Test func `who cannot add an entry is told that nothing is done`() throws {
    try record.work.write("_audit", "a file")
    let fault = #expect(throws: Fault.self) { try record.fill(1) }
    #expect(fault?.kind == .cannotCreate)
    #expect(fault?.problem.hasSuffix(", and what is not recorded is not done") == true)
  }

  @Test func `a group that may write in the folder may add entries`() throws {
    let folder = record.work.file("_audit")
    try LocalFileSystem().createDirectory(folder)
    chmod(folder, 0o2770)
    try record.fill(1)
    for name in [".lock", "000001.ndjson", "head"] {
      var facts = stat()
      #expect(stat("\(folder)/\(name)", &facts) == 0 && facts.st_mode & 0o060 == 0o060)
    }
  }
}
