package import Columnar

/// The rows of a file that a rule removed: none, of some columns.
package final class NoRows: BatchSource {
  package let schema: Schema

  package init(_ schema: Schema) { self.schema = schema }

  package func next() -> Batch? { nil }
}
