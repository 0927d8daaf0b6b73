package import Columnar
package import Core

/// The rows of a batch as SQLite will hold them: laid out ahead, on whichever thread has the time,
/// so that the thread that inserts has only to hand them over.
package struct StoredBatch: LaidOutRows {
  package let rowCount: Int
  let columns: [StoredColumn]

  /// `.verdict` at `place` when SQLite cannot hold a value exactly; `name` says which row it is of,
  /// as `fact_sales: line_no = 2`.
  package init(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String = { "row \($0 + 1)" }
  ) throws(Fault) {
    rowCount = batch.rowCount
    var columns: [StoredColumn] = []
    for (column, field) in zip(batch.columns, batch.schema.fields) {
      do {
        columns.append(try StoredColumn(column))
      } catch {
        throw Fault(
          .verdict, at: place,
          "\(name(error.row)): \(field.name) is \(error.value), which SQLite cannot \(error.lack)",
          remedy: error.remedy)
      }
    }
    self.columns = columns
  }
}

/// A column as SQLite will hold it, in plain memory that it owns.
final class StoredColumn: @unchecked Sendable {
  let cells: StoredCells

  init(_ column: Column) throws(UnstorableValue) {
    var cells = StoredCells(kind: .integer)
    if column.hasNulls {
      cells.presence = copy((0..<column.count).map { !column.isNull($0) })
    }
    switch column.values {
    case .boolean(let values) where column.type == .boolean:
      cells.integers = copy(values.map { $0 ? 1 : 0 })
    case .int32(let values) where column.type == .date:
      try checkYears(of: column, values, StoredColumn.days) { "\(CivilDate(dayNumber: $0))" }
      let (runs, codes) = texts(of: values, column) { ValueText.append(date: $0, to: &$1) }
      cells.take(runs, codes)
    case .int32(let values): cells.integers = copy(values.map(Int64.init))
    case .int64(let values):
      switch column.type {
      case .timestamp:
        try checkYears(of: column, values, StoredColumn.instants) {
          "\(Timestamp(microseconds: $0))"
        }
        let (runs, codes) = texts(of: values, column) { ValueText.append(instant: $0, to: &$1) }
        cells.take(runs, codes)
      case .decimal(_, let scale) where scale > 0:
        let doubles = StoredDecimal.doubles(values, scale: scale, isThere: cells.presence)
        guard let doubles else { throw UnstorableValue(unprovenIn: column) }
        cells.doubles = copy(doubles)
        cells.kind = .double
      default: cells.integers = copy(values)
      }
    case .int128(let values): try cells.take(values, column)
    case .double(let values):
      try checkNumbers(of: column, values)
      cells.doubles = copy(values)
      cells.kind = .double
    case .bytes(let runs): cells.take(runs, nil)
    case .dictionary(let codes, let dictionary): cells.take(dictionary.values, codes)
    case .boolean, .list, .structure: cells.kind = .nothing
    }
    if column.type == .binary, cells.kind == .text { cells.kind = .blob }
    self.cells = cells
  }

  deinit { cells.deallocate() }

  /// The years 0 to 9999, the ones whose texts are of one width.
  private static let days: ClosedRange<Int32> = -719_528...2_932_896
  private static let instants: ClosedRange<Int64> =
    -62_167_219_200_000_000...253_402_300_799_999_999
}

/// Throws for the first value outside of `range`, whose text would not be in order with others.
private func checkYears<Value: Comparable>(
  of column: Column, _ values: [Value], _ range: ClosedRange<Value>, _ text: (Value) -> String
) throws(UnstorableValue) {
  guard let row = values.indices.first(where: { !range.contains(values[$0]) && !column.isNull($0) })
  else { return }
  throw UnstorableValue(
    row: row, value: text(values[row]), lack: "order among the years 0 to 9999",
    remedy: "mend it in the job's SELECT, or set such rows aside in silver")
}

/// Throws for the first value that is no number: SQLite would make a NULL of it.
private func checkNumbers(of column: Column, _ values: [Double]) throws(UnstorableValue) {
  guard let row = values.indices.first(where: { values[$0].isNaN && !column.isNull($0) })
  else { return }
  throw UnstorableValue(
    row: row, value: "NaN", lack: "hold",
    remedy: "give a number or NULL in the job's SELECT: nullif(…, double('NaN'))")
}

extension StoredCells {
  fileprivate mutating func take(_ runs: ByteRuns, _ codes: [Int32]?) {
    kind = .text
    bytes = copy(runs.bytes)
    offsets = copy(runs.offsets)
    self.codes = codes.map(copy)
  }

  fileprivate mutating func take(
    _ values: [Int128], _ column: Column
  ) throws(UnstorableValue) {
    var narrow = [Int64](repeating: 0, count: values.count)
    for row in values.indices where presence?[row] ?? true {
      guard let value = Int64(exactly: values[row]) else {
        throw UnstorableValue(unprovenIn: column)
      }
      narrow[row] = value
    }
    guard column.type.scale > 0 else {
      integers = copy(narrow)
      return
    }
    guard
      let doubles = StoredDecimal.doubles(narrow, scale: column.type.scale, isThere: presence)
    else { throw UnstorableValue(unprovenIn: column) }
    self.doubles = copy(doubles)
    kind = .double
  }
}

/// The texts of `values`, each run of equal neighbours written once.
private func texts<Value: Equatable>(
  of values: [Value], _ column: Column, _ write: (Value, inout [UInt8]) -> Void
) -> (ByteRuns, [Int32]) {
  var runs = ByteRuns()
  var codes: [Int32] = []
  codes.reserveCapacity(values.count)
  var last: Value?
  for row in values.indices {
    if !column.isNull(row), values[row] != last {
      last = values[row]
      write(values[row], &runs.bytes)
      runs.offsets.append(Int32(runs.bytes.count))
    }
    codes.append(Int32(max(0, runs.count - 1)))
  }
  return (runs, codes)
}

/// The values in memory of their own; at least one byte, so that an empty text has an address.
private func copy<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
  let memory = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
  values.withUnsafeBufferPointer { source in
    if let start = source.baseAddress { memory.initialize(from: start, count: source.count) }
  }
  return memory
}
