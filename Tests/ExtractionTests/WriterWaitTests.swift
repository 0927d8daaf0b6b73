import Core
import Database
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Extraction

/// Who writes to a SQLite source goes on while it is extracted.
@Suite struct WriterWaitTests {
  /// What the writer has done, and whether it should stop.
  private final class Writing: Sendable {
    private let state = Mutex((writtenCount: 0, refusal: Fault?.none, isOver: false))

    var writtenCount: Int { state.withLock { $0.writtenCount } }
    var refusal: Fault? { state.withLock { $0.refusal } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func count() { state.withLock { $0.writtenCount += 1 } }
    func refuse(_ fault: Fault) { state.withLock { $0.refusal = fault } }
    func end() { state.withLock { $0.isOver = true } }
  }

  private static let entries = [
    "triggers": "keys: [id]", "compare": "keys: [id]", "cursor": "keys: [id], cursor: [extra]",
  ]

  @Test(arguments: ["triggers", "compare", "cursor"], ["WAL", "DELETE"])
  func `another writer is never refused while a source is extracted`(
    _ method: String, _ journal: String
  ) throws {
    let source = try ExtractedSource(
      "CREATE TABLE items (id INTEGER PRIMARY KEY, name, extra INTEGER)",
      [("items", Self.entries[method] ?? "")], by: method)
    try source.execute("PRAGMA journal_mode = \(journal)")
    if method == "triggers" { try source.setUp() }
    let rows = """
      WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
      INSERT INTO items SELECT i, 'name ' || i, i FROM n
      """
    try source.execute(rows)
    if method == "triggers" { #expect(try source.extract().isEmpty) }
    try source.execute("UPDATE items SET name = name || '!', extra = extra + 1500")
    let writing = Writing()
    let path = source.path
    let thread = try #require(
      Thread {
        do throws(Fault) {
          // An application that waits for two seconds, as many are told to.
          let writer = try SQLiteConnection(path, .guest, patience: .seconds(2))
          var number = 10_000
          while !writing.isOver {
            number += 1
            try writer.execute("INSERT INTO items VALUES (\(number), 'new', \(number))")
            writing.count()
            usleep(1_000)
          }
        } catch {
          writing.refuse(error)
        }
      })
    while writing.writtenCount == 0, writing.refusal == nil { usleep(1_000) }
    for _ in 0..<2 { #expect(try source.extract().isEmpty) }
    writing.end()
    thread.join()
    #expect(writing.refusal == nil)
    #expect(try source.extract().isEmpty)
    let columns = ["id", "name", "extra"]
    #expect(
      try source.folded("items", keys: ["id"], columns) == source.source("items", columns))
  }
}
