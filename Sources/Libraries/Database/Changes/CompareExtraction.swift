package import Columnar
package import Core

/// The changes of a source table since the last extraction, found by walking the table and the
/// remembered rows side by side in key order: memory does not grow with the table.
///
/// Gives change rows: the source's columns as STRING exactly as it gives them, then `__op` (`r`
/// first snapshot, `c` created, `u` updated, `d` deleted: with the last known values), `__sequence`
/// and `__committed_at`. The last call of `next` throws `.verdict` when more rows vanished than the
/// limit allows, or all of them: publish nothing before it gave nil.
///
///     let source = try SQLiteConnection("orders.db", .readOnly)
///     try source.beginSnapshot()
///     let state = try CompareState("…/_state.db", committed: lastToken)
///     let changes = try CompareExtraction(of: spec, in: source, since: state, clock)
///     …write every batch of `changes` aside…
///     if changes.summary.changeCount > 0 {
///       let token = try state.seal(runID)   // then commit to bronze, naming the token
///     }
package final class CompareExtraction: BatchSource {
  package let schema: Schema
  /// What was found so far; complete when `next` gave nil.
  package private(set) var summary = ExtractionSummary()

  private let spec: CompareSpec
  private let state: CompareState
  private let source: SourceRows
  private let known: RememberedRows
  private let changes: ChangeRows
  private let place: Place
  private let layout: Int64
  private let saving: SQLiteStatement
  private let now: Timestamp
  private var isFinished = false

  /// Compares the table of `spec` in `source`, which should stand in a read transaction
  /// (`beginSnapshot`), with `state`. `.configuration` when the table or a named column is missing.
  package init(
    of spec: CompareSpec, in source: SQLiteConnection, since state: CompareState, _ clock: Clock
  ) throws(Fault) {
    self.spec = spec
    self.state = state
    place = Place("\(source.place.file):\(spec.table)")
    let names = try source.columns(of: spec.table).map(\.name)
    try CompareExtraction.check(spec, names, place)
    let columns = names.filter { !ChangeRows.extraColumns.contains($0) }
    self.source = try SourceRows(spec, columns, in: source)
    known = try RememberedRows(state)
    layout = try state.layout(of: columns)
    // A clock that stands or goes back must not make two changes of a row look simultaneous.
    let earliest = state.position.extractedAt.map { Timestamp(microseconds: $0.microseconds + 1) }
    now = max(clock.now, earliest ?? clock.now)
    changes = ChangeRows(
      columns, updatedAt: spec.updatedAtColumn, after: state.position.extractedAt, now: now,
      lastSequence: state.lastSequence)
    schema = changes.schema
    saving = try state.database.statement("INSERT INTO pending VALUES (?1, ?2, ?3)")
    summary.isSnapshot = state.isEmpty
    summary.lastSequence = state.lastSequence
    if !state.isEmpty {
      summary.addedColumns = columns.filter { !state.columns.contains($0) }
      summary.removedColumns = state.columns.filter { !columns.contains($0) }
    }
  }

  package func next() throws -> Batch? {
    while changes.count < Batch.standardRowCount, !isFinished { try compareOne() }
    summary.lastSequence = changes.lastSequence
    if isFinished, changes.count == 0 { return nil }
    return changes.finish()
  }

  /// Looks at the smallest key not yet seen on either side.
  private func compareOne() throws(Fault) {
    switch (source.isAtEnd, known.isAtEnd) {
    case (true, true): try finish()
    case (false, true): try appeared()
    case (true, false): try vanished()
    case (false, false):
      let order = source.key.withTextBytes { $0.order(to: known.key) }
      if order < 0 { try appeared() } else if order > 0 { try vanished() } else { try stayed() }
    }
  }

  private func appeared() throws(Fault) {
    summary.read += 1
    if summary.isSnapshot { summary.snapshotRows += 1 } else { summary.created += 1 }
    try append(source.image, layout, summary.isSnapshot ? "r" : "c")
    try save(source.key, source.image)
    try source.advance()
  }

  private func vanished() throws(Fault) {
    summary.deleted += 1
    try append(RowImage(Array(known.image)), known.layout, "d")
    try save(Array(known.key), nil)
    try known.advance()
  }

  private func stayed() throws(Fault) {
    summary.read += 1
    if !isSame() {
      summary.updated += 1
      try append(source.image, layout, "u")
      try save(source.key, source.image)
    }
    try source.advance()
    try known.advance()
  }

  private func isSame() -> Bool {
    let new = source.image
    if known.layout == layout { return new.bytes.withTextBytes { $0.order(to: known.image) } == 0 }
    // Over different columns: those on one side only count as NULL, unless the source dropped them.
    let old = RowImage(Array(known.image))
    guard let newValues = new.values(), let oldValues = old.values(),
      let newNames = state.layouts[layout], let oldNames = state.layouts[known.layout]
    else { return false }
    for (position, name) in newNames.enumerated() {
      let value = newValues[position].map { new.bytes[$0] }
      let before = oldNames.firstIndex(of: name).flatMap { oldValues[$0] }
      guard value == before.map({ old.bytes[$0] }) else { return false }
    }
    return true
  }

  private func append(_ image: RowImage, _ layout: Int64, _ operation: String) throws(Fault) {
    try changes.append(image, state.layouts[layout] ?? [], operation)
  }

  private func save(_ key: [UInt8], _ image: RowImage?) throws(Fault) {
    try saving.run([
      .binary(key), .integer(layout), image.map { .binary($0.bytes) } ?? .null,
    ])
  }

  private func finish() throws(Fault) {
    isFinished = true
    try checkDeletes()
    var next = state.position
    next.lastSequence = changes.lastSequence
    next.extractedAt = now
    next.rowCount = summary.read
    next.layout = layout
    state.nextPosition = next
  }

  private func checkDeletes() throws(Fault) {
    let deleted = summary.deleted
    let known = state.rowCount
    guard deleted > 0, spec.acceptedDeletes != deleted else { return }
    if summary.read == 0 {
      throw Fault(
        .verdict, at: place, "the source has no rows where it had \(known)",
        remedy: "check the source, or confirm with --accept-deletes \(deleted)")
    }
    let allowed = spec.deleteLimit.allowance(of: known)
    guard deleted > allowed else { return }
    throw Fault(
      .verdict, at: place, "\(deleted) of \(known) rows vanished, at most \(allowed) may",
      remedy: "check the source, or confirm with --accept-deletes \(deleted)")
  }

  private static func check(
    _ spec: CompareSpec, _ names: [String], _ place: Place
  ) throws(Fault) {
    guard !names.isEmpty else {
      throw Fault(
        .configuration, at: place, "the source has no table \(spec.table)",
        remedy: "check the name, or take it out of the sources")
    }
    guard !spec.keyColumns.isEmpty else {
      throw Fault(
        .configuration, at: place, "the table has no key columns", remedy: "name them as keys")
    }
    for name in spec.keyColumns + [spec.updatedAtColumn].compactMap({ $0 })
    where !names.contains(name) {
      throw Fault(
        .configuration, at: place, "the table has no column \(name)",
        remedy: "name one of: \(names.joined(separator: ", "))")
    }
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
