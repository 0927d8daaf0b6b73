import Columnar
import Core
import Delta
import Engine
import LakeQuery

/// The order of rows by several columns at once, so that rows that are near in each of them lie in
/// few files, and a question about any of them reads few.
///
/// A value's place is its rank among values of a sample, not its bits: ranks keep the order of
/// every type (negative decimals, texts that begin alike), spread what is crowded, and NULL has the
/// place before all values. One column is sorted by alone.
struct ClusterOrder {
  private static let sampleLimit = 20_000
  private static let keyColumn = "__place_on_curve"

  private let columns: [String]
  private let curve: HilbertCurve
  /// By column: the least value of each place but the first.
  private let bounds: [Column]

  /// The order of the rows of `files` by `columns`.
  init(of files: [AddedFile], in snapshot: Snapshot, by columns: [String]) throws {
    self.columns = columns
    let curve = HilbertCurve(dimensionCount: columns.count)
    self.curve = curve
    guard columns.count > 1 else {
      bounds = []
      return
    }
    let samples = try Self.samples(of: files, in: snapshot, columns)
    bounds = samples.map { Self.bounds(of: $0, placeCount: Int(curve.greatestPlace)) }
  }

  /// The rows of `files` in this order; what memory does not hold is put on disk.
  func rows(
    of files: [AddedFile], in snapshot: Snapshot, _ context: QueryContext
  ) throws -> any BatchSource {
    let table = PlacedRows(snapshot: snapshot, files: files, order: self)
    let scan = LogicalPlan.scan(
      LogicalPlan.Scan(table: table, reading: .whole, columns: table.schema.fields))
    let keys = ([Self.keyColumn] + columns).compactMap { table.schema.index(of: $0) }.map {
      SortKey(
        Engine.Expression(column: $0, table.schema.fields[$0]), isDescending: false,
        nullsFirst: true)
    }
    let sorted = try Executor(context: context).execute(.sort(scan, keys))
    return WithoutPlaces(sorted, schema: snapshot.schema)
  }

  /// The places of the rows of a batch that has the columns.
  func places(of batch: Batch) -> Column {
    var numbers = [Int64](repeating: 0, count: batch.rowCount)
    if bounds.isEmpty { return Column(.bigint, count: batch.rowCount, .int64(numbers)) }
    let values = columns.map { batch.column($0) }
    for row in 0..<batch.rowCount {
      let places = zip(values, bounds).map { column, bounds in
        column.map { Self.place(of: $0, row, bounds) } ?? 0
      }
      numbers[row] = curve.number(of: places)
    }
    return Column(.bigint, count: batch.rowCount, .int64(numbers))
  }

  private static func place(of column: Column, _ row: Int, _ bounds: Column) -> UInt32 {
    if column.isNull(row) { return 0 }
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if Column.order(column, row, bounds, middle) < 0 { high = middle } else { low = middle + 1 }
    }
    return UInt32(low)
  }

  /// Values of each column from rows that lie evenly apart.
  private static func samples(
    of files: [AddedFile], in snapshot: Snapshot, _ columns: [String]
  ) throws -> [Column] {
    let rowCount = files.reduce(0) { $0 + ($1.rowCount ?? 0) }
    let distance = max(1, rowCount / sampleLimit)
    let scan = try snapshot.scan(columns: columns, files: files)
    let samples = scan.schema.fields.map { ColumnBuilder($0.type) }
    var next = 0
    var passed = 0
    for source in try scan.sources() {
      while let batch = try source.next() {
        while next < passed + batch.rowCount {
          for (sample, column) in zip(samples, batch.columns) {
            sample.append(column.scalar(at: next - passed))
          }
          next += distance
        }
        passed += batch.rowCount
      }
    }
    return samples.map { $0.finish() }
  }

  /// At most so many values that cut the sample into parts of the same size; NULL is none.
  private static func bounds(of sample: Column, placeCount: Int) -> Column {
    let rows = Column.sortedRows(sample.count, by: [SortColumn(sample)])
      .filter { !sample.isNull(Int($0)) }
    let count = min(placeCount, rows.count)
    var chosen: [Int32] = []
    for part in 0..<count {
      let row = rows[part * rows.count / count]
      if chosen.last.map({ Column.order(sample, Int($0), sample, Int(row)) < 0 }) ?? true {
        chosen.append(row)
      }
    }
    return sample.taking(chosen)
  }

  /// Rows of some files with their places in a column behind their own.
  private struct PlacedRows: TableProvider {
    let snapshot: Snapshot
    let files: [AddedFile]
    let order: ClusterOrder

    var name: String { "rows to be ordered" }
    var schema: Schema {
      Schema(snapshot.schema.fields + [Field(ClusterOrder.keyColumn, .bigint, isNullable: false)])
    }

    func scan(_ request: ScanRequest) throws -> [any BatchSource] {
      try snapshot.scan(files: files).sources(atMost: max(1, request.parallelism)).map {
        WithPlaces($0, order, schema, columns: request.columns)
      }
    }
  }

  private final class WithPlaces: BatchSource {
    let schema: Schema
    private let whole: Schema
    private let positions: [Int]
    private let source: any BatchSource
    private let order: ClusterOrder

    init(_ source: any BatchSource, _ order: ClusterOrder, _ whole: Schema, columns: [String]) {
      self.source = source
      self.order = order
      self.whole = whole
      positions = columns.compactMap { whole.index(of: $0) }
      schema = whole.selecting(positions)
    }

    func next() throws -> Batch? {
      guard let batch = try source.next() else { return nil }
      // Each file has dictionaries of its own: what is set aside together holds plain texts.
      let columns = batch.columns.map { $0.flattened() } + [order.places(of: batch)]
      return Batch(whole, columns, rowCount: batch.rowCount).selecting(positions)
    }
  }

  private final class WithoutPlaces: BatchSource {
    let schema: Schema
    private let source: any BatchSource

    init(_ source: any BatchSource, schema: Schema) {
      self.source = source
      self.schema = schema
    }

    func next() throws -> Batch? {
      guard let batch = try source.next() else { return nil }
      return Batch(
        schema, Array(batch.columns.prefix(schema.fields.count)), rowCount: batch.rowCount)
    }
  }
}
