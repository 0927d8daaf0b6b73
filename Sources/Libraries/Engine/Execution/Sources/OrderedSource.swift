import Columnar
import Core

/// Several sources one after the other, made by several threads ahead of their use.
///
/// Thread i makes sources i, i + n, i + 2n and so on of n threads, and waits when a few batches of
/// its own wait: the rows come in the order of the sources whoever is faster, and memory holds the
/// batches of n sources.
final class OrderedSource: BatchSource {
  /// So many batches of a thread may wait.
  private static let waitingBatchLimit = 4

  let schema: Schema
  /// Disconnected to the threads when they start.
  private var sources: [any BatchSource]
  private let sourceCount: Int
  private let threadCount: Int
  /// Nil until the first batch is asked for; each gives the batches of its sources and nil behind
  /// each of them.
  private var threads: [Prefetch<Batch?>] = []
  private var current = 0

  init(_ schema: Schema, _ sources: [any BatchSource], threads: Int) {
    self.schema = schema
    self.sources = sources
    sourceCount = sources.count
    threadCount = max(1, min(threads, sources.count))
  }

  func next() throws -> Batch? {
    guard threadCount > 1 else { return try nextAlone() }
    if threads.isEmpty { start() }
    while current < sourceCount {
      // A thread has an element for each of its sources at least, so none is an end too early.
      if let batch = try threads[current % threadCount].next() ?? nil { return batch }
      current += 1
    }
    return nil
  }

  private func nextAlone() throws -> Batch? {
    while current < sourceCount {
      if let batch = try sources[current].next() { return batch }
      current += 1
    }
    return nil
  }

  private func start() {
    threads = (0..<threadCount).map { first in
      let own = stride(from: first, to: sourceCount, by: threadCount).map { sources[$0] }
      let work = Disconnected(OwnSources(own))
      return Prefetch(capacity: OrderedSource.waitingBatchLimit) { try work.value.next() }
    }
    sources = []
  }
}

/// The sources of one thread: their batches, with nil at the end of each source.
private final class OwnSources {
  private var sources: ArraySlice<any BatchSource>

  init(_ sources: [any BatchSource]) { self.sources = sources[...] }

  func next() throws -> Batch?? {
    guard let source = sources.first else { return nil }
    if let batch = try source.next() { return batch }
    // Lets go of what the source holds.
    sources.removeFirst()
    return .some(nil)
  }
}
