package import Columnar
package import Core

/// The rows of a batch as SQLite will hold them: laid out ahead, on whichever thread has the time,
/// so that the thread that inserts has only to hand them over.
package struct StoredBatch: Sendable {
  package let rowCount: Int
  let columns: [StoredColumn]

  /// `.verdict` at `place` when SQLite cannot hold a value exactly.
  package init(_ batch: Batch, at place: Place) throws(Fault) {
    rowCount = batch.rowCount
    var columns: [StoredColumn] = []
    for (column, field) in zip(batch.columns, batch.schema.fields) {
      columns.append(try StoredColumn(column, field.name, place))
    }
    self.columns = columns
  }
}

/// A column as SQLite will hold it, in plain memory that it owns.
final class StoredColumn: @unchecked Sendable {
  let cells: StoredCells

  /// `name` is the column's, for messages.
  init(_ column: Column, _ name: String, _ place: Place) throws(Fault) {
    var cells = StoredCells(kind: .integer)
    if column.hasNulls {
      cells.presence = copy((0..<column.count).map { !column.isNull($0) })
    }
    switch column.values {
    case .boolean(let values) where column.type == .boolean:
      cells.integers = copy(values.map { $0 ? 1 : 0 })
    case .int32(let values) where column.type == .date:
      let (runs, codes) = texts(of: values, column) { ValueText.append(date: $0, to: &$1) }
      cells.take(runs, codes)
    case .int32(let values): cells.integers = copy(values.map(Int64.init))
    case .int64(let values):
      switch column.type {
      case .timestamp:
        let (runs, codes) = texts(of: values, column) { ValueText.append(instant: $0, to: &$1) }
        cells.take(runs, codes)
      case .decimal(_, let scale) where scale > 0:
        let doubles = StoredDecimal.doubles(values, scale: scale, isThere: cells.presence)
        guard let doubles else { throw refusal(of: column, name, place) }
        cells.doubles = copy(doubles)
        cells.kind = .double
      default: cells.integers = copy(values)
      }
    case .int128(let values): try cells.take(values, column, name, place)
    case .double(let values):
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
}

extension StoredCells {
  fileprivate mutating func take(_ runs: ByteRuns, _ codes: [Int32]?) {
    kind = .text
    bytes = copy(runs.bytes)
    offsets = copy(runs.offsets)
    self.codes = codes.map(copy)
  }

  fileprivate mutating func take(
    _ values: [Int128], _ column: Column, _ name: String, _ place: Place
  ) throws(Fault) {
    var narrow = [Int64](repeating: 0, count: values.count)
    for row in values.indices where presence?[row] ?? true {
      guard let value = Int64(exactly: values[row]) else {
        throw refusal(of: column, name, place)
      }
      narrow[row] = value
    }
    guard column.type.scale > 0 else {
      integers = copy(narrow)
      return
    }
    guard
      let doubles = StoredDecimal.doubles(narrow, scale: column.type.scale, isThere: presence)
    else { throw refusal(of: column, name, place) }
    self.doubles = copy(doubles)
    kind = .double
  }
}

/// Why `column` was not taken: the first value that does not read back.
private func refusal(of column: Column, _ name: String, _ place: Place) -> Fault {
  var value = Scalar.null
  for row in 0..<column.count where value.isNull {
    guard case .decimal(let decimal) = column.scalar(at: row), StoredDecimal(decimal) == nil
    else { continue }
    value = .decimal(decimal)
  }
  return Fault(
    .verdict, at: place, "\(name) holds \(value), which SQLite cannot store exactly",
    remedy: "give it fewer digits (at most 15) in the job's SELECT")
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
