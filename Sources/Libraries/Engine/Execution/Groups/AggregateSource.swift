import Columnar
import Core

/// Groups of the rows of several streams: each stream by itself, then all brought together in the
/// order of the streams.
final class AggregateSource: BatchSource {
  let schema: Schema
  private let aggregate: LogicalPlan.Aggregate
  private let streams: [any BatchSource]
  private let context: QueryContext
  private let sharerCount: Int
  private var results: (any BatchSource)?

  /// `besideOthers`: whether as many like it may be drained at the same time as there are threads.
  init(
    _ aggregate: LogicalPlan.Aggregate, _ streams: [any BatchSource], _ context: QueryContext,
    besideOthers: Bool = false
  ) {
    sharerCount = besideOthers ? context.threadCount : min(streams.count, context.threadCount)
    self.aggregate = aggregate
    self.streams = streams
    self.context = context
    let keys = aggregate.groups.map { group in
      var field = outputField(group)
      if aggregate.groupingSets != nil { field.isNullable = true }
      return field
    }
    schema = Schema(
      keys
        + aggregate.calls.map {
          Field($0.name, $0.call.function.resultType, isNullable: $0.call.function.isNullable)
        })
  }

  func next() throws -> Batch? {
    if results == nil { results = try compute() }
    return try results?.next()
  }

  private func compute() throws -> any BatchSource {
    let sets = aggregate.groupingSets ?? [Array(aggregate.groups.indices)]
    let recipes = sets.map { GroupRecipe(schema, aggregate, $0, context) }
    let gathered = try parallelMap(
      streams.map(Disconnected.init), threads: context.threadCount
    ) { [sharerCount, willMerge = streams.count > 1] stream in
      let groups = recipes.map { $0.groups(sharers: sharerCount, willMerge: willMerge) }
      while let batch = try stream.value.next() {
        for groups in groups { try groups.append(batch) }
      }
      return Disconnected(groups)
    }
    let parts = try recipes.indices.map { index in
      try recipes[index].results(gathered.map { $0.value[index] })
    }
    return ChainedSource(schema, parts)
  }
}
