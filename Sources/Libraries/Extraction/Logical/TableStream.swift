import Bronze
import Core
import Database
import LakeJobs
import PostgreSQL

/// The changes of one table in one reading of the log, on their way into one bronze commit.
///
/// What goes wrong with a transaction spoils the reading for this table alone: it is read once more
/// and taken up to that transaction, so that nothing is committed in parts.
final class TableStream {
  /// Why a reading does not count for the table.
  enum Spoiled {
    /// A change needs what bronze knows of rows.
    case needsImages
    /// The transaction that begins here cannot be taken.
    case fault(Fault, at: LogPosition)
  }

  let table: LogicalTable
  private(set) var spoiled: Spoiled?
  private(set) var summary = ExtractionSummary()
  private let run: ExtractionRun
  private let session: LogicalSession
  /// What bronze knows of the table's rows, where changes need it.
  private let images: LastImages?
  /// Transactions are taken that stand before this.
  let limit: LogPosition?
  /// Whether changes are counted only.
  private let isTrial: Bool
  private var form: RelationForm?
  /// Why there is no form, though the log told of the table.
  private var formFault: Fault?
  private var identity: [Bool] = []
  private var addition: BronzeAppend?
  private var writer: ChangeWriter?
  private var transaction: LoggedTransaction?
  private var moment = Timestamp(microseconds: 0)
  /// What the last change bears.
  private var lastMoment: Timestamp?
  private var row = RowTexts()
  private var large = LargeValues()
  private var foreign = ForeignTexts()

  init(
    _ table: LogicalTable, _ run: ExtractionRun, _ session: LogicalSession,
    images: LastImages? = nil, before limit: LogPosition? = nil, isTrial: Bool = false
  ) {
    self.table = table
    self.run = run
    self.session = session
    self.images = images
    self.limit = limit
    self.isTrial = isTrial
  }

  /// Begins a transaction, whose changes bear `moment`.
  func begin(_ transaction: LoggedTransaction, at moment: Timestamp) {
    let isWanted =
      transaction.position >= table.state.position
      && limit.map { transaction.position < $0 } ?? true
    self.transaction = isWanted && spoiled == nil ? transaction : nil
    large.removeAll()
    // What was read at first bears the server's time, whose clock may have been set back since.
    self.moment = max(moment, table.state.committedAt?.adding(microseconds: 1) ?? moment)
  }

  /// Ends a transaction.
  func commit() { transaction = nil }

  /// Does `work` for the transaction at hand, if it is wanted.
  func take(_ work: () throws -> Void) {
    guard let transaction else { return }
    do {
      try work()
    } catch is ImagesNeeded {
      spoil(.needsImages)
    } catch {
      let fault = error as? Fault ?? Fault(.internal, "\(error)", remedy: "report it")
      spoil(.fault(fault, at: transaction.position))
    }
  }

  private func spoil(_ how: Spoiled) {
    spoiled = how
    transaction = nil
    writer = nil
    addition = nil
  }

  /// From here on the table looks like `relation`; what is wrong with it is told by the first
  /// change that is wanted.
  func describe(_ relation: LoggedRelation) {
    identity = relation.columns.map(\.isIdentity)
    large.removeAll()
    do throws(Fault) {
      form = try RelationForm(relation, of: table, session.types)
      formFault = nil
    } catch {
      form = nil
      formFault = error
    }
    guard let names = form?.names, !table.state.columns.isEmpty else { return }
    let known = table.state.columns
    summary.addedColumns = names.filter { !known.contains($0) }
    summary.removedColumns = known.filter { !names.contains($0) }
  }

  /// Whether it knows what bronze knows of the table's rows.
  var hasImages: Bool { images != nil }

  // MARK: Changes

  func insert(_ new: LoggedRow, _ bytes: [UInt8]) throws {
    try write(.create, try cells(new), bytes)
  }

  func update(_ old: LoggedRow?, _ new: LoggedRow, _ bytes: [UInt8]) throws {
    var cells = try cells(new)
    guard let old else { return try write(.update, cells, bytes) }
    let before = try self.cells(old)
    // A large value that the change left as it was stands in the old row, where that is logged.
    for index in cells.indices where cells[index] == .absent { cells[index] = before[index] }
    let keys = form?.keys ?? []
    let isSame = keys.allSatisfy { text(cells[$0], bytes) == text(before[$0], bytes) }
    if isSame { return try write(.update, cells, bytes) }
    if cells.contains(.absent) { try carry(&cells, before, bytes) }
    try write(.delete, before, bytes)
    try write(.create, cells, bytes)
  }

  func delete(_ old: LoggedRow, _ bytes: [UInt8]) throws {
    try write(.delete, try cells(old), bytes)
  }

