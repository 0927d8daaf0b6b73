import Core
import Database
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// Runs that die: nothing is lost, and nothing comes twice.
@Suite(.enabled(if: LoggedSource.isPossible, "no PostgreSQL server to start here"))
struct LogicalCrashTests {
  @Test func `a snapshot that is killed anywhere goes on, while rows move between its chunks`()
    throws
  {
    let source = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); "
        + "INSERT INTO items SELECT g * 10, 'n' || g FROM generate_series(1, 12) g",
      [("items", "id")])
    try source.setUp()
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed)
    func move() throws {
      let from = Int.random(in: 1...12, using: &random) * 10
      let to = Int.random(in: 1...130, using: &random)
      try source.execute(
        """
        UPDATE items SET id = \(to) WHERE id = \(from)
          AND NOT EXISTS (SELECT FROM items WHERE id = \(to));
        INSERT INTO items VALUES (\(Int.random(in: 200...300, using: &random)), 'new')
          ON CONFLICT DO NOTHING;
        UPDATE items SET name = name || '!' WHERE id > \(to);
        DELETE FROM items WHERE id = \(from + 1)
        """)
    }
    // Of each chunk one run is killed amid it, and another when it is told of.
    var chunkCount = 0
    while true {
      let mode = try #require(
        [FaultyFileSystem.Mode.kill, .killLosingNames, .loseUnsynced].randomElement(using: &random))
      let step = Int.random(in: 1...40, using: &random)
      _ = try source.extract(FaultyFileSystem(faultAt: step, mode), step: 2, chunk: 3)
      try move()
      var isWhole = true
      do {
        let faults = try source.extract(step: 2, chunk: 3) { outcome in
          guard outcome.summary.isSnapshot else { return }
          isWhole = false
          throw Told()
        }
        #expect(faults == [])
      } catch is Told {
        chunkCount += 1
      }
      try move()
      if isWhole { break }
    }
    #expect(chunkCount >= 2, "seed \(seed)")
    #expect(try source.extract() == [])
    #expect(try source.folded("items") == source.source("items"), "seed \(seed)")
  }

  /// That a chunk was told of, where the run ends as if it was killed.
  private struct Told: Error {}

  @Test func `a transaction of many rows comes whole, whenever bronze could not be written`()
    throws
  {
    let source = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); CREATE TABLE others "
        + "(id int PRIMARY KEY, name text, note text)",
      [("items", "id"), ("others", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    // All rows of one COPY have one place in the log.
    try source.execute(
      """
      COPY items FROM PROGRAM 'seq 1 10000 | sed "s/$/\\tn\\tx/"';
      INSERT INTO others SELECT id, name FROM items WHERE id < 10
      """)
    let counting = FaultyFileSystem()
    let copy = try source.extract(counting, of: ["none"])
    #expect(copy == [])
    // At first while the rows are written, for what is committed is not read once more.
    for mode in [FaultyFileSystem.Mode.kill, .loseUnsynced, .full] {
      for step in FaultyFileSystem.steps(of: 40, oneIn: 20) {
        let files = FaultyFileSystem(faultAt: counting.stepCount + step, mode)
        _ = try source.extract(files, step: 100)
      }
    }
    #expect(try source.extract() == [])
    #expect(try source.extract() == [])
    #expect(try source.folded("items") == source.source("items"))
    #expect(try source.changes("items").count == 10_000)
    #expect(try source.changes("others").count == 9)
  }

  @Test func `a table that cannot be taken holds the log back for itself alone`() throws {
    let source = try LoggedSource(
      "CREATE TABLE items (id int PRIMARY KEY, name text, note text); CREATE TABLE others "
        + "(id int PRIMARY KEY, name text, note text)",
      [("items", "id"), ("others", "id")])
    try source.setUp()
    #expect(try source.extract() == [])
    try source.execute("INSERT INTO items VALUES (1, 'one'), (2, 'two')")
    try source.execute("INSERT INTO items VALUES (3, 'three')")
    try source.execute(
      """
      ALTER TABLE items RENAME id TO number; INSERT INTO items VALUES (4, 'four');
      INSERT INTO others VALUES (1, 'one')
      """)
    for round in 2...4 {
      #expect(try source.extract(step: 2).map(\.kind) == [.configuration])
      try source.execute("INSERT INTO others VALUES (\(round), 'more')")
    }
    #expect(try source.changes("items") == ["c|1|one", "c|2|two", "c|3|three"])
    #expect(try source.changes("others").count == 3)
    // With its new key the table goes on where it stands; what was not asked for waits.
    let entries = try source.lake.read("sources.yml")
    try source.lake.write(
      "sources.yml", entries.replacing("items: {keys: [id]", with: "items: {keys: [number]"))
    try source.execute("UPDATE items SET name = 'vier' WHERE number = 4")
    #expect(try source.extract(of: ["items"]) == [])
    #expect(
      try Array(source.changes("items", ["number", "name"]).dropFirst(3))
        == ["c|4|four", "u|4|vier"])
    #expect(try source.changes("others").count == 3)
    #expect(try source.extract() == [])
    #expect(try source.folded("others") == source.source("others"))
  }
}
