import Columnar
import Core
import Parquet
import TextFormats

/// The rows of a Parquet file under a declared schema, with line numbers and, on request, each row
/// as JSON text.
final class ParquetRows: BatchSource {
  let schema: Schema
  private let batches: FileBatches
  private let fields: [Field]
  private let raw: [Field]

  /// `raw` are the columns that make up the text of a row; none, no text.
  init(
    _ file: any ReadableFile, at place: Place, fields: [Field], raw: [Field],
    predicates: [ColumnPredicate]
  ) throws {
    self.fields = fields
    self.raw = raw
    let reader = try FileReader(file, at: place)
    let wanted = (fields + raw).map(\.name)
    let present = reader.schema.names.filter { name in
      wanted.contains { $0.lowercased() == name.lowercased() }
    }
    batches = try reader.batches(columns: present, where: predicates)
    var output = fields
    output.append(Field(BronzeTable.Provenance.line, .bigint))
    if !raw.isEmpty { output.append(Field(BronzeTable.Provenance.raw, .string)) }
    schema = Schema(output)
  }

  func next() throws -> Batch? {
    guard let batch = try batches.next() else { return nil }
    // Skipped row groups leave no gap: the number is the row's place in the file.
    let firstRow = Int64(batches.firstRow)
    let count = batch.rowCount
    var columns = fields.map { $0.column(in: batch) }
    columns.append(
      Column(.bigint, count: count, .int64((0..<Int64(count)).map { firstRow + $0 + 1 })))
    if !raw.isEmpty {
      let rows = Batch(Schema(raw), raw.map { $0.column(in: batch) }, rowCount: count)
      columns.append(Column(.string, count: count, .bytes(JSONRowFormatter.texts(of: rows))))
    }
    return Batch(schema, columns, rowCount: count)
  }
}

extension Field {
  /// The column of this name in `batch`; NULLs when it has none.
  fileprivate func column(in batch: Batch) -> Column {
    batch.column(name) ?? .nulls(type, count: batch.rowCount)
  }
}
