import Columnar
package import Core

/// What triggers noted of a table, to be taken: first `claim`, then `read`, and `forget` when
/// bronze has it.
package struct NotedChanges {
  /// A mark, and the number up to which it stands for changes.
  package struct Claim: Sendable {
    package let mark: String
    package let upTo: Int64
  }

  private let source: SQLiteConnection
  private let name: String

  /// So many changes are read, or forgotten, at a time: others wait no longer for that.
  private static let stepCount = 1_000

  package init(_ triggers: SourceTriggers) {
    source = triggers.source
    name = triggers.table.name
  }

  /// Whether the source has all changes up to the number that bronze keeps with `mark`.
  package func knows(_ mark: String) throws(Fault) -> Bool {
    let row = try source.rows(
      "SELECT mark, previous FROM _medallion_tables WHERE name = ?1", [.string(name)]
    ).first
    return row?.contains(.string(mark)) ?? false
  }

  /// How many changes were noted behind number `taken`.
  package func count(after taken: Int64) throws(Fault) -> Int {
    try source.integer(
      "SELECT count(*) FROM _medallion_changes WHERE tbl = ?1 AND number > ?2",
      [.string(name), .integer(taken)])
  }

  /// The number of the last change of all tables of `source`.
  package static func lastNumber(in source: SQLiteConnection) throws(Fault) -> Int64 {
    let last = try source.value(
      "SELECT max(seq) FROM sqlite_sequence WHERE name = '_medallion_changes'")
    if case .integer(let number) = last { return number }
    return 0
  }

  /// Leaves a new mark, in place of any but `committed`, which bronze knows.
  package func claim(after committed: String?) throws -> Claim {
    try source.transaction {
      let upTo = try NotedChanges.lastNumber(in: source)
      try source.run(
        "UPDATE _medallion_tables SET previous = ?2, mark = lower(hex(randomblob(16))) "
          + "WHERE name = ?1",
        [.string(name), committed.map { .string($0) } ?? .null])
      let mark = try source.value(
        "SELECT mark FROM _medallion_tables WHERE name = ?1", [.string(name)])
      guard case .string(let text) = mark else {
        throw Fault(
          .temporary, at: source.place, "the triggers of '\(name)' are being taken down",
          remedy: "run the command again")
      }
      return Claim(mark: text, upTo: upTo)
    }
  }

  /// Gives each change from behind `taken` up to `end` to `body`, in order: its operation, moment,
  /// and the rows object that holds the values of the noted columns, `columnCount` of them, from
  /// column 4 on. The source is not kept from being written for longer than a step takes.
  package func read(
    after taken: Int64, upTo end: Int64, columnCount: Int,
    _ body: (_ operation: String, _ moment: String, _ row: SQLiteRows) throws -> Void
  ) throws {
    let columns = (1...columnCount).map { "v\($0)" }.joined(separator: ", ")
    var last = taken
    while true {
      let rows = try source.cursor(
        "SELECT number, op, moment, tbl, \(columns) FROM _medallion_changes "
          + "WHERE tbl = ?1 AND number > ?2 AND number <= ?3 ORDER BY number "
          + "LIMIT \(NotedChanges.stepCount)",
        [.string(name), .integer(last), .integer(end)])
      var count = 0
      while try rows.advance() {
        count += 1
        last = rows.integer(0) ?? last
        try body(
          String(decoding: rows.bytes(1), as: UTF8.self),
          String(decoding: rows.bytes(2), as: UTF8.self), rows)
      }
      if count < NotedChanges.stepCount { return }
    }
  }

  /// Forgets the changes up to `taken`, in short steps.
  package func forget(upTo taken: Int64) throws(Fault) {
    let forgetting = try source.prepare(
      "DELETE FROM _medallion_changes WHERE number IN (SELECT number FROM _medallion_changes "
        + "WHERE tbl = ?1 AND number <= ?2 LIMIT \(NotedChanges.stepCount))")
    while try forgetting.run([.string(name), .integer(taken)]) == NotedChanges.stepCount {}
  }
}
