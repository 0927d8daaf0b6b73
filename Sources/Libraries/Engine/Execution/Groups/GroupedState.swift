import Columnar
import Core

/// Groups and their accumulators: what a hash aggregate knows so far.
final class GroupedState {
  private let keys: [Evaluator]
  private let calls: [CallState]
  private var encoder: KeyEncoder
  private var cache: DictionaryNumbers
  /// What was not found when it was looked up; never mixed with what was added.
  private var lookupCache: DictionaryNumbers
  private var table: KeyTable
  /// The key columns of the groups in order of their number, a piece for each batch that had new
  /// ones.
  private var keyPieces: [[Column]] = []

  /// `willMerge`: whether the groups may be taken into another state.
  init(keys: [Expression], calls: [AggregateCall], in world: EvaluationContext, willMerge: Bool) {
    self.keys = keys.map { Evaluator($0, in: world) }
    self.calls = calls.map { CallState($0, world, willMerge: willMerge) }
    encoder = KeyEncoder(keys.map(\.type))
    cache = DictionaryNumbers(columnCount: keys.count)
    lookupCache = DictionaryNumbers(columnCount: keys.count)
    table = KeyTable(width: encoder.width)
  }

  /// How many groups there are; without keys there is always one.
  var groupCount: Int { keys.isEmpty ? 1 : table.count }

  /// Bytes held, about.
  var byteCount: Int {
    table.byteCount + encoder.byteCount + groupCount * 32 * (1 + calls.count)
      + calls.reduce(0) { $0 + $1.byteCount }
  }

  /// Adds a batch's rows to their groups.
  func update(_ batch: Batch) throws {
    let rows = InputRows(batch)
    let groups = numbers(try keys.map { try $0.evaluate(rows) }, batch.rowCount)
    for call in calls { try call.update(groups, groupCount, rows) }
  }

  /// Adds the rows of groups that are there already, and gives back the others.
  func updateKnown(_ batch: Batch) throws -> Batch {
    let rows = InputRows(batch)
    let columns = try keys.map { try $0.evaluate(rows) }
    let words = encoder.words(columns, count: batch.rowCount, adding: false, &lookupCache)
    let groups = table.numbers(words, rowCount: batch.rowCount)
    let known = Bitmap(count: groups.count) { groups[$0] >= 0 }
    let positions = known.setPositions
    if !positions.isEmpty {
      let part = positions.count == batch.rowCount ? rows : rows.selecting(positions)
      let numbers = mapRows(positions) { groups[Int($0)] }
      for call in calls { try call.update(numbers, groupCount, part) }
    }
    return batch.filtering(~known)
  }

  /// Adds the groups of another state of the same aggregate.
  func merge(_ other: GroupedState) throws {
    let groups = try numbers(other.keyColumns(), other.groupCount)
    // What was not there may be there now.
    lookupCache = DictionaryNumbers(columnCount: keys.count)
    for (call, otherCall) in zip(calls, other.calls) {
      try call.merge(otherCall, groups, groupCount)
    }
  }

  /// One row a group: the keys, then the results.
  func columns() throws -> [Column] {
    try keyColumns() + calls.map { try $0.finish(groupCount) }
  }

  private func keyColumns() throws -> [Column] {
    try keys.indices.map { index in
      try Column.concatenating(keys[index].type, keyPieces.map { $0[index] })
    }
  }

  private func numbers(_ columns: [Column], _ count: Int) -> [Int32] {
    if keys.isEmpty { return [Int32](repeating: 0, count: count) }
    let words = encoder.words(columns, count: count, adding: true, &cache)
    let (numbers, newRows) = table.adding(words, rowCount: count)
    if !newRows.isEmpty { keyPieces.append(columns.map { $0.taking(newRows) }) }
    return numbers
  }
}

/// One aggregate of a grouped state.
private final class CallState {
  private let arguments: [Evaluator]
  private let filter: Evaluator?
  private let accumulator: any Accumulator
  private let wanted: ArgumentColumns
  private let place: Place?
  private var distinct: DistinctRows?

  init(_ call: AggregateCall, _ world: EvaluationContext, willMerge: Bool) {
    arguments = call.arguments.map { Evaluator($0, in: world) }
    filter = call.filter.map { Evaluator($0, in: world) }
    wanted = ArgumentColumns(name: call.function.name, types: call.function.argumentTypes)
    place = call.arguments.first?.place
    accumulator = call.function.makeAccumulator(world.at(place))
    distinct =
      call.isDistinct
      ? DistinctRows(call.arguments.map(\.type), keepsPieces: willMerge) : nil
  }

  /// Bytes that distinct arguments hold, about.
  var byteCount: Int { distinct?.byteCount ?? 0 }

  func update(_ groups: [Int32], _ groupCount: Int, _ rows: InputRows) throws {
    guard let filter else { return try add(groups, groupCount, rows) }
    let kept = try filter.evaluate(rows).trueRows
    if kept.isAllSet { return try add(groups, groupCount, rows) }
    let positions = kept.setPositions
    try add(mapRows(positions) { groups[Int($0)] }, groupCount, rows.selecting(positions))
  }

  func merge(_ other: CallState, _ groups: [Int32], _ groupCount: Int) throws {
    guard let otherDistinct = other.distinct else {
      return try accumulator.merge(other.accumulator, groups: groups, groupCount: groupCount)
    }
    for (otherGroups, columns) in otherDistinct.pieces {
      try addDistinct(mapRows(otherGroups) { groups[Int($0)] }, groupCount, columns)
    }
  }

  func finish(_ groupCount: Int) throws -> Column {
    do {
      return try accumulator.finish(groupCount: groupCount)
    } catch let fault as Fault {
      throw place.map { fault.placed(at: $0) } ?? fault
    }
  }

  private func add(_ groups: [Int32], _ groupCount: Int, _ rows: InputRows) throws {
    let columns = try arguments.map { try $0.evaluate(rows) }
    if distinct != nil { return try addDistinct(groups, groupCount, columns) }
    try accumulate(groups, groupCount, columns)
  }

  private func addDistinct(
    _ groups: [Int32], _ groupCount: Int, _ columns: [Column]
  ) throws {
    guard let (newGroups, newColumns) = distinct?.new(groups, groupCount, columns)
    else { return }
    try accumulate(newGroups, groupCount, newColumns)
  }

  private func accumulate(_ groups: [Int32], _ groupCount: Int, _ columns: [Column]) throws {
    do {
      try wanted.check(columns, rowCount: groups.count)
      try accumulator.update(groups: groups, groupCount: groupCount, arguments: columns)
    } catch let fault as Fault {
      throw place.map { fault.placed(at: $0) } ?? fault
    }
  }
}
