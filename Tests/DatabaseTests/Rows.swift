import Columnar
import Database

func create(_ table: String, _ schema: Schema, in database: any Connection) throws {
  let columns = schema.fields.map {
    "\(database.dialect.quoted($0.name)) \(database.dialect.declaration(of: $0.type))"
  }
  try database.execute("CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
}

func batch(_ schema: Schema, _ rows: [[Scalar]]) -> Batch {
  let columns = schema.fields.indices.map { position in
    let builder = ColumnBuilder(schema.fields[position].type, capacity: rows.count)
    for row in rows { builder.append(row[position]) }
    return builder.finish()
  }
  return Batch(schema, columns, rowCount: rows.count)
}

func all(_ source: any BatchSource) throws -> [[Scalar]] {
  var rows: [[Scalar]] = []
  while let batch = try source.next() { rows += (0..<batch.rowCount).map(batch.scalars) }
  return rows
}
