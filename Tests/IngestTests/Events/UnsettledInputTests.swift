import Core
import Glibc
import Ingest
import LakeSupport
import TestSupport
import Testing

/// Files that are not what they were when they were looked at.
@Suite struct UnsettledInputTests {
  private let lake: TestLake

  init() throws {
    lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.events (event_id STRING, event_type STRING, event_time STRING)
          USING json LOCATION 'pos/events';
        """)
  }

  private func event(_ name: String) -> String {
    "{\"event_id\":\"\(name)\",\"event_type\":\"sale\","
      + "\"event_time\":\"2026-03-01T09:00:00Z\"}"
  }

  /// What becomes of two files when `change` happens to the first as it is opened.
  private func outcome(_ change: @escaping @Sendable (String) throws -> Void) throws
    -> EventIngest.Outcome
  {
    let path = try lake.folder.write("a.ndjson", lines: [event("a"), event("b")])
    let good = try lake.folder.write("good.ndjson", lines: [event("c")])
    let files = ChangedAtOpen(path: path, change: change)
    return try lake.eventIngest(into: "events", files).take([.file(path), .file(good)])
  }

  @Test func `a file that grows, shrinks or is exchanged is told, and no part of it is taken`()
    throws
  {
    let event = event("d")
    let changes: [@Sendable (String) throws -> Void] = [
      { try LocalFileSystem().appendLines(Array("\(event)\n".utf8), to: $0) },
      { #expect(truncate($0, 20) == 0) },
      { try LocalFileSystem().replace($0, Array("\(event)\n".utf8)) },
      { path in
        #expect(unlink(path) == 0)
        #expect(symlink("good.ndjson", path) == 0)
      },
    ]
    for change in changes {
      let outcome = try outcome(change)
      #expect(outcome.refused.map(\.problem) == ["changes while it is read"])
      #expect(outcome.refused.first?.kind == .temporary)
      #expect(outcome.acceptedCount <= 1 && outcome.rejectedCount == 0)
    }
    #expect(try lake.rows("SELECT event_id FROM bronze.events") == ["c"])
  }

  @Test func `only the file that the folder was seen to hold is taken`() throws {
    let path = try lake.folder.write("a.ndjson", lines: [event("a")])
    let look = try #require(try LocalFileSystem().status(of: path))
    try LocalFileSystem().replace(path, Array("\(event("b"))\n".utf8))
    let ingest = try lake.eventIngest(into: "events")
    let outcome = try ingest.take([.file(path)], seenAs: [path: look])
    #expect(outcome.commit == nil && outcome.refused.first?.kind == .temporary)
    #expect(try ingest.newInputs(among: [.file(path)], seenAs: [path: look]).found == [])
    #expect(try ingest.take([.file(path)]).acceptedCount == 1)
  }
}

/// A file system in which a file changes right after it was opened.
private struct ChangedAtOpen: ForwardingFileSystem {
  let files: any FileSystem = LocalFileSystem()
  let path: String
  let change: @Sendable (String) throws -> Void

  func open(_ path: String) throws(Fault) -> any ReadableFile {
    let file = try files.open(path)
    if path == self.path {
      do { try change(path) } catch { Issue.record(error) }
    }
    return file
  }
}
