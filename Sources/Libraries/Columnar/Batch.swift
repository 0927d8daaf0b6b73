// Columnar: rows in memory, column by column, as they go from library to library.
//
// A `Batch` is some rows of a `Schema`; its `Column`s hold values of one `DataType` in flat arrays,
// beside a `Bitmap` of those that are there. `BatchSource` gives batches, `BatchSink` takes them;
// `ColumnBuilder` makes a column value by value. The room `Kernels` computes on whole columns:
// casts, comparisons, arithmetic, sorting, taking and joining of rows.
//
// Begin with `Batch`, then `Column`. Nothing here knows where rows come from or what a query is.

/// Some rows of a table, column by column: the currency between modules.
package struct Batch: Sendable {
  /// How many rows a batch holds unless there is a reason: its columns fit the cache.
  package static let standardRowCount = 8_192

  package let schema: Schema
  package let columns: [Column]
  package let rowCount: Int

  package init(_ schema: Schema, _ columns: [Column], rowCount: Int) {
    precondition(schema.fields.count == columns.count, "one column a field")
    self.schema = schema
    self.columns = columns
    self.rowCount = rowCount
  }

  /// The columns at `positions`, in that order.
  package func selecting(_ positions: [Int]) -> Batch {
    Batch(schema.selecting(positions), positions.map { columns[$0] }, rowCount: rowCount)
  }
}

/// Something that gives batches until there are no more. Pulled by one thread at a time.
package protocol BatchSource: AnyObject {
  /// The schema of every batch it gives.
  var schema: Schema { get }
  /// The next batch (never one without rows), or nil at the end.
  func next() throws -> Batch?
}

/// Something that takes batches of one schema.
package protocol BatchSink: AnyObject {
  func append(_ batch: Batch) throws
}

/// Batches that are already in memory.
package final class BatchList: BatchSource {
  package let schema: Schema
  private var batches: ArraySlice<Batch>

  package init(_ schema: Schema, _ batches: [Batch]) {
    self.schema = schema
    self.batches = batches.filter { $0.rowCount > 0 }[...]
  }

  package func next() throws -> Batch? { batches.popFirst() }
}

/// Several sources, one after the other.
package final class SourceList: BatchSource {
  package let schema: Schema
  private var sources: ArraySlice<any BatchSource>

  package init(_ schema: Schema, _ sources: [any BatchSource]) {
    self.schema = schema
    self.sources = sources[...]
  }

  package func next() throws -> Batch? {
    while let source = sources.first {
      if let batch = try source.next() { return batch }
      sources.removeFirst()
    }
    return nil
  }
}
