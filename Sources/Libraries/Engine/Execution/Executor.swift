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
    if probes.count > 1, shape.kind != .full { return try joined(probes, builds, shape) }
    let input = probes.count == 1 ? probes[0] : ChainedSource(probes[0].schema, probes)
    return [
      DeferredSource(shape.schema) { [self] in
        ChainedSource(shape.schema, try joined([input], builds, shape))
      }
    ]
  }

  /// Reads the build side, then probes it with each stream; when it does not fit into memory both
  /// sides are parted by their keys and joined part by part.
  private func joined(
    _ probes: [any BatchSource], _ builds: [any BatchSource], _ shape: JoinShape
  ) throws -> [any BatchSource] {
    // NOT IN must know of all rows whether one has a NULL.
    let mayPart = shape.kind != .nullAwareAnti
    switch try GatheredRows(builds, keys: mayPart ? shape.buildKeys : [], context) {
    case .inMemory(let batches):
      let table = try joinTable(Batch.concatenating(builds[0].schema, batches), shape)
      return probes.map { JoinSource($0, table, shape, clock) }
    case .parts(let buildParts):
      let probeParts = try parallelMap(
        probes.map(Handed.init), threads: context.threadCount
      ) { [context] probe in
        let parts = SpilledParts(probe.value.schema, keys: shape.probeKeys, level: 0, context)
        while let batch = try probe.value.next() { try parts.append(batch) }
        return Handed(parts)
      }.map(\.value)
      return (0..<SpilledParts.count).map { part in
        DeferredSource(shape.schema) { [self] in
          let batches = try drain([partSource(builds[0].schema, buildParts, part)], threads: 1)
          let table = try joinTable(
            Batch.concatenating(builds[0].schema, batches[0]), shape)
          return JoinSource(
            partSource(probes[0].schema, probeParts, part), table, shape, clock)
        }
      }
    }
  }

  private func joinTable(_ batch: Batch, _ shape: JoinShape) throws -> JoinTable {
    let keys = try shape.buildKeys.map { try Evaluator($0, clock: clock).evaluate(batch) }
    return JoinTable(batch, keys: keys, nullsMatch: shape.nullsMatch)
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
    return DeferredSource(schema) { [context] in try sortedSource(streams, keys, context) }
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
    // Calls that share their partitions can be computed for some partitions at a time.
    let partitions = calls[0].call.partitionBy
    let sharesPartitions = calls.allSatisfy { Expression.areSame($0.call.partitionBy, partitions) }
    return DeferredSource(schema) { [self] in
      let keys = sharesPartitions ? partitions : []
      switch try GatheredRows(streams, keys: keys, context) {
      case .inMemory(let batches): return try windowed(batches, inputSchema, schema, calls)
      case .parts(let parts):
        return ChainedSource(
          schema,
          (0..<SpilledParts.count).map { part in
            DeferredSource(schema) {
              let batches = try drain([partSource(inputSchema, parts, part)], threads: 1)
              return try windowed(batches[0], inputSchema, schema, calls)
            }
          })
      }
    }
  }

  private func windowed(
    _ batches: [Batch], _ inputSchema: Schema, _ schema: Schema,
    _ calls: [LogicalPlan.NamedWindow]
  ) throws -> any BatchSource {
    let all = Batch.concatenating(inputSchema, batches)
    guard all.rowCount > 0 else { return BatchList(schema, []) }
    let columns = try windowColumns(all, calls.map(\.call))
    return TakenSource(Batch(schema, all.columns + columns, rowCount: all.rowCount))
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
