package import Columnar

/// What the columns of a table's files are called, for who reads files as they lie there, whatever
/// version has them.
package struct ColumnRenaming: Sendable {
  /// By the name in files: what the column was called last.
  private var names: [String: String] = [:]

  /// Of a table whose files call columns as the table does.
  package init() {}

  /// What a column of files is called.
  package func name(of physical: String) -> String { names[physical] ?? physical }

  /// The columns of a file, as they are called; members of structures are called as in the file.
  package func logical(_ schema: Schema) -> Schema {
    if names.isEmpty { return schema }
    return Schema(
      schema.fields.map { field in
        var field = field
        field.name = name(of: field.name)
        return field
      })
  }

  /// Rows of a file in such columns.
  package func logical(_ batch: Batch) -> Batch {
    if names.isEmpty { return batch }
    return Batch(logical(batch.schema), batch.columns, rowCount: batch.rowCount)
  }

  mutating func add(_ schema: Schema) {
    for field in schema.fields {
      if let physical = field.metadata[ColumnMapping.nameKey] { names[physical] = field.name }
    }
  }
}
