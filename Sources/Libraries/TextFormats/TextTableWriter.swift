package import Columnar
import Core

/// Writes batches as a table for a person: the first rows decide how wide its columns are.
package final class TextTableWriter: BatchSink {
  /// So many rows are looked at before the first line is written.
  private static let rowsLookedAt = 1_000

  private let schema: Schema
  private let output: ([UInt8]) throws -> Void
  private let rightAligned: Set<Int>
  private var waiting: [[String]] = []
  private var layout: TableLayout?

  /// A writer of rows of `schema` that gives whole lines to `output`.
  package init(_ schema: Schema, to output: @escaping ([UInt8]) throws -> Void) {
    self.schema = schema
    self.output = output
    rightAligned = Set(
      schema.fields.indices.filter { CellText.standsRight(schema.fields[$0].type) })
  }

  package func append(_ batch: Batch) throws {
    for row in 0..<batch.rowCount {
      waiting.append(batch.columns.map { CellText.text($0, row) })
      if waiting.count >= Self.rowsLookedAt { try put() }
    }
  }

  /// Writes what is still held; without any rows, the head alone.
  package func finish() throws {
    if layout == nil || !waiting.isEmpty { try put() }
  }

  private func put() throws {
    var lines: [String] = []
    if layout == nil {
      let names = schema.names.map { shown($0) }
      let first = TableLayout(names, rightAligned: rightAligned, fitting: waiting)
      lines = first.head
      layout = first
    }
    if let layout { lines += waiting.map(layout.line) }
    waiting.removeAll(keepingCapacity: true)
    try output([UInt8](lines.map { $0 + "\n" }.joined().utf8))
  }
}
