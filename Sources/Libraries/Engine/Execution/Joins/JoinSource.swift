import Columnar
import Core

/// How a join reads its two sides: which one is probed, which one stands in the table.
struct JoinShape: Sendable {
  /// The kind as seen from the probe side: never `right`.
  var kind: JoinKind
  var probesRight: Bool
  var probeKeys: [Expression]
  var buildKeys: [Expression]
  var nullsMatch: [Bool]
  var residual: Expression?
  /// Pairs compared row by row instead of by key, an open answer counting as a match: for NOT IN
  /// under a further condition.
  var openEqualities: [LogicalPlan.Equality] = []
  var schema: Schema
  /// Where a key or a condition of the join stands; nil where it has none.
  let place: Place?

  init(_ join: LogicalPlan.Join, left: Schema, right: Schema, probesRight: Bool) {
    self.probesRight = probesRight
    let parts = join.equalities.flatMap { [$0.left, $0.right] } + (join.residual?.conjuncts ?? [])
    place = parts.lazy.compactMap(\.place).first
    kind = join.kind == .right ? .left : join.kind == .cross ? .inner : join.kind
    let lefts = join.equalities.map(\.left)
    let rights = join.equalities.map(\.right)
    probeKeys = probesRight ? rights : lefts
    buildKeys = probesRight ? lefts : rights
    nullsMatch = join.equalities.map(\.nullsMatch)
    residual = join.residual
    let leftMayMiss = join.kind == .right || join.kind == .full
    let rightMayMiss = join.kind == .left || join.kind == .full
    switch join.kind {
    case .semi, .anti, .nullAwareAnti: schema = left
    default:
      schema = Schema(
        left.fields.map { leftMayMiss ? $0.nullable : $0 }
          + right.fields.map { rightMayMiss ? $0.nullable : $0 })
    }
    if kind == .nullAwareAnti, residual != nil {
      kind = .anti
      openEqualities = join.equalities
      (probeKeys, buildKeys, nullsMatch) = ([], [], [])
    }
  }
}

extension LogicalPlan.Join {
  /// Where a column of the join lies in one of its inputs; nil when it is one of the other's.
  func position(of column: Int, ofLeft isLeft: Bool) -> Int? {
    let leftCount = left.columnCount
    if isLeft { return column < leftCount ? column : nil }
    return column < leftCount ? nil : column - leftCount
  }
}

extension Field {
  /// The same field, NULL allowed.
  fileprivate var nullable: Field {
    Field(name, type, isNullable: true, metadata: metadata)
  }
}

/// Probes a join's table with the batches of one input.
final class JoinSource: BatchSource {
  /// Pairs of rows looked at in one go.
  private static let pairLimit = 65_536

  var schema: Schema { shape.schema }
  private let input: any BatchSource
  private let shape: JoinShape
  private let table: JoinTable
  private let keys: [Evaluator]
  private let residual: Evaluator?
  private let openEqualities: [(left: Evaluator, right: Evaluator)]
  private var encoder: KeyEncoder
  private var cache: DictionaryNumbers
  private var current: Probe?
  /// What the lists of the table's rows take.
  private let buildLists: ListRoom
  /// For full joins: the rows of the table that found a partner.
  private var matchedBuildRows: Bitmap?
  private var isAtEnd = false

  /// Where the probing of one batch stands.
  private struct Probe {
    var batch: Batch
    var keys: [Column]
    var lists: ListRoom
    var numbers: [Int32]
    var row = 0
    var index = 0
    var matched: Bitmap
  }

  init(_ input: any BatchSource, _ table: JoinTable, _ shape: JoinShape, _ world: EvaluationContext)
  {
    self.input = input
    self.shape = shape
    self.table = table
    keys = shape.probeKeys.map { Evaluator($0, in: world) }
    residual = shape.residual.map { Evaluator($0, in: world) }
    openEqualities = shape.openEqualities.map {
      (Evaluator($0.left, in: world), Evaluator($0.right, in: world))
    }
    encoder = table.encoder
    buildLists = ListRoom(of: table.batch.columns)
    cache = DictionaryNumbers(columnCount: shape.probeKeys.count)
    if shape.kind == .full {
      matchedBuildRows = Bitmap(repeating: false, count: table.batch.rowCount)
    }
  }

  func next() throws -> Batch? {
    while !isAtEnd {
      if current == nil {
        guard let batch = try input.next() else {
          isAtEnd = true
          return unmatchedBuildRows()
        }
        current = try probe(batch)
      }
      if let result = try step(), result.rowCount > 0 { return result }
    }
    return nil
  }

  private func probe(_ batch: Batch) throws -> Probe {
    let columns = try keys.evaluate(batch)
    let numbers = table.numbers(
      columns, shape.nullsMatch, count: batch.rowCount, &encoder, &cache)
    return Probe(
      batch: batch, keys: columns, lists: ListRoom(of: batch.columns), numbers: numbers,
      matched: Bitmap(repeating: false, count: batch.rowCount))
  }

