package import Columnar
package import Core
import Delta
import JSON
import Parquet
import TextFormats

/// Reads raw files by a declared schema, whatever their format; a field that does not fit is NULL.
package struct RawFileReader {
  let fileSystem: any FileSystem
  /// All columns, those of the folder names among them.
  let schema: Schema
  /// `json`, `csv` or `parquet`.
  let format: String
  let options: [String: String]
  let partitionColumns: [String]
  /// The most bytes that a line of JSON may have.
  var maximumLineLength = JSONLinesOptions().maximumLineLength

  package init(
    fileSystem: any FileSystem, schema: Schema, format: String, options: [String: String],
    partitionColumns: [String], maximumLineLength: Int = JSONLinesOptions().maximumLineLength
  ) {
    self.fileSystem = fileSystem
    self.schema = schema
    self.format = format
    self.options = options
    self.partitionColumns = partitionColumns
    self.maximumLineLength = maximumLineLength
  }

  /// Enough for a line that quotes the longest line taken, whatever must be escaped in it.
  static let quotingLineLength = 16 * JSONLinesOptions().maximumLineLength

  /// The schema of a scan for `columns` (hidden ones too).
  func outputSchema(_ columns: [String]) -> Schema {
    Schema(columns.compactMap(field))
  }

  /// Whether a file's folders leave room for `predicate`.
  func mayHold(_ predicate: ColumnPredicate, in file: RawFile) -> Bool {
    guard let value = partitionValue(predicate.column, of: file) else { return true }
    switch predicate.condition {
    case .equal(let wanted): return value == wanted
    case .isIn(let wanted): return wanted.contains(value)
    case .isNull: return value.isNull
    case .isNotNull: return !value.isNull
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return true
    }
  }

  /// The rows of one file.
  func rows(
    of file: RawFile, columns: [String], predicates: [ColumnPredicate]
  ) throws -> any BatchSource {
    if let replayed = file.replayed {
      return try ReplayedLines(file, replayed, self, columns: columns)
    }
    let inFile = fieldsInFiles(columns)
    let source: any BatchSource
    switch format {
    case "parquet":
      let bytes = try file.open(fileSystem)
      // What a rule removed has no rows, and no footer that would say so.
      if bytes.byteCount == 0, file.dataset != nil { return NoRows(outputSchema(columns)) }
      let rows = try ParquetRows(
        bytes, at: Place(file.path), declared: declared, fields: inFile,
        raw: columns.contains(BronzeTable.Provenance.raw) ? declared : [],
        predicates: predicates.filter { !isPartition($0.column) })
      return try self.rows(
        rows, of: file, columns: columns, absent: AbsentNames.text(rows.absent(of: declared)))
    case "csv":
      source = try csvRows(
        file.open(fileSystem), inFile, csvOptions(), at: Place(file.path))
    default:
      source = try JSONLinesReader(
        file.open(fileSystem), schema: Schema(declared), columns: inFile.map(\.name),
        options: jsonOptions(inFile, predicates), at: Place(file.path))
    }
    return try rows(source, of: file, columns: columns)
  }

  /// A reader of lines that are handed over to it, whichever file they are from.
  func lineReader(_ columns: [String], predicates: [ColumnPredicate]) throws -> JSONLinesReader {
    let fields = fieldsInFiles(columns)
    return try JSONLinesReader(
      schema: Schema(declared), columns: fields.map(\.name),
      options: jsonOptions(fields, predicates))
  }

  /// The rows of lines that came from files of the table: CSV, under a header where there is one,
  /// or JSON, whichever the files are written in.
  func rows(
    ofText text: [UInt8], hasHeader: Bool, columns: [String], at place: Place
  ) throws -> any BatchSource {
    let fields = fieldsInFiles(columns)
    guard format == "csv" else {
      return try JSONLinesReader(
        TextFile(text), schema: Schema(declared), columns: fields.map(\.name),
        options: jsonOptions(fields, []), at: place)
    }
    var csv = try csvOptions()
    csv.encoding = .utf8
    csv.header = hasHeader
    return try csvRows(TextFile(text), fields, csv, at: place)
  }

  /// The header of a CSV file, which is UTF-8; nil where files have none.
  package func header(of file: RawFile) throws -> String? {
    let options = try csvOptions()
    guard options.header else { return nil }
    let reader = try csvRows(file.open(fileSystem), [], options, at: Place(file.path))
    while reader.header == nil, try reader.next() != nil {}
    return reader.header.map { String(decoding: $0.text, as: UTF8.self) }
  }

  /// What `source` reads of `file`, with the columns that are not in it; `absent` names those that
  /// its schema lacks.
  func rows(
    _ source: any BatchSource, of file: RawFile, columns: [String], absent: String? = nil
  ) throws(Fault) -> any BatchSource {
    var values: [String: (value: Scalar, type: DataType)] = [
      BronzeTable.Provenance.file: (.string(file.name), .string)
    ]
    if let absent { values[BronzeTable.Provenance.absent.name] = (.string(absent), .string) }
    for name in columns where isPartition(name) {
      guard let field = field(name) else { continue }
      guard let value = partitionValue(name, of: file) else {
        throw Fault(
          .data, at: Place(file.path),
          "the folder gives '\(name)' a value that is no "
            + "\(field.type.sql)",
          remedy: "rename the folder, or declare the column STRING")
      }
      values[field.name] = (value, field.type)
    }
    return FileRows(source, outputSchema(columns)) { name, rowCount in
      values[name].map { .constant($0.value, $0.type, count: rowCount) }
    }
  }

  /// The declared columns that the text of a row does not name, where a row's text is made of the
  /// columns of its file; nil when it names all.
  func absentNames(inText text: some Collection<UInt8>) -> String? {
    guard format == "parquet",
      let row = try? JSONValue(parsing: Array(text), at: Place("row")).object
    else { return nil }
    return AbsentNames.text(
      schema.fields.filter { !isPartition($0.name) && row[$0.name] == nil })
  }

  /// What a file of replays asks for, then the number of each request's line.
  func requests(of file: RawFile) throws -> any BatchSource {
    try JSONLinesReader(
      file.open(fileSystem), schema: ReplayLog.schema,
      options: JSONLinesOptions(
        lineNumberColumn: BronzeTable.Provenance.line,
        maximumLineLength: RawFileReader.quotingLineLength),
      at: Place(file.path))
  }

  /// The values that the folders of each row's file give a partition column; nil for others.
  func partitionColumn(_ field: Field, of files: Column) -> Column? {
    guard isPartition(field.name), case .bytes(let names) = files.flattened().values else {
      return nil
    }
    let values = ColumnBuilder(field.type, capacity: files.count)
    for row in 0..<files.count {
      let name = String(decoding: names[row], as: UTF8.self)
      let file = RawFile(
        path: name, name: name, rowCount: nil, partition: RawFile.partition(of: name))
      values.append(partitionValue(field.name, of: file) ?? .null)
    }
    return values.finish()
  }

  /// All columns that the files themselves have: a name is a column's only beside those of others.
  var declared: [Field] { schema.fields.filter { !isPartition($0.name) } }

  /// Those of `columns` that the files themselves have.
  private func fieldsInFiles(_ columns: [String]) -> [Field] {
    let wanted = Set(columns.map { $0.lowercased() })
    return declared.filter { wanted.contains($0.name.lowercased()) }
  }

  private func jsonOptions(
    _ fields: [Field], _ predicates: [ColumnPredicate]
  ) -> JSONLinesOptions {
    JSONLinesOptions(
      rawColumn: BronzeTable.Provenance.raw, lineNumberColumn: BronzeTable.Provenance.line,
      maximumLineLength: maximumLineLength,
      requiredText: predicates.lazy.compactMap { requiredText($0, fields) }.first)
  }

  /// The text that a line must hold for `predicate` to be true of it, where that can be said.
  private func requiredText(_ predicate: ColumnPredicate, _ fields: [Field]) -> String? {
    guard case .equal(.string(let text)) = predicate.condition, !text.isEmpty,
      fields.contains(where: {
        $0.name.lowercased() == predicate.column.lowercased() && $0.type == .string
      }),
      text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    else { return nil }
    return text
  }

  private func csvOptions() throws(Fault) -> CSVOptions {
    var csv = try CSVOptions(spark: options)
    csv.rawColumn = BronzeTable.Provenance.raw
    csv.lineNumberColumn = BronzeTable.Provenance.line
    return csv
  }

  private func csvRows(
    _ file: any ReadableFile, _ fields: [Field], _ options: CSVOptions, at place: Place
  ) throws -> CSVReader {
    try CSVReader(
      file, schema: Schema(declared), columns: fields.map(\.name), options: options, at: place)
  }

  private func field(_ name: String) -> Field? {
    if let index = schema.index(of: name) { return schema.fields[index] }
    return BronzeTable.Provenance.all.first { $0.name == name }
  }

  private func isPartition(_ name: String) -> Bool {
    partitionColumns.contains { $0.lowercased() == name.lowercased() }
  }

  /// The value that a file's folders give a partition column; nil for another column, and for a
  /// value that is not of its type.
  private func partitionValue(_ name: String, of file: RawFile) -> Scalar? {
    guard isPartition(name), let field = field(name) else { return nil }
    let text = file.partition.last { $0.column.lowercased() == name.lowercased() }?.value
    return PartitionValue.decode(text, as: field.type)
  }

  /// The columns of foreign files: of the first one its own for Parquet and the header's as text
  /// for CSV; for JSON those of all lines of all files, so that no line holds what they have no
  /// room for. `malformedCount` is how many lines of JSON are none.
  package static func inferSchema(
    of files: [RawFile], format: String, fileSystem: any FileSystem
  ) throws -> (schema: Schema, malformedCount: Int) {
    guard let first = files.first else { return (Schema([]), 0) }
    switch format {
    case "parquet":
      return (try FileReader(fileSystem.open(first.path), at: Place(first.path)).schema, 0)
    case "csv":
      let header = try SchemaInference.csv(
        fileSystem.open(first.path), options: CSVOptions(), at: Place(first.path))
      return (header, 0)
    default:
      var inference = JSONInference()
      for file in files { try inference.take(file.open(fileSystem), at: Place(file.path)) }
      return (inference.schema, inference.malformedCount)
    }
  }
}

/// The batches of a file, with columns that are not in it added.
package final class FileRows: BatchSource {
  package let schema: Schema
  private let source: any BatchSource
  private let added: (String, Int) -> Column?

  package init(
    _ source: any BatchSource, _ schema: Schema, _ added: @escaping (String, Int) -> Column?
  ) {
    self.source = source
    self.schema = schema
    self.added = added
  }

  package func next() throws -> Batch? {
    guard let batch = try source.next() else { return nil }
    let columns = schema.fields.map { field in
      batch.column(field.name) ?? added(field.name, batch.rowCount)
        ?? .nulls(field.type, count: batch.rowCount)
    }
    return Batch(schema, columns, rowCount: batch.rowCount)
  }
}
