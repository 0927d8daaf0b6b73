import Columnar
import Core

/// Groups of the rows of several streams: each stream by itself, then all brought together in the
/// order of the streams.
final class AggregateSource: BatchSource {
  let schema: Schema
  private let aggregate: LogicalPlan.Aggregate
  private let streams: [any BatchSource]
  private let context: QueryContext
  private var results: (any BatchSource)?

  init(
    _ aggregate: LogicalPlan.Aggregate, _ streams: [any BatchSource], _ context: QueryContext
  ) {
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
    let recipe = GroupRecipe(aggregate, sets, context.clock)
    let states = try parallelMap(
      streams.map(Handed.init), threads: context.threadCount
    ) { stream in
      let states = recipe.states()
      while let batch = try stream.value.next() {
        for state in states { try state.update(batch) }
      }
      return Handed(states)
    }
    guard let first = states.first?.value else { return BatchList(schema, []) }
    for others in states.dropFirst() {
      for (state, other) in zip(first, others.value) { try state.merge(other) }
    }
    let parts = try zip(first, sets).map { state, set in try part(state, set) }
    return ChainedSource(schema, parts)
  }

  /// The groups of one grouping set; keys that are not in it are NULL.
  private func part(_ state: GroupedState, _ set: [Int]) throws -> any BatchSource {
    let count = state.groupCount
    let columns = try state.columns()
    let keys = aggregate.groups.indices.map { index in
      set.firstIndex(of: index).map { columns[$0] }
        ?? Column.nulls(aggregate.groups[index].expression.type, count: count)
    }
    return TakenSource(
      Batch(schema, keys + columns.dropFirst(set.count), rowCount: count))
  }
}

/// What each stream's groups are made of.
private struct GroupRecipe: Sendable {
  private let keys: [[Expression]]
  private let calls: [AggregateCall]
  private let clock: Clock

  init(_ aggregate: LogicalPlan.Aggregate, _ sets: [[Int]], _ clock: Clock) {
    keys = sets.map { set in set.map { aggregate.groups[$0].expression } }
    calls = aggregate.calls.map(\.call)
    self.clock = clock
  }

  /// Empty groups, one state a grouping set.
  func states() -> [GroupedState] {
    keys.map { GroupedState(keys: $0, calls: calls, clock: clock) }
  }
}
