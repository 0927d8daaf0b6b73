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

  private var world: EvaluationContext { context.evaluation }

  private func source(_ plan: LogicalPlan) throws -> any BatchSource {
    let streams = try streams(plan)
    if streams.count == 1 { return streams[0] }
    return ChainedSource(streams[0].schema, streams)
  }

  /// The same rows in sources that may be drained at the same time, one thread each.
  package func streams(_ plan: LogicalPlan) throws -> [any BatchSource] {
    try streams(plan, partedBy: nil).sources
  }

  /// The streams of a plan; with `column`, one whose scans can be parted by it, no two streams
  /// share one of its values if the result says so.
  private func streams(_ plan: LogicalPlan, partedBy column: Int?) throws -> Streams {
    switch plan {
    case .scan(let scan): return try self.scan(scan, partedBy: column)
    case .filter(let input, let condition):
      return try streams(input, partedBy: column).map { FilterSource($0, condition, world) }
    case .project(.filter(let input, let condition), let columns):
      return try streams(input, partedBy: column.flatMap { columns[$0].expression.columnPosition })
        .map { ProjectSource($0, where: condition, columns, world) }
    case .project(let input, let columns):
      return try streams(input, partedBy: column.flatMap { columns[$0].expression.columnPosition })
        .map { ProjectSource($0, where: nil, columns, world) }
    case .generate(let generate) where generate.generator == .range:
      return Streams([try range(generate)])
    case .generate(let generate):
      let own = column.flatMap { $0 < generate.input.columnCount ? $0 : nil }
      return try streams(generate.input, partedBy: own).map {
        GenerateSource($0, generate, world)
      }
    case .unionAll(let inputs, let schema):
      return Streams(try inputs.flatMap { try streams($0) }.map { RenamedSource(schema, $0) })
    case .join(let join): return try self.join(join, partedBy: column)
    case .aggregate(let aggregate): return try self.aggregate(aggregate, partedBy: column)
    default: return Streams([try single(plan)])
    }
  }

  /// The rows of a step that gives them in one stream.
  private func single(_ plan: LogicalPlan) throws -> any BatchSource {
    switch plan {
    case .values(let rows, let schema): return try values(rows, schema)
    case .window(let input, let calls): return try window(input, calls)
    case .sort(let input, let keys): return try sort(input, keys)
    case .limit(.sort(let input, let keys), let count?, let offset)
    where max(count, offset) <= TopRows.countLimit:
      return try top(input, keys, count: count, offset: offset)
    case .limit(let input, let count, let offset):
      return LimitSource(try source(input), count: count, offset: offset)
    case .setOperation(let left, let right, let operation):
      let left = try source(left)
      let right = try source(right)
      let schema = plan.schema
      return DeferredSource(schema) { try combinedSets(schema, left, right, operation) }
    default: return try source(plan)
    }
  }

  // MARK: Leaves

  private func scan(_ scan: LogicalPlan.Scan, partedBy column: Int?) throws -> Streams {
    let request = scan.request(parallelism: context.threadCount)
    let schema = Schema(scan.columns)
    if let column, let parts = try scan.table.scan(request, partedBy: schema.fields[column].name),
      parts.count >= context.threadCount, parts.count > 1
    {
      return Streams(parts.map { RenamedSource(schema, $0) }, areParted: true)
    }
    let sources = try scan.table.scan(request)
    if sources.isEmpty { return Streams([BatchList(schema, [])]) }
    return Streams(sources.map { RenamedSource(schema, $0) })
  }

  private func values(_ rows: [[Expression]], _ schema: Schema) throws -> any BatchSource {
    let input = Batch(Schema([]), [], rowCount: 1)
    let batches = try rows.map { row in
      Batch(
        schema, try row.map { try Evaluator($0, in: world).evaluate(input) }, rowCount: 1)
    }
    return BatchList(schema, batches.isEmpty ? [] : [try Batch.concatenating(schema, batches)])
  }

  private func range(_ generate: LogicalPlan.Generate) throws -> any BatchSource {
    let row = Batch(Schema([]), [], rowCount: 1)
    let bounds = try Evaluator(generate.argument, in: world).evaluate(row).scalar(at: 0)
    return RangeSource(Schema(generate.columns), bounds.elements)
  }

  // MARK: Joins

  private func join(_ join: LogicalPlan.Join, partedBy column: Int?) throws -> Streams {
    let probesRight = join.kind == .right || buildsLeft(join)
    let side = column.flatMap { join.position(of: $0, ofLeft: !probesRight) }
    var builds = try streams(probesRight ? join.left : join.right)
    var probe = probesRight ? join.right : join.left
    if isSmall(probesRight ? join.left : join.right) {
      let batches = try drain(builds, threads: context.threadCount).flatMap { $0 }
      builds = [BatchList(builds[0].schema, batches)]
      probe = try join.skippingPartnerless(probe, partnersOf: batches, probesRight, world)
    }
    let probes = try streams(probe, partedBy: side)
    let (left, right) = probesRight ? (builds, probes.sources) : (probes.sources, builds)
    let shape = JoinShape(
      join, left: left[0].schema, right: right[0].schema, probesRight: probesRight)
    let sources = probes.sources
    if sources.count > 1, shape.kind != .full {
      let joined = try joined(sources, builds, shape, level: 0)
      return Streams(joined.sources, areParted: joined.keepsStreams && probes.areParted)
    }
    let input = sources.count == 1 ? sources[0] : ChainedSource(sources[0].schema, sources)
    return Streams([
      DeferredSource(shape.schema) { [self] in
        ChainedSource(shape.schema, try joined([input], builds, shape, level: 0).sources)
      }
    ])
  }

  /// Reads the build side, then probes it with each stream; when it does not fit into memory both
  /// sides are parted by their keys and joined part by part, a part like the whole, and the streams
  /// are others.
  private func joined(
    _ probes: [any BatchSource], _ builds: [any BatchSource], _ shape: JoinShape, level: Int
  ) throws -> (sources: [any BatchSource], keepsStreams: Bool) {
    // NOT IN must know of all rows whether one has a NULL.
    let mayPart = shape.kind != .nullAwareAnti
    let keys = mayPart ? shape.buildKeys : []
    switch try GatheredRows(builds, keys: keys, at: shape.place, context, level: level) {
    case .inMemory(let batches, let holds):
      let table = try joinTable(
        try Batch.concatenating(builds[0].schema, batches), shape, holding: holds)
      return (probes.map { JoinSource($0, table, shape, world) }, true)
    case .parts(let buildParts):
      let probeParts = try parallelMap(
        probes.map(Disconnected.init), threads: context.threadCount
      ) { [context] probe in
        let parts = SpilledParts(probe.value.schema, keys: shape.probeKeys, level: level, context)
        while let batch = try probe.value.next() { try parts.append(batch) }
        return Disconnected(parts)
      }.map(\.value)
      let sources = (0..<SpilledParts.count).map { part in
        DeferredSource(shape.schema) { [self] in
          let joined = try joined(
            [partSource(probes[0].schema, probeParts, part)],
            [partSource(builds[0].schema, buildParts, part)], shape, level: level + 1)
          return ChainedSource(shape.schema, joined.sources)
        }
      }
      return (sources, false)
    }
  }

  private func joinTable(
    _ batch: Batch, _ shape: JoinShape, holding holds: [MemoryHold] = []
  ) throws -> JoinTable {
    let keys = try shape.buildKeys.map { Evaluator($0, in: world) }.evaluate(batch)
    return JoinTable(batch, keys: keys, nullsMatch: shape.nullsMatch, holding: holds)
  }

  /// Whether an inner join should put its left side in the table: where that is surely smaller.
  private func buildsLeft(_ join: LogicalPlan.Join) -> Bool {
    guard join.kind == .inner || join.kind == .cross else { return false }
    if let left = estimatedRowCount(join.left), let right = estimatedRowCount(join.right) {
      // A LIMIT may be any number: halved, not doubled.
      return left < right / 2
    }
    // What joins give is guessed.
    guard let left = RowEstimate.rows(of: join.left), let right = RowEstimate.rows(of: join.right)
    else { return false }
    return left < right / 2
  }

  /// Whether the rows are so few that it pays to know them before the other side is read.
  private func isSmall(_ plan: LogicalPlan) -> Bool {
    estimatedRowCount(plan).map { $0 <= 4_096 } ?? false
  }

  private func estimatedRowCount(_ plan: LogicalPlan) -> Int? {
    switch plan {
    case .scan(let scan): scan.table.estimatedRowCount
    case .values(let rows, _): rows.count
    case .project(let input, _), .filter(let input, _), .window(let input, _),
      .sort(let input, _):
      estimatedRowCount(input)
    case .aggregate(let aggregate): estimatedRowCount(aggregate.input)
    case .join(let join) where join.kind == .semi || join.kind == .anti:
      estimatedRowCount(join.left)
    case .limit(let input, let count, _):
      estimatedRowCount(input).map { min($0, count ?? $0) } ?? count
    default: nil
    }
  }

  // MARK: Groups

  /// Groups of all streams together; or, where no two streams share a group, of each by itself:
  /// then memory holds the groups of a few streams at a time.
  private func aggregate(
    _ aggregate: LogicalPlan.Aggregate, partedBy column: Int?
  ) throws -> Streams {
    let keys =
      aggregate.groupingSets == nil ? aggregate.groups.map(\.expression.columnPosition) : []
    let wanted = column.map { keys.indices.contains($0) ? keys[$0] : nil } ?? nil
    let position =
      wanted ?? keys.lazy.compactMap { $0 }.first { aggregate.input.canBeParted(by: $0) }
    let input = try streams(aggregate.input, partedBy: position)
    guard input.areParted else {
      return Streams([AggregateSource(aggregate, input.sources, context)])
    }
    let parts = input.map {
      AggregateSource(aggregate, [$0], context, besideOthers: true)
    }
    if wanted != nil { return parts }
    let schema = parts.sources[0].schema
    return Streams([OrderedSource(schema, parts.sources, threads: context.threadCount)])
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
      let rows = TopRows(schema, keys, count: count.saturatingAdd(offset), world)
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
    let keys = sharesPartitions ? partitions : []
    return DeferredSource(schema) { [self] in
      try windowed(streams, by: keys, level: 0, inputSchema, schema, calls)
    }
  }

  /// The calls over the rows of `streams`, for some partitions at a time where they do not fit into
  /// memory.
  private func windowed(
    _ streams: [any BatchSource], by keys: [Expression], level: Int, _ inputSchema: Schema,
    _ schema: Schema, _ calls: [LogicalPlan.NamedWindow]
  ) throws -> any BatchSource {
    let first = calls[0].call
    let parts = first.partitionBy + first.orderBy.map(\.expression)
    let place = parts.lazy.compactMap(\.place).first
    switch try GatheredRows(streams, keys: keys, at: place, context, level: level) {
    case .inMemory(let batches, _): return try windowed(batches, inputSchema, schema, calls)
    case .parts(let parts):
      return ChainedSource(
        schema,
        (0..<SpilledParts.count).map { part in
          DeferredSource(schema) {
            try windowed(
              [partSource(inputSchema, parts, part)], by: keys, level: level + 1, inputSchema,
              schema, calls)
          }
        })
    }
  }

  private func windowed(
    _ batches: [Batch], _ inputSchema: Schema, _ schema: Schema,
    _ calls: [LogicalPlan.NamedWindow]
  ) throws -> any BatchSource {
    let all = try Batch.concatenating(inputSchema, batches)
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
        ?? WindowOrder(batch, partitionBy: call.partitionBy, orderBy: call.orderBy, world)
      if known == nil { orders.append((call, order)) }
      return try WindowComputation(batch, order, world).column(call)
    }
  }
}

/// All batches of each source, the sources drained by up to `threads` threads.
func drain(_ sources: [any BatchSource], threads: Int) throws -> [[Batch]] {
  try parallelMap(sources.map(Disconnected.init), threads: threads) { source in
    var batches: [Batch] = []
    while let batch = try source.value.next() { batches.append(batch) }
    return batches
  }
}

/// The sources of a step's rows, which may be drained at the same time.
struct Streams {
  var sources: [any BatchSource]
  /// Whether no two sources share a value of the column that was asked for.
  var areParted = false

  init(_ sources: [any BatchSource], areParted: Bool = false) {
    self.sources = sources
    self.areParted = areParted
  }

  /// The next step's sources, one for each.
  func map(_ step: (any BatchSource) throws -> any BatchSource) rethrows -> Streams {
    Streams(try sources.map(step), areParted: areParted)
  }
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
