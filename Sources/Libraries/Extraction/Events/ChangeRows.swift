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
  private let known: LastImages?
  /// The delete that came last, if nothing came since.
  private var lastDelete: ChangeEvent?
  private var texts = RowTexts()
  private var lastForm: (columns: [String], form: ChangeWriter.Form)?

  init(
    _ table: EventTable, _ writer: ChangeWriter, _ known: LastImages?, now: Timestamp,
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
    if operation == .create, !change.absentColumns.isEmpty { try complete(&change) }
    try append(operation, change.key, change.columns, change.values, moment)
    lastDelete = operation == .delete ? change : nil
  }

  /// Gives a row under a new key the large values that it had under the old one.
  private mutating func complete(_ change: inout ChangeEvent) throws {
    let image = try change.oldKey.flatMap { try known?.image(of: RowTexts.key(of: $0)) }
    var isWhole = true
    for column in change.absentColumns {
      guard let value = image?.value(of: column) else {
        isWhole = false
        continue
      }
      change.columns.append(column)
      change.values.append(value.map { Array($0) })
    }
    if !isWhole { incompleteCount += 1 }
  }

  /// Deletes every row that is there; `.verdict` when those are more than may go.
  private mutating func truncate(_ moment: Timestamp) throws {
    guard let known else { return }
    let count = try known.count()
    try DeleteLimit.standard.check(
      count, of: count, accepted: acceptedDeletes, at: Place(table.table.name), " by a truncation")
    try known.forEachLost { image in
      let (columns, values) = known.key(of: image)
      let key = values.map { $0.map { Array($0) } }
      try append(.delete, key, columns, key, moment)
    }
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
    try known?.apply(
      operation, RowTexts.key(of: key), columns, values.map { $0.map { $0[...] } }, at: moment)
  }
}
