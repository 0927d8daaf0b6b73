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
  /// The declared columns that the file has.
  private let given: Set<String>
  /// Where the columns of `fields`, then those of `raw`, stand in a batch of the file; nil for one
  /// that it lacks.
  private let places: [Int?]

  /// `declared` are all columns of the table that files have. `raw` are those that make up the text
  /// of a row, as far as the file has them; none, no text.
  init(
    _ file: any ReadableFile, at place: Place, declared: [Field], fields: [Field], raw: [Field],
    predicates: [ColumnPredicate]
  ) throws {
    self.fields = fields
    let reader = try FileReader(file, at: place)
    let match = FieldNames(declared.map(\.name)).match(reader.schema.names)
    // By tables: a file of a stranger may have a hundred thousand columns.
    let columns = Dictionary(zip(declared.map(\.name), match.positions)) { first, _ in first }
    func position(of field: Field) -> Int? { columns[field.name] ?? nil }
    given = Set(declared.filter { position(of: $0) != nil }.map(\.name))
    let raw = raw.filter { position(of: $0) != nil }
    self.raw = raw
    let wanted = (fields + raw).map { position(of: $0) }
    try Self.check(reader, wanted, hold: fields + raw, at: place)
    let present = Array(Set(wanted.compactMap { $0 })).sorted()
    let order = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    places = wanted.map { position in position.flatMap { order[$0] } }
    batches = reader.batches(
      at: present, where: Self.judgeable(predicates, reader.schema, as: declared))
    var output = fields
    output.append(Field(BronzeTable.Provenance.line, .bigint))
    if !raw.isEmpty { output.append(Field(BronzeTable.Provenance.raw, .string)) }
    schema = Schema(output)
  }

  /// Those of `declared` that the file lacks: it does not say that they are NULL, it says nothing.
  func absent(of declared: [Field]) -> [Field] {
    declared.filter { !given.contains($0.name) }
  }

  /// The predicates that statistics of a file can judge: those on columns that it has by the name
  /// that the predicate knows, in its own types. `declared` are all columns that files have.
  static func judgeable(
    _ predicates: [ColumnPredicate], _ file: Schema, as declared: [Field]
  ) -> [ColumnPredicate] {
    let match = FieldNames(declared.map(\.name)).match(file.names)
    return predicates.filter { predicate in
      guard let column = declared.firstIndex(where: { $0.name == predicate.column }),
        let position = match.positions[column], position == file.index(of: predicate.column)
      else { return false }
      return file.fields[position].type == declared[column].type
    }
  }

  private static func check(
    _ file: FileReader, _ positions: [Int?], hold fields: [Field], at place: Place
  ) throws(Fault) {
    for (field, position) in zip(fields, positions) {
      guard let position else { continue }
      let type = file.schema.fields[position].type
      guard !field.type.holdsAll(of: type), !file.hasOnlyNulls(at: position) else { continue }
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
    let read = try zip(fields + raw, places).map { try column($0, at: $1, in: batch) }
    var columns = Array(read.prefix(fields.count))
    columns.append(
      Column(.bigint, count: count, .int64((0..<Int64(count)).map { firstRow + $0 + 1 })))
    if !raw.isEmpty {
      let rows = Batch(Schema(raw), Array(read.dropFirst(fields.count)), rowCount: count)
      columns.append(Column(.string, count: count, .bytes(JSONRowFormatter.texts(of: rows))))
    }
    return Batch(schema, columns, rowCount: count)
  }

  /// The column at `position` of `batch`, widened to the declared type; NULLs where there is none,
  /// or a column of another type that has nothing else.
  private func column(_ field: Field, at position: Int?, in batch: Batch) throws -> Column {
    guard let position, field.type.holdsAll(of: batch.columns[position].type) else {
      return .nulls(field.type, count: batch.rowCount)
    }
    return try batch.columns[position].cast(to: field.type, isTry: false)
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
