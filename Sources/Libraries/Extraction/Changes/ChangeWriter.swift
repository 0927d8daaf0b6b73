import Bronze
import Columnar
import Core
import Database

/// What happened to a row, in Debezium's letters.
enum ChangeOperation: String {
  case read = "r"
  case create = "c"
  case update = "u"
  case delete = "d"
}

/// Change rows of one table on their way into its bronze dataset: a Parquet file for each set of
/// columns that they give, since a column that is not in a row's file was not given, which is
/// something else than NULL. Files count with the addition's commit.
final class ChangeWriter {
  /// A set of columns that rows give, by number.
  typealias Form = Int

  /// The `__sequence` of the last row: each row bears the next number.
  private(set) var lastSequence: Int64
  /// How many rows were written.
  private(set) var rowCount = 0
  private let addition: BronzeAppend
  private let fileSystem: any FileSystem
  private var files: [FormFile] = []

  /// A batch ends when it holds so much text.
  private static let batchByteCount = 8 << 20

  /// Rows of one form.
  private struct FormFile {
    let columns: [String]
    let schema: Schema
    let builders: [ColumnBuilder]
    var count = 0
    var byteCount = 0
    var file: ParquetAppend?
  }

  /// A writer into `addition`, behind the row that bears `lastSequence`.
  init(into addition: BronzeAppend, after lastSequence: Int64, _ fileSystem: any FileSystem) {
    self.addition = addition
    self.lastSequence = lastSequence
    self.fileSystem = fileSystem
  }

  /// The form of rows that give `columns`, as bronze calls them.
  func form(of columns: [String]) -> Form {
    if let known = files.firstIndex(where: { $0.columns == columns }) { return known }
    let schema = ChangeColumns.schema(behind: columns)
    files.append(
      FormFile(
        columns: columns, schema: schema, builders: schema.fields.map { ColumnBuilder($0.type) }))
    return files.count - 1
  }

  /// Writes a row of `form`, whose values stand in the order of its columns, and gives it the next
  /// sequence.
  func append(
    _ operation: ChangeOperation, _ row: RowTexts, _ form: Form, at moment: Timestamp
  ) throws(Fault) {
    let columnCount = files[form].columns.count
    precondition(row.values.count == columnCount, "a row has the columns of its form")
    let builders = files[form].builders
    for (index, range) in row.values.enumerated() {
      if let range {
        builders[index].append(bytes: row.bytes[range])
      } else {
        builders[index].appendNull()
      }
    }
    lastSequence += 1
    rowCount += 1
    builders[columnCount].append(bytes: operation.rawValue.utf8)
    builders[columnCount + 1].append(int64: lastSequence)
    builders[columnCount + 2].append(int64: moment.microseconds)
    files[form].count += 1
    files[form].byteCount += row.bytes.count
    if files[form].count >= Batch.standardRowCount
      || files[form].byteCount >= ChangeWriter.batchByteCount
    {
      try flush(form)
    }
  }

  /// Ends all files and adds them to the dataset.
  func finish() throws(Fault) {
    for form in files.indices {
      try flush(form)
      _ = try files[form].file?.finish()
      files[form].file = nil
    }
  }

  private func flush(_ form: Form) throws(Fault) {
    guard files[form].count > 0 else { return }
    let schema = files[form].schema
    if files[form].file == nil {
      files[form].file = try ParquetAppend(to: addition, schema: schema, fileSystem: fileSystem)
    }
    try files[form].file?.append(
      Batch(schema, files[form].builders.map { $0.finish() }, rowCount: files[form].count))
    files[form].count = 0
    files[form].byteCount = 0
  }
}
