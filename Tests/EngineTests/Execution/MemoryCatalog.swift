import Columnar
import Core
import Engine
import Testing

/// Tables in memory, written as text; each is given as several small sources.
final class MemoryCatalog: Catalog {
  private var tables: [String: MemoryTable] = [:]

  func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    tables[name.description.lowercased()]
  }

  var tableNames: [String] { tables.keys.sorted() }

  /// Adds a table: its columns as DDL, a line a row, values between `|`, `NULL` for NULL.
  func add(_ name: String, _ columns: String, rows: [String]) throws {
    let schema = Schema(try SQLScript.parseSchema(text: columns, file: "table"))
    let texts = rows.map { $0.split(separator: "|", omittingEmptySubsequences: false) }
    let values = try schema.fields.enumerated().map { index, field in
      let builder = ColumnBuilder(.string)
      for row in texts {
        builder.append(row[index] == "NULL" ? .null : .string(String(row[index])))
      }
      return try builder.finish().cast(to: field.type, isTry: false)
    }
    add(name, Batch(schema, values, rowCount: rows.count))
  }

  /// Adds a table of one batch, laid out by the values of a column if one is given.
  func add(_ name: String, _ batch: Batch, partedBy column: String? = nil) {
    tables[name.lowercased()] = MemoryTable(
      name: name, schema: batch.schema, batch: batch, partColumn: column)
  }
}

/// A table in memory.
struct MemoryTable: TableProvider {
  var name: String
  var schema: Schema
  var batch: Batch
  var partColumn: String?

  var estimatedRowCount: Int? { batch.rowCount }

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    let asked = try asked(request)
    // Two halves, in pieces that leave a row over.
    let half = batch.rowCount / 2
    return [0..<half, half..<batch.rowCount].map { range in
      let part = asked.slice(range)
      return BatchList(
        asked.schema, part.pieces(ofAtMost: part.rowCount > 10_000 ? Batch.standardRowCount : 3))
    }
  }

  func isParted(by column: String) -> Bool { column == partColumn }

  func scan(_ request: ScanRequest, partedBy column: String) throws -> [any BatchSource]? {
    guard column == partColumn, let values = batch.column(column)?.scalars else { return nil }
    let asked = try asked(request)
    var seen: Set<Scalar> = []
    return values.filter { seen.insert($0).inserted }.map { value in
      let part = asked.filtering(Bitmap(values.map { $0 == value }))
      return BatchList(asked.schema, part.pieces(ofAtMost: 5))
    }
  }

  private func asked(_ request: ScanRequest) throws -> Batch {
    let columns = try request.columns.map { try #require(batch.column($0)) }
    let fields = request.columns.compactMap { schema.index(of: $0) }
    return Batch(schema.selecting(fields), columns, rowCount: batch.rowCount)
  }
}

/// Runs SQL over tables in memory.
struct QueryRun {
  static let clock = Clock(now: Timestamp(microseconds: 1_767_225_600_000_000))

  let catalog: any Catalog
  var threadCount = 2
  var memoryLimit = 512 << 20

  init(_ catalog: any Catalog, threadCount: Int = 2, memoryLimit: Int = 512 << 20) {
    self.catalog = catalog
    self.threadCount = threadCount
    self.memoryLimit = memoryLimit
  }

  /// The query's rows as batches.
  func batches(_ sql: String) throws -> (Schema, [Batch]) {
    let query = try SQLScript.parseQuery(text: sql, file: "query.sql")
    let plan = try Binder(catalog: catalog, clock: QueryRun.clock).bind(query)
    let context = QueryContext(
      clock: QueryRun.clock, memoryLimit: memoryLimit, threadCount: threadCount)
    let source = try Executor(context: context).execute(plan)
    var batches: [Batch] = []
    while let batch = try source.next() { batches.append(batch) }
    return (source.schema, batches)
  }

  /// The query's rows as text: values between `|`, `NULL` for NULL.
  func rows(_ sql: String) throws -> [String] {
    try batches(sql).1.flatMap { batch in
      (0..<batch.rowCount).map { row in
        batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) }
          .joined(separator: "|")
      }
    }
  }
}
