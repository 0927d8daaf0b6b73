package import Columnar
package import Core

/// The changes of a source table since the last extraction, found by walking the table and the
/// remembered rows side by side: memory does not grow with the table.
///
/// Rows are told apart by the texts of their keys, exactly as bronze holds them. The walk goes by
/// the order in which SQLite sorts the keys, which depends on their types too; rows that it finds
/// on one side only are then matched by their texts (`match`), so that a key whose type changed is
/// no other key.
///
/// First `find`, which throws `.verdict` when more rows vanished than the limit allows, or all of
/// them. Then `files` gives the change rows: deletes before all others, each with the columns that
/// were known of it.
///
///     let source = try SQLiteConnection("orders.db", .readOnly)
///     try source.beginSnapshot()
///     let state = try CompareState("…/_state.db", keys: spec.keyColumns, committed: lastToken)
///     let changes = try CompareExtraction(of: spec, in: source, since: state, clock)
///     try changes.find()
///     for file in try changes.files() { …write it aside… }
///     if changes.summary.changeCount > 0 {
///       let token = try state.seal(runID)   // then commit to bronze, naming the token
///     }
package final class CompareExtraction {
  /// What was found; complete after `find`, and what was strange in the rows after their files.
  package internal(set) var summary = ExtractionSummary()

  let spec: CompareSpec
  let state: CompareState
  let table: SourceTable
  let source: SourceRows
  /// The layout of the source's rows.
  let layout: Int64
  /// When the changes are found; later than all that were found before.
  package let now: Timestamp
  private let known: RememberedRows
  private let saving: SQLiteStatement
  private let losing: SQLiteStatement
  private var times: ChangeTimes
  private let mayReturn: Bool
  private var log: ChangeLog
  /// Where the source's columns stand in the images of a layout.
  private var places: [Int64: [Int?]] = [:]

  /// Compares the table of `spec` in `source`, which should stand in a read transaction
  /// (`beginSnapshot`), with `state`. `.configuration` when the table or a named column is missing.
  package init(
    of spec: CompareSpec, in source: SQLiteConnection, since state: CompareState, _ clock: Clock
  ) throws(Fault) {
    self.spec = spec
    self.state = state
    table = try SourceTable(spec, in: source)
    layout = try state.layout(of: table.bronzeNames)
    // A clock that stands or goes back must not make two changes of a row look simultaneous.
    let earliest = state.position.extractedAt.flatMap { $0.adding(microseconds: 1) }
    now = max(clock.now, earliest ?? clock.now)
    times = ChangeTimes(now: now, zone: spec.timeZone.flatMap(ZoneRules.named))
    log = ChangeLog(lastSequence: state.lastSequence)
    mayReturn = try state.hasDeletions()
    saving = try state.database.statement("INSERT INTO pending VALUES (?1, ?2, ?3, ?4, ?5)")
    losing = try state.database.statement("INSERT OR IGNORE INTO lost VALUES (?1, ?2)")
    self.source = try SourceRows(table, in: source)
    known = try RememberedRows(state)
    describe()
  }

  /// Finds all changes.
  package func find() throws(Fault) {
    while try compareOne() {}
    if source.mayRepeatTexts { try checkTexts() }
    if summary.lost > 0 { try matchLost() }
    try checkDeletes()
    summary.unreadTimes = times.unread
    summary.timesAhead = times.ahead
    var next = state.position
    next.lastSequence += Int64(summary.changeCount)
    next.extractedAt = now
    next.rowCount = summary.read
    next.layout = layout
    state.nextPosition = next
  }

  /// The change rows that `find` found, as files of bronze, to be read one after the other: deletes
  /// of rows that had other columns, then those of the source's columns with all other rows.
  package func files() throws(Fault) -> [any BatchSource] {
    let database = state.database
    let layouts = try database.rows(
      "SELECT DISTINCT c.layout FROM pending p JOIN current c ON c.place = p.place "
        + "WHERE p.operation = 'd' ORDER BY c.layout")
    var files: [any BatchSource] = []
    for case .integer(let other) in layouts.compactMap(\.first) where other != layout {
      let columns = state.layouts[other] ?? []
      let key = keyNames.compactMap { ColumnNames.index(of: $0, in: columns) }
      files.append(ChangeFile(columns, key: key, of: [try deletes(of: other)], in: state, log))
    }
    let others = try database.statement(
      "SELECT operation, layout, image, moment FROM pending WHERE operation <> 'd' ORDER BY place")
    files.append(
      ChangeFile(
        table.bronzeNames, key: table.keys, of: [try deletes(of: layout), others], in: state, log))
    return files
  }

  private func deletes(of layout: Int64) throws(Fault) -> SQLiteStatement {
    let statement = try state.database.statement(
      "SELECT 'd', c.layout, c.image, p.moment FROM pending p JOIN current c ON c.place = p.place "
        + "WHERE p.operation = 'd' AND c.layout = ?1 ORDER BY p.place")
    try statement.bind([.integer(layout)])
    return statement
  }

  /// Text that is not UTF-8 in the rows of the files read so far, by column.
  package var foreignTexts: [(column: String, found: Oddity)] {
    log.foreign.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The key's columns as bronze spells them.
  var keyNames: [String] { table.keys.map { table.columns[$0].bronzeName } }

  /// What tells the columns of this extraction from those of the last.
  private func describe() {
    summary.isSnapshot = state.isEmpty
    let names = table.bronzeNames
    summary.addedColumns = names.filter { ColumnNames.index(of: $0, in: state.columns) == nil }
    summary.removedColumns = state.columns.filter { ColumnNames.index(of: $0, in: names) == nil }
    summary.renamedColumns = table.columns.compactMap { column in
      guard column.name != column.bronzeName, summary.addedColumns.contains(column.bronzeName)
      else { return nil }
      return ExtractionSummary.Renamed(name: column.name, bronzeName: column.bronzeName)
    }
    if state.isEmpty {
      summary.addedColumns = []
      summary.hiddenColumns = table.passedOver
    }
  }

  /// Looks at the first place not yet seen on either side; false when there is none.
  private func compareOne() throws(Fault) -> Bool {
    switch (source.isAtEnd, known.isAtEnd) {
    case (true, true): return false
    case (false, true): try appeared()
    case (true, false): try vanished()
    case (false, false):
      let order = source.key.withTextBytes { $0.order(to: known.place) }
      if order < 0 { try appeared() } else if order > 0 { try vanished() } else { try stayed() }
    }
    return true
  }

  private func appeared() throws(Fault) {
    summary.read += 1
    let image = source.image
    var deletion: Timestamp?
    if mayReturn { deletion = try state.deletion(of: image.key(at: table.keys)) }
    let moment = times.moment(updatedAt(image, layout), after: deletion, key: source.keyText)
    if summary.isSnapshot { summary.snapshotRows += 1 } else { summary.created += 1 }
    try save(source.key, summary.isSnapshot ? "r" : "c", layout, image, moment)
    try source.advance()
  }

  private func vanished() throws(Fault) {
    summary.lost += 1
    let row = known.row
    try losing.run([.binary(key(of: row.image, row.layout)), .binary(row.place)])
    try known.advance()
  }

  private func stayed() throws(Fault) {
    summary.read += 1
    let isSame =
      known.layout == layout
      ? source.image.bytes.withTextBytes { $0.order(to: known.image) } == 0
      : isSame(source.image, as: RowImage(Array(known.image)), known.layout)
    if !isSame {
      let (layout, image, moment) = try updated(source.image, source.keyText, since: known.row)
      summary.updated += 1
      try save(source.key, "u", layout, image, moment)
    }
    try source.advance()
    try known.advance()
  }

  private func save(
    _ place: [UInt8], _ operation: String, _ layout: Int64, _ image: RowImage, _ moment: Timestamp
  ) throws(Fault) {
    do {
      try saving.run([
        .binary(place), .string(operation), .integer(layout), .binary(image.bytes),
        .integer(moment.microseconds),
      ])
    } catch {
      // The rows did not come in order, and one came twice.
      guard error.kind == .verdict else { throw error }
      throw table.repeated(image.keyText(at: places(in: layout, of: table.keys)))
    }
  }

  private func checkDeletes() throws(Fault) {
    try spec.deleteLimit.check(
      summary.deleted, of: state.rowCount, accepted: spec.acceptedDeletes,
      isEmptied: summary.read == 0, at: table.place)
  }

  /// Matches rows that were lost with rows that appeared, by their texts; the others are deletes.
  private func matchLost() throws(Fault) {
    if summary.created > 0 { try match() }
    try state.database.run(
      "INSERT INTO pending SELECT place, 'd', NULL, key, ?1 FROM lost", [.integer(now.microseconds)]
    )
    summary.deleted = try state.database.integer("SELECT count(*) FROM lost")
  }
}

extension CompareExtraction {
  /// Where the source's columns stand in images of `layout`.
  func places(in layout: Int64) -> [Int?] {
    if let known = places[layout] { return known }
    let names = state.layouts[layout] ?? []
    let found = table.bronzeNames.map { ColumnNames.index(of: $0, in: names) }
    places[layout] = found
    return found
  }

  /// Where some of the source's columns stand in images of `layout`.
  func places(in layout: Int64, of columns: [Int]) -> [Int?] {
    let places = places(in: layout)
    return columns.map { places[$0] }
  }

  /// What tells a row apart.
  func key(of image: RowImage, _ layout: Int64) -> [UInt8] {
    image.key(at: places(in: layout, of: table.keys))
  }

  /// Whether `new`, an image of the source's columns, holds what `old` held of them. What `old` had
  /// no column for was NULL; what only `old` has does not count.
  func isSame(_ new: RowImage, as old: RowImage, _ oldLayout: Int64) -> Bool {
    guard let values = new.values(), let before = old.values() else { return false }
    return zip(values, places(in: oldLayout)).allSatisfy { value, place in
      let range = place.flatMap { $0 < before.count ? before[$0] : nil }
      return value.map { new.bytes[$0] } == range.map { old.bytes[$0] }
    }
  }

  /// What is to be remembered of a row that reads `image` now, and when it changed. Of columns that
  /// the source no longer has the last values stay known.
  func updated(
    _ image: RowImage, _ keyText: @autoclosure () -> String, since last: RememberedRow
  ) throws(Fault) -> (layout: Int64, image: RowImage, moment: Timestamp) {
    let moment = times.moment(
      updatedAt(image, layout), before: updatedAt(last.image, last.layout), after: last.moment,
      key: keyText())
    let oldNames = state.layouts[last.layout] ?? []
    let current = table.bronzeNames
    let others = oldNames.indices.filter { ColumnNames.index(of: oldNames[$0], in: current) == nil }
    guard last.layout != layout, !others.isEmpty else { return (layout, image, moment) }
    let texts = try last.image.texts(oldNames.count)
    var whole = image
    for index in others { whole.append(texts[index]) }
    return (try state.layout(of: current + others.map { oldNames[$0] }), whole, moment)
  }

  private func updatedAt(_ image: RowImage, _ layout: Int64) -> ArraySlice<UInt8>? {
    guard let column = table.updatedAt, let place = places(in: layout)[column] else { return nil }
    return image.value(at: place).map { image.bytes[$0] }
  }
}

extension SQLiteConnection {
  /// Begins a read transaction: all queries until the connection goes see this moment's state.
  package func beginSnapshot() throws(Fault) {
    // A table is read in the order of its key, not as it lies: pages are wanted again and again.
    try execute("PRAGMA cache_size = -65536; \(dialect.beginRead)")
    // The state is fixed by the first read, not by BEGIN.
    _ = try integer("SELECT count(*) FROM sqlite_schema")
  }
}
