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
  let window: CursorWindow
  /// Nil where nothing is to be written.
  let writer: ChangeWriter?
  let now: Timestamp
  /// Where the last row stood that the window showed.
  private(set) var lastPosition: Int64?
  /// Rows that are taken though an earlier window should have shown them.
  private(set) var missedCount = 0
  /// Rows that were taken and have no place in the cursor's order, and rows behind the window.
  private(set) var placelessCount = 0
  private(set) var waitingCount = 0
  private let digest: ContentDigest
  private let form: ChangeWriter.Form?
  private var times: ChangeTimes
  private var foreign: [Int: Oddity] = [:]
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
    form = writer?.form(of: table.bronzeNames)
    times = ChangeTimes(now: now, zone: table.zone)
  }

  /// Text that is not UTF-8, by column.
  var foreignTexts: [(column: String, found: Oddity)] {
    foreign.map { (table.columns[$0.key].bronzeName, $0.value) }.sorted { $0.0 < $1.0 }
  }

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

  private func take(_ row: RowTexts) throws {
    let position = table.position(of: row, window.kind)
    let key = RowTexts.key(of: table.keys.map { row[$0] })
    guard try known.meet(key) else {
      throw Fault(
        .verdict, at: Place("\(source.place):\(table.table.source.name)"),
        "several rows have the key (\(keyText(row)))",
        remedy: "name key columns that together differ from row to row")
    }
    if let position {
      if window.isAfter(position) {
        waitingCount += 1
        return
      }
      if window.isBefore(position), !isWhole { return }
    }
    summary.read += 1
    if let position { lastPosition = max(lastPosition ?? position, position) }
    let before = try known.known(key)
    let isDeleted = table.isDeleted(row)
    let content = digest.digest(of: row)
    if let before, before.isDeleted == isDeleted, isDeleted || before.digest == content { return }
    if position == nil { placelessCount += 1 }
    if let position, let lastLow, position < lastLow { missedCount += 1 }
    try write(row, before, isDeleted: isDeleted, at: position)
    try known.put(
      key, ShownRows.Known(digest: content, position: position, isDeleted: isDeleted))
  }

  private func write(
    _ row: RowTexts, _ before: ShownRows.Known?, isDeleted: Bool, at position: Int64?
  ) throws {
    let operation: ChangeOperation
    if isDeleted {
      operation = .delete
      summary.deleted += 1
    } else if isFirst {
      operation = .read
      summary.snapshotRows += 1
    } else if before.map(\.isDeleted) ?? true {
      operation = .create
      summary.created += 1
    } else {
      operation = .update
      summary.updated += 1
    }
    for (column, value) in row.values.enumerated() {
      guard let value, row.bytes[value].withTextBytes(ForeignText.isEscaped) else { continue }
      foreign[column, default: Oddity()].note(keyText(row), "")
    }
    if let writer, let form {
      try writer.append(operation, row, form, at: moment(row, before, position))
    }
  }

  /// When the row changed: as it says itself, if that moved forward.
  private func moment(
    _ row: RowTexts, _ before: ShownRows.Known?, _ position: Int64?
  ) -> Timestamp {
    if window.kind == .time, table.updatedAt == nil {
      guard let position, before?.position.map({ $0 < position }) ?? true else { return now }
      return min(Timestamp(microseconds: position), now)
    }
    let own = times.moment(table.updatedAt.flatMap { row[$0] }, key: keyText(row))
    // A row that is read again for another reason may say the same time as before.
    return before == nil ? own : max(own, lastMoment(of: before) ?? own)
  }

  private func lastMoment(of before: ShownRows.Known?) -> Timestamp? {
    window.kind == .time ? before?.position.map { Timestamp(microseconds: $0) } : nil
  }

  private func keyText(_ row: RowTexts) -> String {
    table.keys.map { key in
      row[key].map { String(decoding: $0, as: UTF8.self) } ?? "NULL"
    }.joined(separator: ", ")
  }
}
