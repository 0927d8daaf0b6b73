import Core
import Database
import LakeSupport
import TestSupport
import Testing

@testable import Extraction

/// Random transactions against a SQLite source, extracted between them in each way, with runs that
/// are killed: after each round bronze folds to the source, row by row.
@Suite struct RandomTransactionTests {
  /// A way to extract.
  struct Way: CustomTestStringConvertible, Sendable {
    let method: String
    let entry: String

    var testDescription: String { method }
  }

  static let ways = [
    Way(method: "triggers", entry: "keys: [id]"),
    Way(method: "compare", entry: "keys: [id]"),
    Way(method: "cursor", entry: "keys: [id], cursor: [stamp], deletes: keys"),
  ]

  @Test(arguments: ways)
  func `whatever happens to a source, bronze folds to its rows`(_ way: Way) throws {
    for seed in [11, 388_525, UInt64.random(in: 1_000...1_000_000)] {
      try Life(way, seed: seed).live(rounds: 8)
    }
  }
}

/// One source that lives through random rounds.
private final class Life {
  private let way: RandomTransactionTests.Way
  private let source: ExtractedSource
  private let seed: UInt64
  private var random: SeededRandom
  private var stamp = 0
  private var addedCount = 0
  private var copy: [UInt8]?
  private var columns = ["id", "name", "extra"]

  init(_ way: RandomTransactionTests.Way, seed: UInt64) throws {
    print("seed: \(way.method) \(seed)")
    self.way = way
    self.seed = seed
    random = SeededRandom(seed)
    source = try ExtractedSource(
      """
      CREATE TABLE items (
        id INTEGER PRIMARY KEY, name TEXT UNIQUE COLLATE NOCASE, extra, stamp INTEGER);
      """, [("items", way.entry)], by: way.method)
    if random.next() % 2 == 0 { try source.execute("PRAGMA journal_mode = WAL") }
    if way.method == "triggers" { try source.setUp() }
  }

  func live(rounds: Int) throws {
    for round in 0..<rounds {
      try change()
      if random.next() % 2 == 0 {
        let modes = FaultyFileSystem.Mode.allCases
        let files = FaultyFileSystem(
          faultAt: Int(random.next() % 12) + 1, modes[Int(random.next() % UInt64(modes.count))])
        _ = try? source.extract(files)
        if random.next() % 2 == 0 { try change() }
      }
      // All rows may go, which a person confirms.
      var faults = try source.extract()
      if faults.first?.kind == .verdict, let words = faults.first?.remedy.split(separator: " ").last
      {
        faults = try source.extract(accepting: Int(words))
      }
      #expect(faults.isEmpty, "seed \(seed), round \(round)")
      let folded = try source.folded("items", keys: ["id"], columns)
      #expect(try folded == source.source("items", columns), "seed \(seed), round \(round)")
    }
  }

  private func change() throws {
    for _ in 0...random.next() % 6 {
      let connection = try SQLiteConnection(source.path, .guest)
      try connection.execute("PRAGMA recursive_triggers = \(random.next() % 2); BEGIN")
      for _ in 0...random.next() % 4 {
        let isUndone = random.next() % 4 == 0
        try connection.execute("SAVEPOINT s")
        // What breaks a constraint changes nothing.
        for _ in 0...random.next() % 3 { try? connection.execute(statement()) }
        try connection.execute(isUndone ? "ROLLBACK TO s; RELEASE s" : "RELEASE s")
      }
      try connection.execute(random.next() % 5 == 0 ? "ROLLBACK" : "COMMIT")
    }
    try lifeEvent()
  }

  private func statement() -> String {
    stamp += 1
    let id = random.next() % 12
    let other = random.next() % 12
    let name = ["'a'", "'A'", "'b'", "'c'", "NULL", "'d'"][Int(random.next() % 6)]
    let extra = ["1", "1.0", "'1'", "x'31'", "NULL", "'ä'", "0.1"][Int(random.next() % 7)]
    let row = "(id, name, extra, stamp) VALUES (\(id), \(name), \(extra), \(stamp))"
    switch random.next() % 10 {
    case 0: return "INSERT INTO items \(row)"
    case 1, 2: return "INSERT OR REPLACE INTO items \(row)"
    case 3: return "INSERT OR IGNORE INTO items \(row)"
    case 4:
      return "INSERT INTO items \(row) ON CONFLICT (id) DO UPDATE SET extra = excluded.extra, "
        + "stamp = excluded.stamp"
    case 5: return "UPDATE items SET extra = \(extra), stamp = \(stamp) WHERE id = \(id)"
    case 6: return "UPDATE OR REPLACE items SET id = \(other), stamp = \(stamp) WHERE id = \(id)"
    case 7: return "UPDATE OR REPLACE items SET name = \(name), stamp = \(stamp) WHERE id = \(id)"
    case 8: return "DELETE FROM items WHERE id = \(id)"
    default: return "UPDATE items SET id = id + 20, stamp = \(stamp) WHERE id > \(id) AND id < 20"
    }
  }

  /// Something that does not happen every day.
  private func lifeEvent() throws {
    switch random.next() % 12 {
    case 0: try source.execute("VACUUM")
    case 1:
      addedCount += 1
      try source.execute("ALTER TABLE items ADD COLUMN more\(addedCount) DEFAULT \(addedCount)")
      columns.append("more\(addedCount)")
      // A new column's default is no change of a row to a cursor.
      try source.execute("UPDATE items SET stamp = \(stamp + 1)")
      stamp += 1
      if way.method == "triggers" {
        #expect(try source.extract().map(\.kind) == [.configuration])
        try source.setUp()
      }
    case 2, 3:
      let file = source.lake.folder.file("copy.db")
      try LocalFileSystem().remove(file)
      try source.execute("VACUUM INTO '\(file)'")
      copy = try LocalFileSystem().read(file)
    case 4, 5, 6:
      guard let copy else { return }
      for suffix in ["-wal", "-shm", "-journal"] {
        try LocalFileSystem().remove(source.path + suffix)
      }
      try LocalFileSystem().replace(source.path, copy)
      columns = Array(columns.prefix(3)) + (1...20).map { "more\($0)" }.prefix(try addedColumns())
      addedCount = columns.count - 3
      if way.method == "triggers" { try source.setUp() }
    default: return
    }
  }

  /// How many columns the table at hand has got since it was made.
  private func addedColumns() throws -> Int {
    try SQLiteConnection(source.path, .guest).columns(of: "items").count - 4
  }
}
