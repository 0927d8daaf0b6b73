import Columnar
import Core

/// Where and how a transaction writes data files.
struct WriteTarget {
  var table: Table
  var schema: Schema
  /// What rows must be, and what is filled in.
  var rules: RowRules?
  /// Positions of the partition columns in the schema.
  var partitionPositions: [Int]
  /// Positions of the other columns: those the files hold.
  var dataPositions: [Int]
  /// Milliseconds since the epoch, noted as the files' time.
  var time: Int64
  var runID: String
  /// How many leaf columns get statistics.
  var statisticsColumnCount: Int
  /// The folder of the table in which files are made: empty, or ending in a slash.
  var folder = ""
  /// What the names of files begin with.
  var namePrefix = "part"
  /// At how many bytes, those in memory counted, a file ends; nil when only at the greatest size.
  var fileByteLimit: Int?
  /// All columns as files have them: sealed ones as bytes, mapped ones under their names in files.
  let physical: Schema
  private let isPhysical: Bool
  private let sealing: ColumnSealing?

  init(
    _ table: Table, _ metadata: TableMetadata, _ schema: Schema, context: CommitContext
  ) throws(Fault) {
    sealing = try ColumnSealing(schema, table.keys, at: Place(table.path))
    self.table = table
    self.schema = schema
    let isMapped = ColumnMapping.isOn(metadata.configuration)
    physical = ColumnNames.physical(schema, isMapped: isMapped)
    isPhysical = isMapped || sealing != nil
    let partitions = metadata.partitionColumns.compactMap { schema.index(of: $0) }
    partitionPositions = partitions
    dataPositions = schema.fields.indices.filter { !partitions.contains($0) }
    time = context.clock.now.milliseconds
    runID = context.runID
    statisticsColumnCount =
      metadata.configuration["delta.dataSkippingNumIndexedCols"].flatMap { Int($0) }
      ?? FileStatistics.standardColumnCount
  }

  /// The columns of data files, as they lie there.
  var dataSchema: Schema { physical.selecting(dataPositions) }

  /// The columns of `batch`, which has the table's, that data files hold, as they lie there.
  func stored(_ batch: Batch) throws(Fault) -> Batch {
    guard isPhysical else { return batch.selecting(dataPositions) }
    let columns = try sealing?.stored(batch) ?? batch.columns
    return Batch(
      dataSchema, dataPositions.map { columns[$0].withType(physical.fields[$0].type) },
      rowCount: batch.rowCount)
  }

  /// `batch` in the table's columns and types: columns by name, absent ones NULL, narrower types
  /// widened. Throws `.configuration` for columns that do not fit, `.verdict` for a NULL where the
  /// table allows none.
  func conforming(_ batch: Batch) throws -> Batch {
    if batch.schema != schema {
      for field in batch.schema.fields where schema.index(of: field.name) == nil {
        throw Fault(
          .configuration, at: Place(table.path), "the table has no column '\(field.name)'",
          remedy: "add the column to the table first, or leave it out")
      }
    }
    var columns: [Column] = []
    var brought: Set<Int> = []
    for (position, field) in schema.fields.enumerated() {
      var column = Column.nulls(field.type, count: batch.rowCount)
      if let index = batch.schema.index(of: field.name) {
        let given = batch.columns[index]
        let isNothing = given.type == .null
        guard let widened = isNothing ? column : given.withoutNames(like: field.type) else {
          throw Fault(
            .configuration, at: Place(table.path),
            "column '\(field.name)' is \(field.type.sql) and is given \(given.type.sql)",
            remedy: "cast the value to \(field.type.sql)")
        }
        column = widened
        brought.insert(position)
      }
      columns.append(column)
    }
    if let rules {
      columns = try rules.filled(columns, given: brought, rowCount: batch.rowCount)
    }
    for (column, field) in zip(columns, schema.fields) { try checkNulls(column, field) }
    let result = Batch(schema, columns, rowCount: batch.rowCount)
    try rules?.check(result)
    return result
  }

  private func checkNulls(_ column: Column, _ field: Field) throws(Fault) {
    guard !field.isNullable, column.hasNulls else { return }
    throw Fault(
      .verdict, at: Place(table.path),
      "column '\(field.name)' must not be NULL, and a row has NULL",
      remedy: "mend the row, or declare the column without NOT NULL")
  }
}

extension Column {
  /// The column as `type`, if it is that but for nullability inside it or can be widened to it.
  fileprivate func withoutNames(like type: DataType) -> Column? {
    if self.type == type { return self }
    if self.type.layout == type.layout, self.type.sql == type.sql { return withType(type) }
    return widened(to: type)
  }
}
