import Bronze
import Core
import Database
import JSON
import LakeJobs

/// Brings the rows of one table that a cursor finds into its bronze dataset.
///
/// A window is read from so much before the last place as rows may come late, up to the source's
/// bound, both ends included. What it shows again is known by key and content (`ShownRows`) and
/// passed over. Rows without a place in the order are read each time, for no window would show
/// them. The place moves on to the last row that was seen, not to the bound: less is never lost.
final class CursorIngest {
  /// What the audit found wrong with earlier windows.
  private(set) var shortfall: Fault?
  private let run: ExtractionRun
  private let table: CursorTable
  private let source: CursorSource
  private let isTrial: Bool
  private let log: BronzeLog
  private let place: Place

  init(
    _ table: ExtractedTable, in source: CursorSource, _ run: ExtractionRun, isTrial: Bool
  ) throws(Fault) {
    self.run = run
    self.source = source
    self.isTrial = isTrial
    self.table = try CursorTable(table, of: run.system, in: source)
    place = Place("\(source.place):\(table.source.name)")
    log = BronzeLog(folder: table.contract.folder, fileSystem: run.lake.fileSystem)
  }

  /// Takes what is new.
  func take() throws -> TableOutcome {
    let append = isTrial ? nil : try BronzeAppend(log, lake: run.lake, tool: run.tool)
    let last = isTrial ? try log.latest() : append?.previous
    let state = last.flatMap { CursorState($0.state) }
    if let state { try checkTypes(state) } else if last != nil { try checkResumption() }
    guard let kind = try state?.kind ?? table.declaredKind ?? storedKind() else {
      return outcome(ExtractionSummary(), [], nil)
    }
    let known = try ShownRows(of: table, kind, asOf: last, run)
    let isAudit = isAudit(known.runCount + 1)
    var low = state?.low
    if state == nil, last != nil, run.resumption == .adopt { low = try known.lastPosition() }
    if isAudit || run.resumption == .rebuild { low = nil }
    let walk = CursorWalk(
      table, in: source, known, CursorWindow(kind, behind: low, table, in: source),
      closedBefore: CursorWindow(kind, behind: state?.low, table, in: source).low,
      into: append.map {
        ChangeWriter(into: $0, after: state?.sequence ?? known.sequence, run.lake.fileSystem)
      },
      now: now(after: state?.moment ?? known.moment))
    walk.isFirst = last == nil
    try walk.readRows()
    var wentBack = state.map { $0.low > walk.lastPosition ?? .min } ?? false
    if state != nil, low != nil, try wentBack || !walk.isContinuous() {
      // Rows may have changed anywhere.
      wentBack = true
      try walk.readRows(isWhole: true)
      try known.displaceUnmet()
    }
    let seen = isAudit ? try audit(walk, known, behind: state) : nil
    if table.settings.readsAllKeys { try CursorDeletes(walk, place, run).take() }
    guard let append, let writer = walk.writer else {
      return outcome(walk.summary, walk.foreignTexts, nil)
    }
    try writer.finish()
    var next = CursorState(
      kind: kind, low: state?.low ?? low ?? .min, types: table.types,
      columns: table.bronzeNames, sequence: writer.lastSequence,
      moment: writer.rowCount > 0 ? walk.now : state?.moment ?? walk.now)
    next.rowCount = try known.count()
    if wentBack, let place = walk.lastPosition { next.low = place }
    advance(&next, to: walk.lastPosition, since: state)
    describe(&walk.summary, since: state)
    // An empty table has no place yet, and nothing to remember.
    guard next.low > .min || writer.rowCount > 0 || state != nil else {
      return outcome(walk.summary, [], nil)
    }
    let commit = try append.commit(state: next.json)
    try known.keep(asOf: try log.latest(), table, kind, runCount: known.runCount + 1)
    shortfall = seen
    var outcome = outcome(walk.summary, walk.foreignTexts, commit)
    outcome.notes = notes(of: walk)
    return outcome
  }

  /// Later than all changes before.
  private func now(after last: Timestamp?) -> Timestamp {
    let now = max(run.lake.clock.now, source.now)
    return last.flatMap { $0.adding(microseconds: 1) }.map { max($0, now) } ?? now
  }

