package import Columnar

/// A source that is opened when its first batch is asked for.
package final class LazySource: BatchSource {
  package let schema: Schema
  private var open: (() throws -> any BatchSource)?
  private var source: (any BatchSource)?

  package init(_ schema: Schema, _ open: @escaping () throws -> any BatchSource) {
    self.schema = schema
    self.open = open
  }

  package func next() throws -> Batch? {
    if let open {
      source = try open()
      self.open = nil
    }
    return try source?.next()
  }
}
