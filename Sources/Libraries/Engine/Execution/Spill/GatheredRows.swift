import Columnar
import Core
import Synchronization

/// All rows of some sources: in memory while they fit, else set aside by a hash of their keys.
enum GatheredRows {
  case inMemory([Batch], holding: [MemoryHold])
  /// One for each source.
  case parts([SpilledParts])

  /// Drains the sources at the same time. Without keys all rows stay in memory, and so do those
  /// that one key alone has; they are refused where the run has no room for them. `place` is that
  /// of the step that needs them.
  init(
    _ sources: [any BatchSource], keys: [Expression], at place: Place?, _ context: QueryContext,
    level: Int = 0
  ) throws {
    let limit = context.joinedLimit / max(1, min(sources.count, context.threadCount)) / 2
    let schema = sources[0].schema
    let mayPart = !keys.isEmpty && level < SpilledParts.deepestLevel
    let sum = GatheredBytes(schema, at: place, limit: context.mostTogether)
    let gathered = try parallelMap(
      sources.map(Disconnected.init), threads: context.threadCount
    ) { source in
      var batches: [Batch] = []
      var byteCount = 0
      var parts: SpilledParts?
      let hold = MemoryHold(context.memory)
      while let batch = try source.value.next()?.compacted() {
        if let parts {
          try parts.append(batch)
          continue
        }
        batches.append(batch)
        byteCount += batch.byteCount
        let isTooMuch = hold.isTooMuch(byteCount)
        if byteCount > limit || isTooMuch, mayPart {
          let made = SpilledParts(schema, keys: keys, level: level, context)
          for batch in batches { try made.append(batch) }
          batches = []
          hold.release()
          parts = made
        } else if !mayPart {
          try sum.add(batch.byteCount)
        }
      }
      return Disconnected((batches, parts, hold))
    }
    guard gathered.contains(where: { $0.value.1 != nil }) else {
      self = .inMemory(gathered.flatMap(\.value.0), holding: gathered.map(\.value.2))
      return
    }
    self = .parts(
      try gathered.map { gathered in
        let parts =
          gathered.value.1 ?? SpilledParts(schema, keys: keys, level: level, context)
        for batch in gathered.value.0 { try parts.append(batch) }
        return parts
      })
  }
}

/// How many bytes of rows that cannot be parted several threads have read.
private final class GatheredBytes: Sendable {
  private let schema: Schema
  private let place: Place?
  private let limit: Int
  private let count = Atomic<Int>(0)

  init(_ schema: Schema, at place: Place?, limit: Int) {
    self.schema = schema
    self.place = place
    self.limit = limit
  }

  func add(_ byteCount: Int) throws(Fault) {
    let count = count.add(byteCount, ordering: .relaxed).newValue
    guard count > limit else { return }
    let names = schema.fields.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ")
    let more = schema.fields.count > 3 ? ", …" : ""
    throw MemoryAccount.exceeded(
      "rows of \(names.isEmpty ? "no column" : names)\(more) that must be in memory together, as "
        + "they share a key or have none, take", count, limit, at: place)
  }
}

/// One part of the rows that several sources set aside.
func partSource(_ schema: Schema, _ all: [SpilledParts], _ part: Int) -> any BatchSource {
  ChainedSource(schema, all.map { $0.source(part) })
}
