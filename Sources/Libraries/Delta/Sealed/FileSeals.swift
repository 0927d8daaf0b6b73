package import Columnar
package import Core
package import Sealing

/// Opens the sealed columns of a table's data file, and seals them again, for who has to see every
/// row of every version: rows come as the file has them, not as a version of the table does.
package struct FileSeals: Sendable {
  /// The file's columns, those sealed marked as the table has them.
  private let schema: Schema
  private let openings: [Int: ColumnOpening]
  private let sealing: ColumnSealing

  /// Of a file with the columns `file`, of a table with `table`; nil where none of them is sealed.
  /// `.denied` when there are no keys.
  package init?(
    of file: Schema, in table: Schema, _ keys: KeyStore?, at place: Place
  ) throws(Fault) {
    var openings: [Int: ColumnOpening] = [:]
    var fields = file.fields
    for (index, field) in file.fields.enumerated() where field.type == .binary {
      guard let position = table.index(of: field.name), let seal = table.fields[position].seal
      else { continue }
      let own = table.fields[position]
      openings[index] = ColumnOpening(own, seal, keys, at: place)
      fields[index] = Field(field.name, own.type, isNullable: field.isNullable).sealed(with: seal)
    }
    schema = Schema(fields)
    self.openings = openings
    guard let sealing = try ColumnSealing(schema, keys, at: place) else { return nil }
    self.sealing = sealing
  }

  /// Rows of the file in the columns' own types.
  package func opened(_ batch: Batch) throws(Fault) -> Batch {
    var columns = batch.columns
    for (index, opening) in openings { columns[index] = try opening.plain(columns[index]) }
    return Batch(schema.unsealed, columns, rowCount: batch.rowCount)
  }

  /// Such rows as the file has them.
  package func sealed(_ batch: Batch, as file: Schema) throws(Fault) -> Batch {
    let columns = try sealing.stored(Batch(schema, batch.columns, rowCount: batch.rowCount))
    return Batch(file, columns, rowCount: batch.rowCount)
  }
}
