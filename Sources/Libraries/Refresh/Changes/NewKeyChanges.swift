import Columnar
import Core
import Delta
import Engine
import TableKeys

/// Steps 3 to 5 of AUTO CDC: the changes that make a row of their own, as rows of the target; all
/// others are in `contested` once the last batch was given.
///
/// A change waits until its window is full, so that little that is written must be written again.
/// The window before is still known: what is sent twice over its end is dropped too.
final class NewKeyChanges: BatchSource {
  /// The target's columns.
  let schema: Schema
  let contested: HeldChanges
  private(set) var freshCount = 0
  /// The partitions of the target by number.
  private(set) var partitions: PartitionNumbers
  private let rows: any CheckedSource
  private let known: KeyPresence
  private let partitionPositions: [Int]
  /// For each column of the target the position of what it is made of.
  private let origins: [Int]
  private let deletePosition: Int
  /// Of the columns that a change is compared by, those that its row does not hold.
  private let orderPositions: [Int]
  private let absentPosition: Int?
  /// Where rows come in units: the key columns that tell a unit's rows apart.
  private let restPositions: [Int]?
  private let windowRowCount: Int
  private var holdsAll: Bool
  private var window: DedupWindow
  private var last = DedupWindow(capacity: 0)
  private var arrival: Int64 = 0
  /// The arrival of the unit that came last.
  private var unitArrival: Int64 = 0
  private var ready: ArraySlice<Batch> = []

