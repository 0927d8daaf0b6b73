package import Columnar
import Core

/// A source whose batches are made ahead of their use, by a thread of its own.
///
/// The thread begins with the first batch that is asked for. Once `next` gave nil or threw, the
/// thread is done with the source, whose state may be read again.
package final class PrefetchedSource: BatchSource {
  package let schema: Schema
  private let source: any BatchSource
  private let capacity: Int
  private var queue: Prefetch<Batch>?

  /// The batches of `source`, of which at most `capacity` wait.
  package init(_ source: any BatchSource, capacity: Int) {
    schema = source.schema
    self.source = source
    self.capacity = capacity
  }

  package func next() throws -> Batch? {
    if queue == nil {
      let work = Disconnected(source)
      queue = Prefetch(capacity: capacity) { try work.value.next() }
    }
    return try queue?.next()
  }
}
