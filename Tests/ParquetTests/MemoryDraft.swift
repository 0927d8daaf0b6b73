import Columnar
import Core
import Parquet
import TestSupport

/// A draft in memory.
final class MemoryDraft: DraftFile {
  private(set) var bytes: [UInt8] = []

  var byteCount: Int { bytes.count }

  func append(_ bytes: [UInt8]) throws(Fault) { self.bytes += bytes }

  func publish() throws(Fault) -> FilePublication { .published }

  func discard() {}
}

/// The bytes of a file that holds `batches`, and its statistics.
func written(
  _ schema: Schema, _ batches: [Batch], _ options: WriterOptions = .standard
) throws -> (bytes: [UInt8], statistics: WrittenFile) {
  let draft = MemoryDraft()
  let writer = try FileWriter(draft, schema: schema, options: options)
  for batch in batches { try writer.append(batch) }
  let statistics = try writer.finish()
  return (draft.bytes, statistics)
}

/// All rows of a file, as one batch.
func rows(
  of bytes: [UInt8], columns: [String]? = nil, where predicates: [ColumnPredicate] = [],
  rowCount: Int = Batch.standardRowCount
) throws -> Batch {
  let reader = try FileReader(MemoryFile(bytes), at: Place("test.parquet"))
  let source = try reader.batches(columns: columns, where: predicates, rowCount: rowCount)
  var batches: [Batch] = []
  while let batch = try source.next() { batches.append(batch) }
  return try Batch.concatenating(source.schema, batches)
}
