import Bronze
import Core
import Database
import LakeJobs

/// Writes changes as rows of bronze, in their order: one for most, two for a change of a key, one
/// for each row that a truncation took.
struct ChangeRows {
  /// Rows under a new key whose large values nobody tells.
  private(set) var incompleteCount = 0
  private let table: EventTable
  private let writer: ChangeWriter
  private let now: Timestamp
  private let acceptedDeletes: Int?
  private var known: KnownRows?
  /// The delete that came last, if nothing came since.
  private var lastDelete: ChangeEvent?
  private var texts = RowTexts()
  private var lastForm: (columns: [String], form: ChangeWriter.Form)?

  init(
    _ table: EventTable, _ writer: ChangeWriter, _ known: KnownRows?, now: Timestamp,
    acceptedDeletes: Int?
  ) {
    self.table = table
    self.writer = writer
    self.known = known
    self.now = now
    self.acceptedDeletes = acceptedDeletes
  }

  /// Writes `change`, at a time that `times` tells.
  mutating func write(_ change: ChangeEvent, _ times: inout CommitTimes) throws {
    let moment = times.moment(change.source, now: now)
    guard case .row(var operation) = change.kind else { return try truncate(moment) }
    var change = change
    if let oldKey = change.oldKey {
      try append(.delete, oldKey, keyColumns(of: change), oldKey, moment)
      operation = .create
    } else if change.needsOldRow, let last = lastDelete,
      change.followsKeyChange || last.source.transaction == change.source.transaction
    {
      change.oldKey = last.key
    }
    if operation == .create, !change.absentColumns.isEmpty { complete(&change) }
    try append(operation, change.key, change.columns, change.values, moment)
    lastDelete = operation == .delete ? change : nil
  }

  /// Gives a row under a new key the large values that it had under the old one.
  private mutating func complete(_ change: inout ChangeEvent) {
    var isWhole = true
    for column in change.absentColumns {
      guard let oldKey = change.oldKey, let value = known?.value(of: column, oldKey) else {
        isWhole = false
        continue
      }
      change.columns.append(column)
      change.values.append(value)
    }
    if !isWhole { incompleteCount += 1 }
  }

  /// Deletes every row that is there; `.verdict` when those are more than may go.
  private mutating func truncate(_ moment: Timestamp) throws {
    guard let known else { return }
    let keys = known.present
    try DeleteLimit.standard.check(
      keys.count, of: keys.count, accepted: acceptedDeletes, at: Place(table.table.name),
      " by a truncation")
    for key in keys { try append(.delete, key, known.keyColumns, key, moment) }
    lastDelete = nil
  }

  /// The key's columns as the event's row calls them.
  private func keyColumns(of change: ChangeEvent) -> [String] {
    table.table.source.keys.map { key in
      change.columns.first { $0 == key }
        ?? change.columns.first { $0.lowercased() == key.lowercased() } ?? key
    }
  }

  private mutating func append(
    _ operation: ChangeOperation, _ key: [[UInt8]?], _ columns: [String], _ values: [[UInt8]?],
    _ moment: Timestamp
  ) throws {
    let form: ChangeWriter.Form
    if let lastForm, lastForm.columns == columns {
      form = lastForm.form
    } else {
      form = writer.form(of: columns)
      lastForm = (columns, form)
    }
    texts.removeAll()
    for value in values {
      if let value { texts.append(value) } else { texts.appendNull() }
    }
    try writer.append(operation, texts, form, at: moment)
    known?.apply(operation, key, columns, values, writer.lastSequence, at: moment)
  }
}
