import Core
import Delta
import TestSupport
import Testing

/// Which version a time means.
@Suite struct VersionClockTests {
  /// A table whose three log files were written at these seconds, without times in the commits.
  private func table(_ seconds: [Int64], _ folder: Workdir) throws -> Table {
    for (version, second) in seconds.enumerated() {
      let name = "t/_delta_log/0000000000000000000\(version).json"
      try folder.write(name, version == 0 ? Self.first : Self.next(version))
      try folder.setModified(name, Timestamp(microseconds: second * 1_000_000))
    }
    return Table(folder.file("t"), LocalFileSystem())
  }

  private static let first = """
    {"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
    {"metaData":{"id":"x","format":{"provider":"parquet"},"schemaString":"{\\"type\\":\\"struct\\",\
    \\"fields\\":[]}","partitionColumns":[],"configuration":{}}}

    """

  private static func next(_ version: Int) -> String {
    #"{"txn":{"appId":"a","version":\#(version)}}"# + "\n"
  }

  private func version(_ table: Table, _ milliseconds: Int64) throws -> Int64? {
    try table.snapshot(at: .timestamp(Timestamp(microseconds: milliseconds * 1_000)))?.version
  }

  @Test func `log files of one time, or of falling times, stand a millisecond apart`() throws {
    for seconds: [Int64] in [[10, 10, 10], [10, 9, 3]] {
      let folder = Workdir()
      let table = try table(seconds, folder)
      #expect(try version(table, 10_000) == 0)
      #expect(try version(table, 10_001) == 1)
      #expect(try version(table, 10_002) == 2)
      #expect(throws: Fault.self) { try version(table, 9_999) }
    }
  }

  @Test func `a time after the last commit is one only where the table need not have changed`()
    throws
  {
    let folder = Workdir()
    let table = try table([10, 20, 30], folder)
    #expect(try version(table, 40_000) == 2)
    let later = Timestamp(microseconds: 40_000_000)
    let fault = #expect(throws: Fault.self) { try table.snapshot(at: .timestampInHistory(later)) }
    #expect(fault?.kind == .missing)
    #expect(fault?.remedy.contains("1970-01-01T00:00:10Z to 1970-01-01T00:00:30Z") == true)
    let inside = Timestamp(microseconds: 30_000_000)
    #expect(try table.snapshot(at: .timestampInHistory(inside))?.version == 2)
  }

  @Test func `what can be had is told, and never what cannot`() throws {
    let folder = Workdir()
    let table = try table([10, 20], folder)
    let fault = #expect(throws: Fault.self) { try table.snapshot(at: .version(9)) }
    #expect(fault?.remedy == "give a version from 0 to 1")
    let cut = try self.table([10, 20], folder)
    try LocalFileSystem().remove(folder.file("t/_delta_log/00000000000000000000.json"))
    for moment: Table.Moment in [.version(1), .latest, .timestamp(Timestamp(microseconds: 0))] {
      let fault = #expect(throws: Fault.self) { try cut.snapshot(at: moment) }
      #expect(fault?.kind == .data && fault?.problem.contains("no version can be read") == true)
    }
  }
}
