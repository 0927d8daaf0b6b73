package import Columnar
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
  private let file: Schema

  /// `raw` are the columns that make up the text of a row, as far as the file has them; none, no
  /// text.
  init(
    _ file: any ReadableFile, at place: Place, fields: [Field], raw: [Field],
    predicates: [ColumnPredicate]
  ) throws {
    self.fields = fields
    let reader = try FileReader(file, at: place)
    self.file = reader.schema
    try Self.check(reader.schema, holds: fields + raw, at: place)
    let raw = raw.filter { reader.schema.index(of: $0.name) != nil }
    self.raw = raw
    let wanted = (fields + raw).map(\.name)
    let present = reader.schema.names.filter { name in
      wanted.contains { $0.lowercased() == name.lowercased() }
    }
    batches = try reader.batches(
      columns: present, where: Self.judgeable(predicates, reader.schema, as: fields + raw))
    var output = fields
    output.append(Field(BronzeTable.Provenance.line, .bigint))
    if !raw.isEmpty { output.append(Field(BronzeTable.Provenance.raw, .string)) }
    schema = Schema(output)
  }

  /// Those of `declared` that the file lacks: it does not say that they are NULL, it says nothing.
  func absent(of declared: [Field]) -> [Field] {
    declared.filter { file.index(of: $0.name) == nil }
  }

  /// The predicates that statistics of a file can judge: those are in the file's own types.
  static func judgeable(
    _ predicates: [ColumnPredicate], _ file: Schema, as declared: [Field]
  ) -> [ColumnPredicate] {
    predicates.filter { predicate in
      guard let field = declared.first(where: { $0.name == predicate.column }),
        let index = file.index(of: predicate.column)
      else { return false }
      return file.fields[index].type == field.type
    }
  }

  private static func check(
    _ schema: Schema, holds fields: [Field], at place: Place
  ) throws(Fault) {
    for field in fields {
      guard let index = schema.index(of: field.name) else { continue }
      let type = schema.fields[index].type
      guard !field.type.holdsAll(of: type) else { continue }
      throw Fault(
        .data, at: place, "'\(field.name)' is \(type.sql) here, and \(field.type.sql) is declared",
        remedy: "declare the type of the files, or have them written with the one declared")
    }
  }

  func next() throws -> Batch? {
    guard let batch = try batches.next() else { return nil }
    // Skipped row groups leave no gap: the number is the row's place in the file.
    let firstRow = Int64(batches.firstRow)
    let count = batch.rowCount
    var columns = try fields.map { try $0.column(in: batch) }
    columns.append(
      Column(.bigint, count: count, .int64((0..<Int64(count)).map { firstRow + $0 + 1 })))
    if !raw.isEmpty {
      let rows = Batch(Schema(raw), try raw.map { try $0.column(in: batch) }, rowCount: count)
      columns.append(Column(.string, count: count, .bytes(JSONRowFormatter.texts(of: rows))))
    }
    return Batch(schema, columns, rowCount: count)
  }
}

extension Field {
  /// The column of this name in `batch`, widened to the declared type; NULLs when it has none.
  fileprivate func column(in batch: Batch) throws -> Column {
    try batch.column(name)?.cast(to: type, isTry: false) ?? .nulls(type, count: batch.rowCount)
  }
}

extension DataType {
  /// Whether every value of `other` is one of this type, so that a file may have the narrower one.
  package func holdsAll(of other: DataType) -> Bool {
    if self == other || other == .null { return true }
    let integers: [DataType] = [.tinyint, .smallint, .int, .bigint]
    if let wide = integers.firstIndex(of: self), let narrow = integers.firstIndex(of: other) {
      return narrow < wide
    }
    switch (self, other) {
    case (.double, .float), (.double, .tinyint), (.double, .smallint), (.double, .int): return true
    case (.decimal(let precision, let scale), .decimal(let p, let s)):
      return scale >= s && precision - scale >= p - s
    case (.array(let element, _), .array(let other, _)): return element.holdsAll(of: other)
    case (.map(let key, let value, _), .map(let k, let v, _)):
      return key.holdsAll(of: k) && value.holdsAll(of: v)
    case (.structure(let fields), .structure(let others)):
      return fields.count == others.count
        && zip(fields, others).allSatisfy { $0.name == $1.name && $0.type.holdsAll(of: $1.type) }
    default: return false
    }
  }
}