  /// All rows that bronze has are gone.
  func truncate() throws {
    guard let images else { throw ImagesNeeded() }
    let count = try images.count()
    try DeleteLimit.standard.check(
      count, of: count, accepted: run.acceptedDeletes, at: table.source.place, " by a TRUNCATE")
    try images.forEachLost { image in
      row.removeAll()
      for value in image.values { row.append(value) }
      let writer = try opened()
      try writer?.append(.delete, row, writer?.form(of: image.columns) ?? 0, at: moment)
      summary.deleted += 1
    }
    lastMoment = moment
    try images.removeAll(at: moment)
  }

  /// Gives the values that a change of the key does not tell, for they stand with the old key.
  private func carry(
    _ cells: inout [RelationForm.Cell], _ before: [RelationForm.Cell], _ bytes: [UInt8]
  ) throws {
    guard let images, let form else { throw ImagesNeeded() }
    guard let known = try images.image(of: key(before, bytes)), !known.isGone else { return }
    for index in cells.indices where cells[index] == .absent {
      guard let value = known.value(of: form.names[index]) else { continue }
      cells[index] = value.map { .known(Array($0)) } ?? .null
    }
  }

  private func cells(_ row: LoggedRow) throws(Fault) -> [RelationForm.Cell] {
    if let formFault { throw formFault }
    guard let form, row.values.count == form.names.count else {
      throw Fault(
        .data, at: table.source.place, "the log tells of a row otherwise than of its table",
        remedy: "run the command again, and 'cdc-extract --setup' if that does not help")
    }
    return form.cells(row, identity)
  }

  private func write(
    _ operation: ChangeOperation, _ cells: [RelationForm.Cell], _ bytes: [UInt8]
  ) throws {
    switch operation {
    case .create, .read: summary.created += 1
    case .update: summary.updated += 1
    case .delete: summary.deleted += 1
    }
    let writer = try opened()
    // What is only counted needs no texts, but for rows that are counted by what is known of them.
    guard writer != nil || images != nil, form != nil else { return }
    var cells = cells
    if operation == .update, !large.isEmpty, cells.contains(.absent) {
      cells = large.filling(cells, of: key(cells, bytes))
    }
    let given = form?.given(by: cells) ?? []
    row.removeAll()
    for index in given { append(cells[index], index, bytes) }
    if let writer, let form = self.form?.form(of: given, in: writer) {
      try writer.append(operation, row, form, at: moment)
    }
    lastMoment = moment
    if session.isOfAnyEncoding, let form {
      foreign.note(row, given.map { form.names[$0] }, form.keyText(of: row, given))
    }
    let isPlain =
      large.isEmpty
      && !LargeValues.mayBeOutside(byteCount: row.bytes.count, columnCount: given.count)
    if images == nil, isPlain { return }
    let key = key(cells, bytes)
    let values = row.all
    large.note(operation, key, given, values)
    guard let images, let names = self.form?.names else { return }
    try images.apply(operation, key, given.map { names[$0] }, values, at: moment)
  }

  private func append(_ cell: RelationForm.Cell, _ index: Int, _ bytes: [UInt8]) {
    switch cell {
    case .absent, .null: row.appendNull()
    case .known(let value): row.append(value)
    case .logged(let range):
      bytes.withUnsafeBufferPointer { all in
        form?.forms[index].append(TextBytes(rebasing: all[range]), to: &row)
      }
    }
  }

  /// The text of a value as the server spells it; nil for NULL.
  private func text(_ cell: RelationForm.Cell, _ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    switch cell {
    case .absent, .null: nil
    case .logged(let range): bytes[range]
    case .known(let value): value[...]
    }
  }

  /// What tells the row of `cells` apart, by its texts in bronze.
  private func key(_ cells: [RelationForm.Cell], _ bytes: [UInt8]) -> [UInt8] {
    guard let form else { return [] }
    let whole = row
    defer { row = whole }
    row.removeAll()
    for key in form.keys { append(cells[key], key, bytes) }
    return RowTexts.key(of: row.all)
  }

  /// The writer, begun with the first change; nil when changes are counted only.
  private func opened() throws -> ChangeWriter? {
    if isTrial { return nil }
    if let writer { return writer }
    run.progress(table.name)
    form?.forgetForms()
    let addition = try table.addition(run)
    let writer = ChangeWriter(
      into: addition, after: table.state.sequence, run.lake.fileSystem)
    self.addition = addition
    self.writer = writer
    return writer
  }

  // MARK: The end

  /// What became of the table, whose changes `commit` has.
  func outcome(_ commit: BronzeCommit?) -> TableOutcome {
    table.outcome(summary, foreign, commit)
  }

  /// Commits what was taken: the table stands at `end` then, or before the transaction that cannot
  /// be taken. Nil when nothing was.
  func finish(at end: LogPosition) throws(Fault) -> BronzeCommit? {
    guard let writer, let addition else { return nil }
    try writer.finish()
    var next = table.state
    next.position = limit ?? end
    next.sequence = writer.lastSequence
    next.committedAt = lastMoment
    if let names = form?.names { next.columns = names }
    defer {
      self.writer = nil
      self.addition = nil
    }
    return try table.commit(addition, next)
  }
}

/// That a change cannot be written without what bronze knows of the table's rows.
private struct ImagesNeeded: Error {}
