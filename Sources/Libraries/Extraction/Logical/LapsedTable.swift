import Bronze
import Core
import Database
import LakeJobs

/// A table of which bronze has rows, but whose log was not followed since: its rows at a place of
/// the log are held against what bronze last said of them, so that only differences become change
/// rows.
struct LapsedTable {
  private let table: LogicalTable
  private let snapshot: SourceSnapshot
  private let run: ExtractionRun
  private let images: LastImages
  private let names: [String]

  init(_ table: LogicalTable, at snapshot: SourceSnapshot, _ run: ExtractionRun) throws {
    self.table = table
    self.snapshot = snapshot
    self.run = run
    names = table.source.bronzeNames
    try table.source.checkKeys(snapshot.session)
    images = try table.images(run)
  }

  /// Takes what differs, as one commit, and gives it with what was found; `.verdict` when more rows
  /// are gone than may.
  func take() throws -> TableOutcome? {
    run.progress(table.name)
    let addition = try table.addition(run)
    let writer = ChangeWriter(
      into: addition, after: max(images.lastSequence, table.state.sequence), run.lake.fileSystem)
    let (summary, foreign) = try compare(writer)
    try DeleteLimit.standard.check(
      summary.deleted, of: try images.count(), accepted: run.acceptedDeletes,
      isEmptied: summary.read == 0, at: table.source.place)
    try writeLost(to: writer)
    try writer.finish()
    var next = table.state
    next.position = snapshot.position
    next.sequence = writer.lastSequence
    next.committedAt = latest
    next.columns = names
    next.snapshotKey = nil
    return try table.commit(addition, next).map { table.outcome(summary, foreign, $0) }
  }

  /// Tells what `take` would find.
  func look() throws -> TableOutcome {
    let (summary, foreign) = try compare(nil)
    return table.outcome(summary, foreign, nil)
  }

  /// Later than all that bronze has of the table.
  private var latest: Timestamp {
    max(snapshot.moment, images.lastMoment?.adding(microseconds: 1) ?? snapshot.moment)
  }

  /// Holds all rows of the source against what is known of them.
  private func compare(_ writer: ChangeWriter?) throws -> (ExtractionSummary, ForeignTexts) {
    var summary = ExtractionSummary()
    var rows = SnapshotRows(table, snapshot, zone: run.system.timeZone)
    var key: [String]?
    repeat {
      key = try rows.read(from: key, 10_000) { row, moment in
        summary.read += 1
        try compare(row, moment, writer, &summary)
      }
    } while key != nil
    summary.unreadTimes = rows.times.unread
    summary.timesAhead = rows.times.ahead
    summary.deleted = try images.lostCount()
    return (summary, rows.foreign)
  }

  private func compare(
    _ row: RowTexts, _ moment: Timestamp, _ writer: ChangeWriter?,
    _ summary: inout ExtractionSummary
  ) throws {
    let key = RowTexts.key(of: table.source.keys.map { row[$0] })
    let known = try images.image(of: key).flatMap { $0.isGone ? nil : $0 }
    try images.meet(key)
    if let known, isSame(row, as: known) { return }
    if known == nil { summary.created += 1 } else { summary.updated += 1 }
    guard let writer else { return }
    // What changed while nobody followed the log did so at some time since: the row's own, if that
    // is later than all that is known.
    let moment = images.lastMoment.map { $0 < moment ? moment : latest } ?? moment
    try writer.append(
      known == nil ? .create : .update, row, writer.form(of: names), at: moment)
  }

  /// Whether bronze says of a row what the source says; of a column that it does not know, a row
  /// without a value says nothing new.
  private func isSame(_ row: RowTexts, as known: LastImages.Image) -> Bool {
    names.enumerated().allSatisfy { index, name in
      guard let value = known.value(of: name) else { return row[index] == nil }
      return value == row[index]
    }
  }

  private func writeLost(to writer: ChangeWriter) throws {
    var row = RowTexts()
    try images.forEachLost { image in
      row.removeAll()
      for value in image.values { row.append(value) }
      try writer.append(.delete, row, writer.form(of: image.columns), at: latest)
    }
  }
}