  /// Moves the place on. Numbers are given out before they are committed: those of a server count
  /// as taken only when all transactions that were open beside them have ended.
  private func advance(_ next: inout CursorState, to place: Int64?, since last: CursorState?) {
    guard let place else { return }
    guard next.kind == .number, source.isTyped else {
      next.low = max(next.low, place)
      return
    }
    var pending = last?.pending
    if let due = pending, source.bound >= due.moment {
      next.low = max(next.low, due.place)
      pending = nil
    }
    if pending == nil, place > next.low {
      pending = CursorState.Pending(place: place, moment: source.now)
    }
    next.pending = pending
  }

  private func isAudit(_ run: Int) -> Bool {
    table.settings.auditInterval > 0 && run % table.settings.auditInterval == 0
  }

  /// What is to be said of rows that earlier windows should have shown; nil when there is nothing.
  private func audit(
    _ walk: CursorWalk, _ known: ShownRows, behind state: CursorState?
  ) throws -> Fault? {
    guard state != nil else { return nil }
    let lost = table.settings.readsAllKeys ? 0 : try known.lostCount()
    guard walk.missedCount > 0 || lost > 0 else { return nil }
    var problems: [String] = []
    if walk.missedCount > 0 {
      problems.append(
        "\(counted(walk.missedCount, "row")) of closed windows had not been taken, and were now")
    }
    if lost > 0 {
      problems.append("\(counted(lost, "row")) that bronze has \(lost == 1 ? "is" : "are") gone")
    }
    return Fault(
      .verdict, at: place, "the audit found that \(problems.joined(separator: ", and "))",
      remedy: walk.missedCount > 0
        ? "raise lag_seconds above the time by which rows come late"
        : "add 'deletes: keys', since a cursor sees no deletes")
  }

  private func outcome(
    _ summary: ExtractionSummary, _ foreignTexts: [(column: String, found: Oddity)],
    _ commit: BronzeCommit?
  ) -> TableOutcome {
    TableOutcome(
      table: table.table, namespace: source.namespace, summary: summary,
      foreignTexts: foreignTexts, commit: commit)
  }

  /// What a person should know of rows that do not go with the cursor.
  private func notes(of walk: CursorWalk) -> [String] {
    var notes: [String] = []
    let name = table.table.name
    if walk.isFirst, table.deleted == nil, !table.settings.readsAllKeys {
      notes.append(
        "\(name): a cursor sees no deletes; name a column under 'deleted:', or add 'deletes: keys'")
    }
    if walk.placelessCount > 0 {
      notes.append(
        "\(name): of the rows taken, \(walk.placelessCount) said nothing in the cursor's columns; "
          + "such rows are read by each run, and taken when their content changed")
    }
    if walk.waitingCount > 0 {
      notes.append(
        "\(name): \(counted(walk.waitingCount, "row")) of after \(source.bound) "
          + "\(walk.waitingCount == 1 ? "waits" : "wait") for a later run")
    }
    return notes
  }

  private func describe(_ summary: inout ExtractionSummary, since state: CursorState?) {
    guard let columns = state?.columns else { return }
    let names = table.bronzeNames
    summary.addedColumns = names.filter { ColumnNames.index(of: $0, in: columns) == nil }
    summary.removedColumns = columns.filter { ColumnNames.index(of: $0, in: names) == nil }
  }
}

extension CursorIngest {
  /// What the cursor columns hold, as their first value shows; nil when there is none.
  private func storedKind() throws -> CursorState.Kind? {
    for cursor in table.cursors {
      let column = table.columns[cursor]
      let name = source.quoted(column.name)
      var kind: CursorState.Kind?
      try source.forEach(
        "SELECT \(name) FROM \(table.sqlName) WHERE \(name) IS NOT NULL LIMIT 1", [column]
      ) { row in
        kind = row[0].flatMap { Int64(parsing: $0) } == nil ? .time : .number
      }
      if let kind { return kind }
    }
    return nil
  }

  private func checkTypes(_ state: CursorState) throws(Fault) {
    guard state.types != table.types, run.resumption != .rebuild else { return }
    throw Fault(
      .configuration, at: place,
      "the cursor's columns were \(state.types.joined(separator: ", ")) and are "
        + "\(table.types.joined(separator: ", "))",
      remedy: "run with --resume rebuild, which reads all rows and takes what differs")
  }

  private func checkResumption() throws(Fault) {
    guard run.resumption == nil else { return }
    throw Fault(
      .configuration, at: Place(table.table.contract.folder),
      "bronze has rows of '\(table.table.name)', but not how far its cursor has come",
      remedy: "run with --resume rebuild, which reads all rows and takes what differs, or with "
        + "--resume adopt, which goes on behind the last that bronze has")
  }
}
