import Core
import Database
import TestSupport
import Testing

/// When changes are said to have happened.
@Suite struct ChangeTimesTests {
  private let workdir = Workdir()

  @Test func `a row's own time counts also when it lies before the last extraction`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id TEXT, x, changed)")
    try source.run("INSERT INTO t VALUES ('a', 1, '1970-01-01 00:10:00')")
    #expect(try source.extract(at: 3_600) == ["a 00:10:00Z r"])
    try source.run("UPDATE t SET x = 2, changed = '1970-01-01 00:20:00'")
    try source.run("INSERT INTO t VALUES ('late', 1, '1970-01-01 00:30:00')")
    #expect(try source.extract(at: 7_200) == ["a 00:20:00Z u", "late 00:30:00Z c"])
  }

  @Test func `a time that did not move, or lies ahead, is that of the extraction`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id TEXT, x, changed)")
    try source.run(
      "INSERT INTO t VALUES ('ahead', 1, '1970-01-02'), ('back', 1, '1970-01-01 00:50:00'),"
        + "('none', 1, NULL), ('same', 1, '1970-01-01 00:10:00')")
    #expect(
      try source.extract(at: 3_600) == [
        "ahead 01:00:00Z r", "back 00:50:00Z r", "none 01:00:00Z r", "same 00:10:00Z r",
      ])
    #expect(source.summary.timesAhead.count == 1)
    try source.run(
      "UPDATE t SET x = 2; UPDATE t SET changed = '1970-01-01 00:40:00' WHERE id = 'back'")
    #expect(
      try source.extract(at: 7_200) == [
        "ahead 02:00:00Z u", "back 02:00:00Z u", "none 02:00:00Z u", "same 02:00:00Z u",
      ])
  }

  @Test func `the changes of a row keep their order whatever its clock says`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id TEXT, x, changed)")
    try source.run("INSERT INTO t VALUES ('a', 1, NULL), ('b', 1, '1970-01-01 00:10:00')")
    #expect(try source.extract(at: 3_600) == ["a 01:00:00Z r", "b 00:10:00Z r"])
    // Said to be before the change that was found an hour ago.
    try source.run("UPDATE t SET x = 2, changed = '1970-01-01 00:30:00' WHERE id = 'a'")
    try source.run("DELETE FROM t WHERE id = 'b'")
    #expect(try source.extract(at: 7_200) == ["b 02:00:00Z d", "a 02:00:00Z u"])
    // A row that comes back from a backup is no older than its deletion.
    try source.run("INSERT INTO t VALUES ('b', 1, '1970-01-01 00:10:00')")
    #expect(try source.extract(at: 10_800) == ["b 03:00:00Z c"])
  }

  @Test func `what is no time is counted, with an example`() throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id TEXT, x, changed)")
    try source.run(
      "INSERT INTO t VALUES ('a', 1, '1/2/1970 2:30 AM'), ('b', 1, 'soon'), ('c', 1, 19700101), "
        + "('d', 1, NULL)")
    _ = try source.extract(at: 3_600)
    #expect(source.summary.unreadTimes.count == 3)
    #expect(source.summary.unreadTimes.key == "a")
    #expect(source.summary.unreadTimes.text == "1/2/1970 2:30 AM")
  }

  @Test(arguments: [
    ("1792888200", "2026-10-25T00:30:00Z"), ("1792888200000", "2026-10-25T00:30:00Z"),
    ("1792888200000000", "2026-10-25T00:30:00Z"), ("1792888200000000000", "2026-10-25T00:30:00Z"),
    ("1792888200.25", "2026-10-25T00:30:00.25Z"), ("2461338.5", "2026-10-25T00:00:00Z"),
    ("'2026-10-24'", "2026-10-24T04:00:00Z"), ("'2026-10-24 20:30:00'", "2026-10-25T00:30:00Z"),
    ("'2026-10-24T20:30'", "2026-10-25T00:30:00Z"),
    ("'2026-10-24T20:30:00Z'", "2026-10-24T20:30:00Z"),
    ("'2026-10-24T20:30:00.123456789+02:00'", "2026-10-24T18:30:00.123456Z"),
    // Clocks are put back at two on 1 November: the hour comes twice, the first counts.
    ("'2026-11-01 01:30:00'", "2026-11-01T05:30:00Z"),
    ("'2026-11-01 02:00:00'", "2026-11-01T07:00:00Z"),
    // They are put forward at two on 8 March: the hour is left out.
    ("'2026-03-08 02:30:00'", "2026-03-08T07:30:00Z"),
  ])
  func `times are read in the zone of the source`(written: String, instant: String) throws {
    let source = try SourceCopy(workdir, "CREATE TABLE t (id TEXT, x, changed)")
    source.spec.timeZone = "America/New_York"
    try source.run("INSERT INTO t VALUES ('a', 1, \(written))")
    let rows = try source.extract(at: 1_800_000_000, whole: true)
    #expect(rows == ["a \(instant) r"])
  }
}
