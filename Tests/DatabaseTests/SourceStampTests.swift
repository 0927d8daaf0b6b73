import Core
import Database
import TestSupport
import Testing

@Suite struct SourceStampTests {
  private let workdir = Workdir()
  private let files = LocalFileSystem()

  private func stamp(_ name: String = "source.db") throws -> SourceStamp? {
    try SourceStamp(of: workdir.file(name), files)
  }

  private func source(journal: String) throws -> SQLiteConnection {
    let source = try SQLiteConnection(workdir.file("source.db"), .create)
    try source.execute("PRAGMA journal_mode = \(journal); CREATE TABLE t (x)")
    return source
  }

  @Test(arguments: ["WAL", "DELETE", "TRUNCATE", "PERSIST"])
  func `reading leaves the stamp as it is, every commit gives another`(_ journal: String) throws {
    let source = try source(journal: journal)
    var stamps = [try #require(try stamp())]
    for number in 0..<20 {
      try read()
      #expect(try stamp() == stamps.last, "\(journal) \(number)")
      try source.execute("INSERT INTO t VALUES (\(number))")
      let next = try #require(try stamp())
      #expect(!stamps.contains(next), "\(journal) \(number)")
      stamps.append(next)
    }
  }

  private func read() throws {
    let reader = try SQLiteConnection(workdir.file("source.db"), .readOnly)
    try reader.beginSnapshot()
    #expect(try !reader.rows("SELECT count(*) FROM t").isEmpty)
  }

  @Test func `another file under the same name has another stamp, whatever its bytes`() throws {
    try source(journal: "DELETE").execute("INSERT INTO t VALUES (1)")
    let before = try #require(try stamp())
    let bytes = try files.read(workdir.file("source.db"))
    try files.replace(workdir.file("source.db"), bytes)
    #expect(try stamp() != before)
  }

  @Test func `what is no database has no stamp`() throws {
    #expect(try stamp("nowhere.db") == nil)
    try workdir.write("text.db", "SELECT 1;")
    #expect(try stamp("text.db") == nil)
    try workdir.write("empty.db", "")
    #expect(try stamp("empty.db") == nil)
  }

  @Test func `a change just before is not settled`() throws {
    let source = try source(journal: "WAL")
    defer { withExtendedLifetime(source) {} }
    let status = try #require(try files.status(of: workdir.file("source.db-wal")))
    func after(_ seconds: Int64) -> Timestamp {
      Timestamp(microseconds: status.modified.microseconds + seconds * 1_000_000)
    }
    let stamp = try #require(try stamp())
    #expect(!stamp.isSettled(at: after(-5)))
    #expect(!stamp.isSettled(at: after(1)))
    #expect(stamp.isSettled(at: after(10)))
  }

  @Test func `facts that belong to a stamp tell its digests apart`() throws {
    _ = try source(journal: "DELETE")
    let stamp = try #require(try stamp())
    #expect(stamp.digest(with: ["a"]) == stamp.digest(with: ["a"]))
    #expect(stamp.digest(with: ["a"]) != stamp.digest(with: ["b"]))
  }
}