  /// Changes for `target`. With `holdsAll` every change is held.
  init(
    _ rows: any CheckedSource, _ target: ChangeTarget, known: KeyPresence,
    partitions: PartitionNumbers,
    partitionColumns: [String], holdsAll: Bool, _ context: QueryContext, limits: Limits
  ) {
    self.rows = rows
    self.known = known
    self.partitions = partitions
    self.holdsAll = holdsAll
    windowRowCount = limits.windowRowCount
    schema = target.schema
    contested = HeldChanges(
      source: rows.schema, rowLimit: limits.heldRowCount, context)
    partitionPositions = partitionColumns.compactMap { target.schema.index(of: $0) }
    func position(_ name: String) -> Int {
      guard let position = rows.schema.fields.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("a change has the column '\(name)'")
      }
      return position
    }
    orderPositions =
      [position(FoldQueries.Name.sequence)] + (target.stepNumber.map { [position($0)] } ?? [])
    deletePosition = position(FoldQueries.Name.isDelete)
    absentPosition = rows.schema.index(of: FoldQueries.Name.absent)
    restPositions =
      target.hasUnits ? target.keys.filter { !target.unit.contains($0) }.map(position) : nil
    origins =
      target.isHistory
      ? []
      : target.schema.fields.map {
        position($0.name == target.addedSequence ? FoldQueries.Name.sequence : $0.name)
      }
    window = DedupWindow(capacity: 1_024)
  }

  /// How much is held in memory.
  struct Limits {
    /// Rows that wait to be written.
    var windowRowCount: Int
    /// Rows that are held before they go to disk.
    var heldRowCount: Int

    /// What suits a run that may use `memoryLimit` bytes.
    init(memoryLimit: Int) {
      windowRowCount = min(1 << 16, max(16, memoryLimit / 16_384))
      heldRowCount = max(64, memoryLimit / 4_096)
    }
  }

  func next() throws -> Batch? {
    while true {
      if let batch = ready.popFirst() { return batch }
      guard let batch = try rows.next() else {
        guard window.rowCount > 0 else { return nil }
        try release()
        continue
      }
      if holdsAll {
        try hold(batch)
        continue
      }
      try restPositions == nil ? decide(batch) : decideUnits(of: batch)
      if window.rowCount >= windowRowCount { try release() }
    }
  }

  private func hold(_ batch: CheckedBatch) throws {
    let count = Int64(batch.rows.rowCount)
    try contested.append(
      batch.rows, batch.hashes,
      arrival: restPositions == nil ? (0..<count).map { arrival + $0 } : units(of: batch))
    arrival += count
  }

  /// For each row the order of arrival of its unit.
  private func units(of batch: CheckedBatch) -> [Int64] {
    batch.starts.indices.map { row in
      if batch.starts[row] { unitArrival = arrival + Int64(row) }
      return unitArrival
    }
  }

  // MARK: Deciding

  private func decide(_ batch: CheckedBatch) throws {
    let stored = try known.mayBeStored(batch.hashes)
    let seen = known.mayBeSeen(batch.hashes)
    let deletes = trueRows(batch.rows.columns[deletePosition])
    // A change that does not give all columns is not what its row will be.
    let absent = absentPosition.map { batch.rows.columns[$0] }
    let compared = batch.rows.selecting(origins + orderPositions)
    let start = window.begin(batch.rows, batch.hashes, arrival: arrival, compared: compared)
    arrival += Int64(batch.rows.rowCount)
    for row in 0..<batch.rows.rowCount {
      let hash = batch.hashes[row]
      let number = start + row
      guard hash != KeyHash.none else {
        window.append(.contested, as: number, slot: nil)
        continue
      }
      let (earlier, slot) = window.find(hash)
      let mustFold = deletes[row] || stored[row] || absent.map { !$0.isNull(row) } ?? false
      if let earlier {
        let fate = mustFold ? .contested : fate(of: row, compared, after: earlier, in: &window)
        if fate == .contested { window.contest(earlier) }
        window.append(fate, as: number, slot: nil)
      } else if seen[row], let earlier = last.find(hash).number {
        let fate = mustFold ? .contested : fate(of: row, compared, after: earlier, in: &last)
        if fate == .contested { last.contest(earlier) }
        // Only what is contested is remembered: what says the same as the last one says nothing.
        window.append(fate, as: number, slot: fate == .contested ? slot : nil)
      } else {
        window.append(mustFold || seen[row] ? .contested : .fresh, as: number, slot: slot)
      }
    }
  }

  /// What becomes of a change that comes after another of its key.
  private func fate(
    of row: Int, _ compared: Batch, after earlier: Int, in window: inout DedupWindow
  ) -> DedupWindow.Fate {
    window.fate(of: earlier) == .fresh && window.says(earlier, sameAs: row, of: compared)
      ? .repeated : .contested
  }

  // MARK: Deciding on units

  /// Decides on units whole: a unit is new, or says what another of its key said, or all that is
  /// known of its key must be folded.
  private func decideUnits(of batch: CheckedBatch) throws {
    let stored = try known.mayBeStored(batch.hashes)
    let seen = known.mayBeSeen(batch.hashes)
    let rows = batch.rows
    let deletes = trueRows(rows.columns[deletePosition])
    let absent = absentPosition.map { rows.columns[$0] }
    let rest = KeyHash.hashes(
      of: (restPositions ?? []).map { rows.columns[$0] }, count: rows.rowCount)
    let compared = rows.selecting(origins + orderPositions)
    let start = window.begin(
      rows, batch.hashes, arrival: arrival, compared: compared, units: units(of: batch))
    arrival += Int64(rows.rowCount)
    var row = 0
    while row < rows.rowCount {
      var end = row + 1
      while end < rows.rowCount, !batch.starts[end] { end += 1 }
      let hash = batch.hashes[row]
      let mustFold =
        hash == KeyHash.none || stored[row] || repeats(rest[row..<end])
        || (row..<end).contains { row in
          deletes[row] || absent.map { !$0.isNull(row) } ?? false
            || batch.hashes[row] != hash
        }
      decide(row..<end, start, hash, compared, mustFold: mustFold, isSeen: seen[row])
      row = end
    }
  }

  private func decide(
    _ rows: Range<Int>, _ start: Int, _ hash: UInt64, _ compared: Batch, mustFold: Bool,
    isSeen: Bool
  ) {
    let number = start + rows.lowerBound
    let (earlier, slot) = window.find(hash)
    if let earlier {
      let isRepeated = !mustFold && Self.says(window, earlier, rows, compared)
      if !isRepeated { for row in window.unit(at: earlier) { window.contest(row) } }
      window.append(isRepeated ? .repeated : .contested, as: number, count: rows.count, slot: nil)
    } else if isSeen, let earlier = last.find(hash).number {
      let isRepeated = !mustFold && Self.says(last, earlier, rows, compared)
      if !isRepeated { for row in last.unit(at: earlier) { last.contest(row) } }
      window.append(
        isRepeated ? .repeated : .contested, as: number, count: rows.count,
        slot: isRepeated ? nil : slot)
    } else {
      window.append(
        mustFold || isSeen ? .contested : .fresh, as: number, count: rows.count, slot: slot)
    }
  }

  /// Whether the unit of `window` that begins at `earlier` is fresh and says what `rows` say.
  private static func says(
    _ window: DedupWindow, _ earlier: Int, _ rows: Range<Int>, _ compared: Batch
  ) -> Bool {
    let unit = window.unit(at: earlier)
    return unit.count == rows.count && window.fate(of: earlier) == .fresh
      && zip(unit, rows).allSatisfy { window.says($0, sameAs: $1, of: compared) }
  }

  /// Whether a value comes twice; a unit has few rows.
  private func repeats(_ hashes: ArraySlice<UInt64>) -> Bool {
    if hashes.count > 16 { return Set(hashes).count < hashes.count }
    return hashes.indices.contains { row in hashes[..<row].contains(hashes[row]) }
  }

  private func trueRows(_ column: Column) -> [Bool] {
    guard case .boolean(let values) = column.values else {
      preconditionFailure("a change says whether it deletes")
    }
    return values
  }

  // MARK: Giving on

  /// Ends the window: fresh rows are given on, contested ones held.
  private func release() throws {
    var contestedCount = 0
    for piece in window.pieces {
      let rows = window.rows(piece, .contested)
      contestedCount += rows.count
      if !rows.isEmpty {
        let contestedHashes = rows.map { piece.hashes[Int($0)] }
        try contested.append(
          piece.rows.taking(rows), contestedHashes,
          arrival: rows.map { row in
            piece.units.isEmpty ? piece.firstArrival + Int64(row) : piece.units[Int(row)]
          })
        try known.contest(contestedHashes)
      }
      try giveOn(piece, window.rows(piece, .fresh))
    }
    // Where most keys change again and again, what is written early is written twice.
    if window.rowCount >= windowRowCount, contestedCount > window.rowCount / 4 { holdsAll = true }
    last = window
    window = DedupWindow(capacity: min(window.rowCount, windowRowCount))
  }

  private func giveOn(_ piece: DedupWindow.Piece, _ fresh: [Int32]) throws {
    if fresh.isEmpty { return }
    freshCount += fresh.count
    let made = Batch(schema, origins.map { piece.rows.columns[$0] }, rowCount: piece.rows.rowCount)
    let rows = fresh.count == made.rowCount ? made : made.taking(fresh)
    let numbers = partitions.numbers(of: rows, by: partitionPositions)
    try known.write(fresh.map { piece.hashes[Int($0)] }, partitions: numbers)
    ready.append(rows)
  }
}