  /// The next pairs of the current batch; at its end the rows that found no partner too.
  private func step() throws -> Batch? {
    guard var probe = current else { return nil }
    current = nil
    let isWhole = probe.row == 0 && probe.index == 0
    var pairs = takePairs(&probe)
    if let residual { pairs = try filtered(pairs, probe.batch, residual) }
    for row in pairs.probe { probe.matched.set(Int(row), true) }
    if matchedBuildRows != nil {
      for row in pairs.build { matchedBuildRows?.set(Int(row), true) }
    }
    let isDone = probe.row == probe.batch.rowCount
    if !isDone { current = probe }
    switch shape.kind {
    case .semi: return isDone ? probe.batch.filtering(probe.matched) : nil
    case .anti, .nullAwareAnti: return isDone ? probe.batch.filtering(open(probe)) : nil
    case .left, .full:
      if isDone { pairs = adding(unmatched: (~probe.matched).setPositions, to: pairs, isWhole) }
    default: break
    }
    return pairs.probe.isEmpty ? nil : combined(probe.batch, pairs)
  }

  /// The rows an anti join keeps. For NOT IN a NULL leaves the answer open, and the row out.
  private func open(_ probe: Probe) -> Bitmap {
    let unmatched = ~probe.matched
    guard shape.kind == .nullAwareAnti, table.batch.rowCount > 0 else { return unmatched }
    if table.hasNullKey {
      return Bitmap(repeating: false, count: probe.batch.rowCount)
    }
    let present = JoinTable.present(probe.keys, shape.nullsMatch)
    return present.map { $0 & unmatched } ?? unmatched
  }

  // MARK: Pairs

  private struct Pairs {
    var probe: [Int32] = []
    /// -1: no partner.
    var build: [Int32] = []
  }

  private func takePairs(_ probe: inout Probe) -> Pairs {
    var pairs = Pairs()
    pairs.probe.reserveCapacity(probe.batch.rowCount)
    pairs.build.reserveCapacity(probe.batch.rowCount)
    let needsOneOnly =
      residual == nil
      && (shape.kind == .semi || shape.kind == .anti || shape.kind == .nullAwareAnti)
    let copiesLists = !needsOneOnly && (probe.lists.isTaken || buildLists.isTaken)
    var listRoom = ListRoom.elementCount
    while probe.row < probe.batch.rowCount {
      let number = probe.numbers[probe.row]
      let count = needsOneOnly ? min(1, table.matchCount(number)) : table.matchCount(number)
      while probe.index < count {
        if pairs.probe.count == JoinSource.pairLimit || listRoom <= 0 { return pairs }
        let row = table.row(number, probe.index)
        pairs.probe.append(Int32(probe.row))
        pairs.build.append(row)
        if copiesLists {
          listRoom -=
            probe.lists.elementCount(of: probe.row) + buildLists.elementCount(of: Int(row))
        }
        probe.index += 1
      }
      probe.row += 1
      probe.index = 0
    }
    return pairs
  }

  private func filtered(_ pairs: Pairs, _ batch: Batch, _ residual: Evaluator) throws -> Pairs {
    if pairs.probe.isEmpty { return pairs }
    var kept = try residual.evaluate(bothSides(batch, pairs)).trueRows
    for (left, right) in openEqualities {
      // Only pairs that surely differ are no match.
      let probed = try left.evaluate(batch).taking(pairs.probe)
      let built = try right.evaluate(table.batch).taking(pairs.build)
      kept = kept & ~Column.compare(probed, .equal, built).falseRows
    }
    if kept.isAllSet { return pairs }
    let positions = kept.setPositions
    return Pairs(
      probe: mapRows(positions) { pairs.probe[Int($0)] },
      build: mapRows(positions) { pairs.build[Int($0)] })
  }

  /// The pairs and the rows without a partner, in the order of the probe rows where possible.
  private func adding(unmatched: [Int32], to pairs: Pairs, _ isWhole: Bool) -> Pairs {
    if unmatched.isEmpty { return pairs }
    var result = Pairs()
    guard isWhole else {
      result.probe = pairs.probe + unmatched
      result.build = pairs.build + [Int32](repeating: -1, count: unmatched.count)
      return result
    }
    var next = 0
    for (probe, build) in zip(pairs.probe, pairs.build) {
      while next < unmatched.count, unmatched[next] < probe {
        result.probe.append(unmatched[next])
        result.build.append(-1)
        next += 1
      }
      result.probe.append(probe)
      result.build.append(build)
    }
    result.probe += unmatched[next...]
    result.build += [Int32](repeating: -1, count: unmatched.count - next)
    return result
  }

  // MARK: Rows

  private func combined(_ batch: Batch, _ pairs: Pairs) -> Batch {
    let rows = bothSides(batch, pairs)
    return Batch(shape.schema, rows.allColumns, rowCount: rows.count)
  }

  /// Left columns, then right ones, of each pair.
  private func bothSides(_ batch: Batch, _ pairs: Pairs) -> InputRows {
    let probed = batch.columns.map { LazyColumn.taken($0, pairs.probe) }
    let built = table.batch.columns.map { LazyColumn.takenOrNull($0, pairs.build) }
    return InputRows(
      lazily: shape.probesRight ? built + probed : probed + built, count: pairs.probe.count)
  }

  /// For full joins: the table's rows that no probe row matched.
  private func unmatchedBuildRows() -> Batch? {
    guard let matched = matchedBuildRows else { return nil }
    let rows = (~matched).setPositions
    guard !rows.isEmpty else { return nil }
    let probeWidth = shape.schema.fields.count - table.batch.columns.count
    let missing = shape.schema.fields.prefix(probeWidth).map {
      Column.nulls($0.type, count: rows.count)
    }
    let built = table.batch.columns.map { $0.taking(rows) }
    return Batch(shape.schema, missing + built, rowCount: rows.count)
  }
}
