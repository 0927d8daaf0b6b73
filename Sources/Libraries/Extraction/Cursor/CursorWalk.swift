import Columnar
import Core
import Database
import LakeJobs

/// One walk of a cursor through its window: rows that are new or differ become change rows.
final class CursorWalk {
  var summary = ExtractionSummary()
  /// Whether bronze has nothing of the table yet.
  var isFirst = false
  let table: CursorTable
  let source: CursorSource
  let known: ShownRows
  private(set) var window: CursorWindow
  /// Nil where nothing is to be written.
  let writer: ChangeWriter?
  let now: Timestamp
  /// Where the last row stood that the window showed.
  private(set) var lastPosition: Int64?
  /// Where the last row stood that is as it was known.
  private var lastUnchanged: Int64?
  /// From here on the walk has been before, and has taken what had changed.
  private var seenFrom = Int64.max
  /// Rows that are taken though an earlier window should have shown them.
  private(set) var missedCount = 0
  /// Rows that were taken and have no place in the cursor's order, and rows behind the window.
  private(set) var placelessCount = 0
  private(set) var waitingCount = 0
  private let digest: ContentDigest
  private let form: ChangeWriter.Form?
  private var times: ChangeTimes
  private var foreign = ForeignTexts()
  private let names: [String]
  private let lastLow: Int64?
  private var isWhole = false

  init(
    _ table: CursorTable, in source: CursorSource, _ known: ShownRows, _ window: CursorWindow,
    closedBefore lastLow: Int64?, into writer: ChangeWriter?, now: Timestamp
  ) {
    self.table = table
    self.source = source
    self.known = known
    self.window = window
    self.lastLow = lastLow
    self.writer = writer
    self.now = now
    digest = ContentDigest(of: table.bronzeNames)
    names = table.bronzeNames
    form = writer?.form(of: table.bronzeNames)
    times = ChangeTimes(now: now, zone: table.zone)
  }

  /// Text that is not UTF-8, by column.
  var foreignTexts: [(column: String, found: Oddity)] { foreign.byColumn }

  /// Reads the window, or all rows when it has no beginning, or `isWhole` says so.
  func readRows(isWhole: Bool = false) throws {
    try known.forgetMet()
    self.isWhole = isWhole
    waitingCount = 0
    summary.isSnapshot = isFirst
    let names = table.columns.map { source.quoted($0.name) }.joined(separator: ", ")
    let condition =
      isWhole ? "" : window.condition(table, in: source).map { " WHERE \($0)" } ?? ""
    try source.forEach("SELECT \(names) FROM \(table.sqlName)\(condition)", table.columns, take)
    summary.unreadTimes = times.unread
    summary.timesAhead = times.ahead
  }

  /// Whether the source has gone on from where it was: it has the last row that is known, or has it
  /// at a later place.
  ///
  /// Of a source that was restored from an older copy this does not hold: the last rows of before
  /// are gone there, or as they were. Where all rows that the window shows have changed since, that
  /// says nothing, and rows before it are looked at, until one is as it was: what is known behind
  /// it has all been read then, and what is known before it was the same when the copy was made.
  func isContinuous() throws -> Bool {
    for count in [10, 100, 1_000] {
      if let lastUnchanged { return try !known.hasUnmet(behind: lastUnchanged) }
      guard let low = window.low else { return true }
      if try known.hasUnmet(behind: low - 1) { return false }
      guard let wider = try known.position(before: low, by: count) else { return true }
      seenFrom = low
      window.low = wider
      try readRows()
    }
    return false
  }

  private func take(_ row: RowTexts) throws {
    let position = table.position(of: row, window.kind)
    if let position, window.isBefore(position), !isWhole { return }
    let key = RowTexts.key(of: table.keys.map { row[$0] })
    guard try known.meet(key) else {
      throw Fault(
        .verdict, at: Place("\(source.place):\(table.table.source.name)"),
        "several rows have the key (\(keyText(row)))",
        remedy: "name key columns that together differ from row to row")
    }
    if let position, window.isAfter(position) {
      waitingCount += 1
      return
    }
    summary.read += 1
    if let position { lastPosition = max(lastPosition ?? position, position) }
    let before = try known.known(key)
    let isDeleted = table.isDeleted(row)
    let content = digest.digest(of: row)
    if let before, let position, position < seenFrom, before.position == position,
      before.digest == content
    {
      lastUnchanged = max(lastUnchanged ?? position, position)
    }
    let standing: ShownRows.Known.Standing = isDeleted ? .marked : .there
    if let before, before.standing == standing, isDeleted || before.digest == content { return }
    if position == nil { placelessCount += 1 }
    if let position, let lastLow, position < lastLow { missedCount += 1 }
    let moment = try write(row, before, isDeleted: isDeleted, at: position)
    try known.put(
      key,
      ShownRows.Known(digest: content, position: position, standing: standing, moment: moment))
  }

  private func write(
    _ row: RowTexts, _ before: ShownRows.Known?, isDeleted: Bool, at position: Int64?
  ) throws -> Timestamp {
    let operation: ChangeOperation
    if isDeleted {
      operation = .delete
      summary.deleted += 1
    } else if isFirst {
      operation = .read
      summary.snapshotRows += 1
    } else if before?.standing != .there {
      operation = .create
      summary.created += 1
    } else {
      operation = .update
      summary.updated += 1
    }
    foreign.note(row, names, keyText(row))
    let moment = moment(row, before, position)
    if let writer, let form { try writer.append(operation, row, form, at: moment) }
    return moment
  }

  /// When the row changed: as it says itself, if that moved forward, and now if that would come
  /// before its last change.
  private func moment(
    _ row: RowTexts, _ before: ShownRows.Known?, _ position: Int64?
  ) -> Timestamp {
    guard window.kind == .time, table.updatedAt == nil else {
      return times.moment(
        table.updatedAt.flatMap { row[$0] }, after: before?.moment, key: keyText(row))
    }
    guard let position, before?.position.map({ $0 < position }) ?? true else { return now }
    let own = min(Timestamp(microseconds: position), now)
    return before.map { own <= $0.moment } ?? false ? now : own
  }

  private func keyText(_ row: RowTexts) -> String {
    table.keys.map { key in
      row[key].map { String(decoding: $0, as: UTF8.self) } ?? "NULL"
    }.joined(separator: ", ")
  }
}
