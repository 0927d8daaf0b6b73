import Columnar
import Core

/// `state` with room for `groupCount` groups.
@inline(__always)
func grow<Value>(_ state: inout [Value], to groupCount: Int, _ empty: Value) {
  if state.count < groupCount {
    if state.capacity < groupCount { state.reserveCapacity(max(groupCount, state.count * 2)) }
    state.append(contentsOf: repeatElement(empty, count: groupCount - state.count))
  }
}

/// Calls `body` with the group and the row of each row that is not NULL.
@inline(__always)
func forEachRow(
  _ groups: [Int32], _ column: Column, _ body: (Int, Int) throws -> Void
) rethrows {
  try groups.withUnsafeBufferPointer { groups in
    guard let validity = column.validity else {
      for row in 0..<groups.count { try body(Int(groups[row]), row) }
      return
    }
    for row in 0..<groups.count where validity[row] { try body(Int(groups[row]), row) }
  }
}

/// One row of the arguments for each group: the least, the first, or whatever `update` picks.
struct PickedRows {
  private struct Pick {
    var source: Int32
    var row: Int32
  }

  /// Batches that rows were picked from; put together when much of them is not needed any more.
  private var sources: [[Column]] = []
  private var picks: [Pick] = []
  private var heldRowCount = 0
  private let types: [DataType]

  init(_ types: [DataType]) { self.types = types }

  /// Offers each row to its group; `isBetter` says whether it takes the place of the one held
  /// (columns, row; columns held, row held).
  mutating func update(
    _ groups: [Int32], _ groupCount: Int, _ columns: [Column],
    accepts: (Int) -> Bool, isBetter: ([Column], Int, [Column], Int) -> Bool
  ) throws {
    grow(&picks, to: groupCount, Pick(source: -1, row: 0))
    let number = Int32(sources.count)
    sources.append(columns)
    heldRowCount += groups.count
    for row in 0..<groups.count where accepts(row) {
      let group = Int(groups[row])
      let held = picks[group]
      if held.source < 0
        || isBetter(columns, row, sources[Int(held.source)], Int(held.row))
      {
        picks[group] = Pick(source: number, row: Int32(row))
      }
    }
    if heldRowCount > 65_536 + 2 * picks.count { try compact() }
  }

  /// The picked rows' columns, one row a group; NULL where a group has none.
  func columns(_ groupCount: Int) throws -> [Column] {
    var starts: [Int32] = []
    var start: Int32 = 0
    for source in sources {
      starts.append(start)
      start += Int32(source[0].count)
    }
    let rows = fillRows(groupCount) { group -> Int32 in
      guard group < picks.count, picks[group].source >= 0 else { return -1 }
      return starts[Int(picks[group].source)] + picks[group].row
    }
    return try types.indices.map { index in
      try Column.concatenating(types[index], sources.map { $0[index] }).takingOrNull(rows)
    }
  }

  /// Whether the group holds a row.
  func holds(_ group: Int) -> Bool { group < picks.count && picks[group].source >= 0 }

  private mutating func compact() throws {
    let kept = try columns(picks.count)
    sources = [kept]
    heldRowCount = picks.count
    for group in picks.indices where picks[group].source >= 0 {
      picks[group] = Pick(source: 0, row: Int32(group))
    }
  }
}

/// All rows of the arguments, brought together by group at the end.
struct CollectedRows {
  private var groups: [Int32] = []
  private var batches: [[Column]] = []
  private let types: [DataType]

  init(_ types: [DataType]) { self.types = types }

  /// Keeps the rows that `accepts` names.
  mutating func append(_ newGroups: [Int32], _ columns: [Column], where accepts: (Int) -> Bool) {
    let rows = (0..<newGroups.count).filter(accepts).map(Int32.init)
    if rows.isEmpty { return }
    if rows.count == newGroups.count {
      groups.append(contentsOf: newGroups)
      batches.append(columns)
    } else {
      groups.append(contentsOf: rows.map { newGroups[Int($0)] })
      batches.append(columns.map { $0.taking(rows) })
    }
  }

  /// Takes over the rows of another; its group `i` is `map[i]`.
  mutating func append(_ other: CollectedRows, _ map: [Int32]) {
    groups.append(contentsOf: other.groups.map { map[Int($0)] })
    batches.append(contentsOf: other.batches)
  }

  /// The rows ordered by group, in order of arrival within one; `offsets[g]` is where group g
  /// starts.
  func grouped(_ groupCount: Int) throws -> (offsets: [Int32], columns: [Column]) {
    var offsets = [Int32](repeating: 0, count: groupCount + 1)
    for group in groups { offsets[Int(group) + 1] += 1 }
    for group in 0..<groupCount { offsets[group + 1] += offsets[group] }
    var next = offsets
    var order = [Int32](repeating: 0, count: groups.count)
    for (row, group) in groups.enumerated() {
      order[Int(next[Int(group)])] = Int32(row)
      next[Int(group)] += 1
    }
    let columns = try types.indices.map { index in
      try Column.concatenating(types[index], batches.map { $0[index] }).taking(order)
    }
    return (offsets, columns)
  }
}
