import Columnar
import Core
import Delta
import TestSupport

/// A table in a folder of its own, for one test.
struct TestTable {
  let folder = Workdir()
  let table: Table

  init(_ fileSystem: any FileSystem = LocalFileSystem()) {
    table = Table(folder.file("t"), fileSystem)
  }

  /// The same folder through another file system.
  func through(_ fileSystem: any FileSystem) -> Table { Table(table.path, fileSystem) }
}

extension CommitContext {
  /// A commit of the tests, `second` seconds after the epoch.
  static func test(_ second: Int64 = 1_000_000, run: String = "run") -> CommitContext {
    CommitContext(
      engine: "test", operation: "WRITE", runID: run,
      clock: Clock(now: Timestamp(microseconds: second * 1_000_000)))
  }
}

extension Batch {
  /// Rows of `schema`, given value by value.
  init(_ schema: Schema, rows: [[Scalar]]) {
    let builders = schema.fields.map { ColumnBuilder($0.type) }
    for row in rows { for (builder, value) in zip(builders, row) { builder.append(value) } }
    self.init(schema, builders.map { $0.finish() }, rowCount: rows.count)
  }

  var rows: [[Scalar]] { (0..<rowCount).map { row in columns.map { $0.scalar(at: row) } } }
}

extension Snapshot {
  /// All rows, in the table's order.
  func rows(
    _ columns: [String]? = nil, where predicates: [ColumnPredicate] = []
  ) throws -> [[Scalar]] {
    var rows: [[Scalar]] = []
    for source in try scan(columns: columns, predicates: predicates).sources(atMost: 2) {
      while let batch = try source.next() { rows += batch.rows }
    }
    return rows
  }
}

/// Columns of a small sales table: `day` partitions it.
let salesSchema = Schema([
  Field("day", .date), Field("id", .bigint), Field("sku", .string),
  Field("amount", .decimal(precision: 12, scale: 2)),
])

/// `2017-01-<day>`.
func day(_ number: Int) -> Scalar {
  .date(CivilDate(year: 2017, month: 1, day: number) ?? CivilDate(dayNumber: 0))
}

/// A row of the sales table.
func sale(_ dayNumber: Int, _ id: Int64, _ sku: String? = "a", _ cents: Int64 = 100) -> [Scalar] {
  [
    day(dayNumber), .integer(id), sku.map { .string($0) } ?? .null,
    .decimal(Decimal(unscaled: Int128(cents), scale: 2)),
  ]
}

/// Sales rows as a source.
func sales(_ rows: [[Scalar]]) -> BatchList {
  BatchList(salesSchema, [Batch(salesSchema, rows: rows)])
}

/// Rows in an order that does not depend on the table's.
func sorted(_ rows: [[Scalar]]) -> [String] { rows.map { "\($0)" }.sorted() }
