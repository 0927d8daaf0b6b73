import Columnar
import Core

/// How the groups of one grouping set are made.
struct GroupRecipe: Sendable {
  private let schema: Schema
  private let groups: [Expression]
  /// The groups that the set keeps, by position; the others are NULL.
  private let set: [Int]
  private let calls: [AggregateCall]
  private let context: QueryContext
  /// How often the rows were parted before.
  private let level: Int

  init(
    _ schema: Schema, _ aggregate: LogicalPlan.Aggregate, _ set: [Int], _ context: QueryContext
  ) {
    self.schema = schema
    groups = aggregate.groups.map(\.expression)
    self.set = set
    calls = aggregate.calls.map(\.call)
    self.context = context
    level = 0
  }

  private init(_ recipe: GroupRecipe, level: Int) {
    schema = recipe.schema
    groups = recipe.groups
    set = recipe.set
    calls = recipe.calls
    context = recipe.context
    self.level = level
  }

  /// Empty groups, which share the memory with others at the same time.
  func groups(sharers: Int, willMerge: Bool) -> PartedGroups {
    let keys = set.map { groups[$0] }
    return PartedGroups(
      GroupedState(keys: keys, calls: calls, in: context.evaluation, willMerge: willMerge),
      limit: keys.isEmpty || level == SpilledParts.deepestLevel
        ? Int.max : context.joinedLimit / max(1, sharers) / 2,
      most: context.mostTogether,
      hold: MemoryHold(context.memory),
      place: (calls.flatMap(\.arguments) + keys).lazy.compactMap(\.place).first
    ) { [context, level] schema in
      SpilledParts(schema, keys: keys, level: level, context)
    }
  }

  /// The results of all streams' groups, brought together in the order of the streams.
  func results(_ streams: [PartedGroups]) throws -> any BatchSource {
    let state = streams[0].state
    for other in streams.dropFirst() { try state.merge(other.state) }
    let parts = streams.compactMap(\.parts)
    guard let first = parts.first else { return try rows(state) }
    // Rows set aside by one stream may belong to groups that another one holds, so what is in
    // memory comes last.
    let inputSchema = first.schema
    let partResults = (0..<SpilledParts.count).map { part in
      DeferredSource(schema) {
        let deeper = GroupRecipe(self, level: level + 1)
        let groups = deeper.groups(sharers: 1, willMerge: false)
        let source = partSource(inputSchema, parts, part)
        while let batch = try source.next() {
          let others = try state.updateKnown(batch)
          if others.rowCount > 0 { try groups.append(others) }
        }
        return try deeper.results([groups])
      }
    }
    return ChainedSource(schema, partResults + [DeferredSource(schema) { try rows(state) }])
  }

  private func rows(_ state: GroupedState) throws -> any BatchSource {
    let count = state.groupCount
    let columns = try state.columns()
    let keys = groups.indices.map { index in
      set.firstIndex(of: index).map { columns[$0] } ?? .nulls(groups[index].type, count: count)
    }
    return TakenSource(Batch(schema, keys + columns.dropFirst(set.count), rowCount: count))
  }
}

/// Groups that stop growing in number when memory is full: rows of further groups are set aside.
final class PartedGroups {
  let state: GroupedState
  private(set) var parts: SpilledParts?
  private let limit: Int
  /// What the groups that cannot be set aside may hold.
  private let most: Int
  private let hold: MemoryHold
  /// Where what is held for a group stands.
  private let place: Place?
  private let makeParts: (Schema) -> SpilledParts

  init(
    _ state: GroupedState, limit: Int, most: Int, hold: MemoryHold, place: Place?,
    makeParts: @escaping (Schema) -> SpilledParts
  ) {
    self.state = state
    self.hold = hold
    self.place = place
    self.limit = limit
    self.most = most
    self.makeParts = makeParts
  }

  /// Adds a batch's rows to their groups, or sets them aside.
  func append(_ batch: Batch) throws {
    guard parts == nil else {
      let others = try state.updateKnown(batch)
      try check(state.byteCount)
      return try setAside(others)
    }
    try state.update(batch)
    let byteCount = state.byteCount
    try check(byteCount)
    let isTooMuch = hold.isTooMuch(byteCount)
    if byteCount > limit || isTooMuch && limit < Int.max { parts = makeParts(batch.schema) }
  }

  /// A group grows where it keeps distinct values: one alone may be more than there is memory.
  private func check(_ byteCount: Int) throws(Fault) {
    guard byteCount > most else { return }
    throw MemoryAccount.exceeded(
      "groups and their distinct values take", byteCount, most, at: place)
  }

  private func setAside(_ batch: Batch) throws {
    if batch.rowCount > 0 { try parts?.append(batch) }
  }
}
