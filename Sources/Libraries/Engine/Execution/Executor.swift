package import Columnar
import Core

/// Runs logical plans: each step becomes a batch source over those of its inputs.
///
/// Steps that work row by row are made once for each of a scan's sources (a stream), so that the
/// steps that need all rows can drain the streams at the same time. Results do not depend on which
/// thread was faster.
package struct Executor {
  private let context: QueryContext

  package init(context: QueryContext) { self.context = context }

  /// The rows of `plan`. Work is done as batches are asked for; faults of the data say where in the
  /// SQL text the expression stands that failed.
  package func execute(_ plan: LogicalPlan) throws -> any BatchSource { try source(plan) }

  /// The rows of `plan` as sources that may be drained at the same time, one thread each; drained
  /// one after the other they give the rows of `execute`.
  package func executeStreams(_ plan: LogicalPlan) throws -> [any BatchSource] {
    try streams(plan)
  }

  private var clock: Clock { context.clock }

  private func source(_ plan: LogicalPlan) throws -> any BatchSource {
    let streams = try streams(plan)
    if streams.count == 1 { return streams[0] }
    return ChainedSource(streams[0].schema, streams)
  }

  private func streams(_ plan: LogicalPlan) throws -> [any BatchSource] {
    switch plan {
    case .scan(let scan): return try self.scan(scan)
    case .values(let rows, let schema): return [try values(rows, schema)]
    case .filter(let input, let condition):
      return try streams(input).map { FilterSource($0, condition, clock) }
    case .project(.filter(let input, let condition), let columns):
      return try streams(input).map { ProjectSource($0, where: condition, columns, clock) }
    case .project(let input, let columns):
      return try streams(input).map { ProjectSource($0, where: nil, columns, clock) }
    case .generate(let generate):
      return try streams(generate.input).map { GenerateSource($0, generate, clock) }
    case .unionAll(let inputs, let schema):
      return try inputs.flatMap { try streams($0) }.map { RenamedSource(schema, $0) }
    case .join(let join): return try self.join(join)
    case .aggregate(let aggregate):
      return [try AggregateSource(aggregate, streams(aggregate.input), context)]
    case .window(let input, let calls): return [try window(input, calls)]
    case .sort(let input, let keys): return [try sort(input, keys)]
    case .limit(.sort(let input, let keys), let count?, let offset):
      return [try top(input, keys, count: count, offset: offset)]
    case .limit(let input, let count, let offset):
      return [LimitSource(try source(input), count: count, offset: offset)]
    case .setOperation(let left, let right, let operation):
      let left = try source(left)
      let right = try source(right)
      let schema = Schema(
        zip(left.schema.fields, right.schema.fields).map {
          Field($0.name, $0.type, isNullable: $0.isNullable || $1.isNullable)
        })
      return [
        DeferredSource(schema) { try combinedSets(schema, left, right, operation) }
      ]
    }
  }

  // MARK: Leaves

  private func scan(_ scan: LogicalPlan.Scan) throws -> [any BatchSource] {
    let request = ScanRequest(
      columns: scan.columns.map(\.name), predicates: scan.predicates,
      parallelism: context.threadCount)
    let schema = Schema(scan.columns)
    let sources = try scan.table.scan(request)
    if sources.isEmpty { return [BatchList(schema, [])] }
    return sources.map { RenamedSource(schema, $0) }
  }

  private func values(_ rows: [[Expression]], _ schema: Schema) throws -> any BatchSource {
    let input = Batch(Schema([]), [], rowCount: 1)
    let batches = try rows.map { row in
      Batch(
        schema, try row.map { try Evaluator($0, clock: clock).evaluate(input) }, rowCount: 1)
    }
    return BatchList(schema, batches.isEmpty ? [] : [Batch.concatenating(schema, batches)])
  }

  // MARK: Joins

  private func join(_ join: LogicalPlan.Join) throws -> [any BatchSource] {
    let left = try streams(join.left)
    let right = try streams(join.right)
    let shape = JoinShape(
      join, left: left[0].schema, right: right[0].schema, buildsLeft: buildsLeft(join))
    let builds = shape.probesRight ? left : right
    let probes = shape.probesRight ? right : left
    let makeTable = { [self] in
      let batches = try drain(builds, threads: context.threadCount).flatMap { $0 }
      let all = Batch.concatenating(builds[0].schema, batches)
      let keys = try shape.buildKeys.map { try Evaluator($0, clock: clock).evaluate(all) }
      return JoinTable(all, keys: keys, nullsMatch: shape.nullsMatch)
    }
    if probes.count == 1 || shape.kind == .full {
      let input = probes.count == 1 ? probes[0] : ChainedSource(probes[0].schema, probes)
      return [
        DeferredSource(shape.schema) { [self] in
          JoinSource(input, try makeTable(), shape, clock)
        }
      ]
    }
    let table = try makeTable()
    return probes.map { JoinSource($0, table, shape, clock) }
  }

  /// Whether an inner join should put its left side in the table: where that is surely smaller.
  private func buildsLeft(_ join: LogicalPlan.Join) -> Bool {
    guard join.kind == .inner || join.kind == .cross, let left = estimatedRowCount(join.left),
      let right = estimatedRowCount(join.right)
    else { return false }
    return left * 2 < right
  }

  private func estimatedRowCount(_ plan: LogicalPlan) -> Int? {
    switch plan {
    case .scan(let scan): scan.table.estimatedRowCount
    case .values(let rows, _): rows.count
    case .project(let input, _), .filter(let input, _), .window(let input, _),
      .sort(let input, _):
      estimatedRowCount(input)
    case .aggregate(let aggregate): estimatedRowCount(aggregate.input)
    case .limit(let input, let count, _):
      estimatedRowCount(input).map { min($0, count ?? $0) } ?? count
    default: nil
    }
  }

  // MARK: Order

  private func sort(_ input: LogicalPlan, _ keys: [SortKey]) throws -> any BatchSource {
    let streams = try streams(input)
    let schema = streams[0].schema
    return DeferredSource(schema) { [self] in
      let batches = try drain(streams, threads: context.threadCount).flatMap { $0 }
      let all = Batch.concatenating(schema, batches)
      let evaluators = keys.map { Evaluator($0.expression, clock: clock) }
      return TakenSource(all, order: try sorted(all, by: evaluators, keys))
    }
  }

  private func top(
    _ input: LogicalPlan, _ keys: [SortKey], count: Int, offset: Int
  ) throws -> any BatchSource {
    let source = try source(input)
    let schema = source.schema
    return DeferredSource(schema) { [self] in
      let rows = TopRows(schema, keys, count: count + offset, clock)
      while let batch = try source.next() { try rows.add(batch) }
      return LimitSource(TakenSource(try rows.finish()), count: count, offset: offset)
    }
  }

  private func window(
    _ input: LogicalPlan, _ calls: [LogicalPlan.NamedWindow]
  ) throws -> any BatchSource {
    let streams = try streams(input)
    let inputSchema = streams[0].schema
    let added = calls.map { Field($0.name, $0.call.type, isNullable: $0.call.isNullable) }
    let schema = Schema(inputSchema.fields + added)
    return DeferredSource(schema) { [self] in
      let batches = try drain(streams, threads: context.threadCount).flatMap { $0 }
      let all = Batch.concatenating(inputSchema, batches)
      guard all.rowCount > 0 else { return BatchList(schema, []) }
      let columns = try windowColumns(all, calls.map(\.call))
      return TakenSource(Batch(schema, all.columns + columns, rowCount: all.rowCount))
    }
  }

  /// The calls' columns; calls with one order share the sorting.
  private func windowColumns(_ batch: Batch, _ calls: [WindowCall]) throws -> [Column] {
    var orders: [(call: WindowCall, order: WindowOrder)] = []
    return try calls.map { call in
      let known = orders.first { $0.call.hasOrder(of: call) }
      let order =
        try known?.order
        ?? WindowOrder(batch, partitionBy: call.partitionBy, orderBy: call.orderBy, clock)
      if known == nil { orders.append((call, order)) }
      return try WindowComputation(batch, order, clock).column(call)
    }
  }
}

/// All batches of each source, the sources drained by up to `threads` threads.
func drain(_ sources: [any BatchSource], threads: Int) throws -> [[Batch]] {
  try parallelMap(sources.map(Handed.init), threads: threads) { source in
    var batches: [Batch] = []
    while let batch = try source.value.next() { batches.append(batch) }
    return batches
  }
}

/// Something handed to one thread, which alone uses it from then on.
struct Handed<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

extension WindowCall {
  /// Whether both calls are over the same partitions in the same order.
  fileprivate func hasOrder(of other: WindowCall) -> Bool {
    Expression.areSame(partitionBy, other.partitionBy)
      && orderBy.count == other.orderBy.count
      && zip(orderBy, other.orderBy).allSatisfy {
        $0.isDescending == $1.isDescending && $0.nullsFirst == $1.nullsFirst
          && $0.expression.isSame(as: $1.expression)
      }
  }
}
