import Columnar
import Core

/// Delivered rows of a fact with their foreign keys before them, told of in `content` as they pass.
/// Pulled by one thread at a time.
final class KeyedRows: BatchSource {
  let schema: Schema
  let lookups: [LookupColumn]
  private(set) var content: FeedDigest
  private let rows: any BatchSource
  private let table: WarehouseTable

  /// `hashLimit` is how many keys are remembered to tell whether one came twice.
  init(
    _ rows: any BatchSource, of table: WarehouseTable, _ lookups: [LookupColumn], hashLimit: Int
  ) {
    self.rows = rows
    self.table = table
    self.lookups = lookups
    let keys = lookups.map { Field($0.lookup.column, .bigint, isNullable: false) }
    let schema = Schema(keys + table.schema.fields)
    self.schema = schema
    content = FeedDigest(
      schema, keys: table.key.compactMap { schema.index(of: $0) }, hashLimit: hashLimit)
  }

  func next() throws -> Batch? {
    guard let batch = try rows.next() else { return nil }
    guard batch.schema.names == table.schema.names else {
      throw Fault(
        .internal, at: table.place, "the delivered columns are not those declared",
        remedy: "report it")
    }
    let keys = try lookups.map { lookup throws(Fault) in try lookup.resolve(batch) }
    let keyed = Batch(schema, keys + batch.columns, rowCount: batch.rowCount)
    content.add(keyed)
    return keyed
  }
}
