import Bronze
import Columnar
import Core
import Database
import LakeJobs
import PostgreSQL

/// The first snapshot of a table, a chunk of its keys and a commit at a time, so that a run that is
/// killed goes on behind the last one.
///
/// Each run reads at a place of the log of its own, and takes the log up to there before, for the
/// chunks that are there already and the rows to come alike. So bronze holds, after each chunk, for
/// every key up to the last one what the source had at that place: a row that has moved from behind
/// the last key to before it came by the log, as a delete and an insert, and one that has moved the
/// other way is read by a later chunk, whose `__sequence` is greater than that of the log's rows.
/// What the log said of keys that were not read yet is what the chunk says too, or older.
struct SnapshotChunks {
  private let table: LogicalTable
  private let snapshot: SourceSnapshot
  private let run: ExtractionRun
  private let chunkLength: Int

  init(
    of table: LogicalTable, at snapshot: SourceSnapshot, _ run: ExtractionRun, chunkLength: Int
  ) {
    self.table = table
    self.snapshot = snapshot
    self.run = run
    self.chunkLength = chunkLength
  }

  /// Reads all chunks that are missing, and tells of each as soon as its commit is durable.
  func take(_ tell: (TableOutcome) throws -> Void) throws {
    if table.state.snapshotKey == [] { try table.source.checkKeys(snapshot.session) }
    while let key = table.state.snapshotKey {
      run.progress(table.name)
      let addition = try table.addition(run)
      let writer = ChangeWriter(
        into: addition, after: table.state.sequence, run.lake.fileSystem)
      var rows = SnapshotRows(table, snapshot, zone: run.system.timeZone)
      let last = try rows.read(from: key.isEmpty ? nil : key, chunkLength) { row, moment in
        try writer.append(.read, row, writer.form(of: table.source.bronzeNames), at: moment)
      }
      try writer.finish()
      var next = table.state
      next.position = snapshot.position
      next.sequence = writer.lastSequence
      next.committedAt = max(snapshot.moment, next.committedAt ?? snapshot.moment)
      next.columns = table.source.bronzeNames
      next.snapshotKey = last
      guard let commit = try table.commit(addition, next) else { return }
      var summary = ExtractionSummary()
      summary.isSnapshot = true
      summary.read = writer.rowCount
      summary.snapshotRows = writer.rowCount
      summary.unreadTimes = rows.times.unread
      summary.timesAhead = rows.times.ahead
      summary.renamedColumns = key.isEmpty ? table.source.renamed : []
      try tell(table.outcome(summary, rows.foreign, commit))
    }
  }
}

/// The rows of a table as a snapshot sees them, in the order of their keys.
struct SnapshotRows {
  /// When the rows changed, as they say themselves.
  private(set) var times: ChangeTimes
  private(set) var foreign = ForeignTexts()
  private let table: LogicalTable
  private let session: LogicalSession
  private let forms: [TextForm]
  private let updatedAt: Int?

  init(_ table: LogicalTable, _ snapshot: SourceSnapshot, zone: String?) {
    self.table = table
    session = snapshot.session
    times = ChangeTimes(now: snapshot.moment, zone: zone.flatMap(ZoneRules.named))
    forms = table.source.columns.map { snapshot.session.types.form(of: $0.type) }
    updatedAt = table.table.source.updatedAt.flatMap { name in
      ColumnNames.index(of: name, in: table.source.columns.map(\.name))
    }
  }

  /// Gives `body` at most `count` rows behind the one with the key `key`, as the server spells it,
  /// with the times when they changed. The last one's key; nil when there are no more.
  mutating func read(
    from key: [String]?, _ count: Int, _ body: (RowTexts, Timestamp) throws -> Void
  ) throws -> [String]? {
    let list = table.source.keyList(session)
    let nullable = table.source.keys.filter { table.source.columns[$0].isNullable }
    var conditions: [String] = []
    if let key {
      let marks = key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
      conditions.append("(\(list)) > (\(marks))")
    }
    if !nullable.isEmpty { conditions.append("NOT \(nulls(nullable))") }
    let condition = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
    var last: [String] = []
    let read = try rows("\(condition)ORDER BY \(list) LIMIT \(count)", key ?? [], &last, body)
    if read == count { return last }
    // Rows without a key have no place in the order; silver sets them aside.
    if !nullable.isEmpty { _ = try rows("WHERE \(nulls(nullable))", [], &last, body) }
    return nil
  }

  /// How many rows there are behind the one with the key `key`; all without one.
  func count(from key: [String]?) throws -> Int {
    let all = "SELECT count(*) FROM \(table.source.sqlName)"
    guard let key, !key.isEmpty else { return try session.connection.integer(all) }
    let marks = key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    return try session.connection.integer(
      "\(all) WHERE (\(table.source.keyList(session))) > (\(marks))",
      key.map { .string($0) })
  }

  private func nulls(_ keys: [Int]) -> String {
    let tests = keys.map { key in
      "\(session.connection.dialect.quoted(table.source.columns[key].name)) IS NULL"
    }
    return "(\(tests.joined(separator: " OR ")))"
  }

  private mutating func rows(
    _ condition: String, _ parameters: [String], _ last: inout [String],
    _ body: (RowTexts, Timestamp) throws -> Void
  ) throws -> Int {
    let columns = table.source.columns.map { session.connection.dialect.quoted($0.name) }
    let rows = try PostgreSQLRows(
      "SELECT \(columns.joined(separator: ", ")) FROM \(table.source.sqlName) \(condition)",
      parameters, from: session.connection)
    let names = table.source.bronzeNames
    var row = RowTexts()
    var count = 0
    while try rows.next() {
      row.removeAll()
      for (index, form) in forms.enumerated() {
        if let text = rows.value(index) {
          form.append(text, to: &row)
        } else {
          row.appendNull()
        }
      }
      last = table.source.keys.map { key in
        rows.value(key).map { String(decoding: $0, as: UTF8.self) } ?? ""
      }
      if session.isOfAnyEncoding { foreign.note(row, names, last.joined(separator: ", ")) }
      let moment =
        updatedAt.map { times.moment(row[$0], key: last.joined(separator: ", ")) } ?? times.now
      try body(row, moment)
      count += 1
    }
    return count
  }
}
