import CSQLite
import Columnar
import Core

/// Gives one parameter of a statement the values of one column, row by row. What kind of column it
/// is is decided once a batch, by the subclass.
class ColumnBinding {
  let statement: OpaquePointer
  let parameter: Int32
  let column: Column

  init(_ column: Column, parameter: Int32, of statement: OpaquePointer) {
    self.statement = statement
    self.parameter = parameter
    self.column = column
  }

  /// Binds the value at `row`; false when SQLite cannot hold it exactly.
  func bind(_ row: Int) -> Bool {
    sqlite3_bind_null(statement, parameter)
    return true
  }

  /// Why the value at `row` was not taken.
  func refusal(_ row: Int, _ name: String) -> Fault {
    Fault(
      .verdict, "\(name) holds \(column.scalar(at: row)), which SQLite cannot store exactly",
      remedy: "give it fewer digits (at most 15) in the job's SELECT")
  }

  /// The binding for the layout and type of `column`.
  static func of(_ column: Column, parameter: Int32, of statement: OpaquePointer) -> ColumnBinding {
    switch column.values {
    case .boolean(let values) where column.type == .boolean:
      IntegerBinding(values.map { $0 ? 1 : 0 }, column, parameter, statement)
    case .int32(let values) where column.type == .date:
      TextBinding(dates: values, column, parameter, statement)
    case .int32(let values): IntegerBinding(values.map(Int64.init), column, parameter, statement)
    case .int64(let values):
      switch column.type {
      case .timestamp: TextBinding(instants: values, column, parameter, statement)
      case .decimal(_, let scale) where scale > 0:
        DecimalBinding(values, scale, column, parameter, statement)
      default: IntegerBinding(values, column, parameter, statement)
      }
    case .int128(let values):
      WideDecimalBinding(values, column.type.scale, column, parameter, statement)
    case .double(let values): DoubleBinding(values, column, parameter, statement)
    case .bytes(let runs):
      TextBinding(runs, codes: nil, column, parameter, statement)
    case .dictionary(let codes, let dictionary):
      TextBinding(dictionary.values, codes: codes, column, parameter, statement)
    case .boolean, .list, .structure:
      ColumnBinding(column, parameter: parameter, of: statement)
    }
  }
}

private final class IntegerBinding: ColumnBinding {
  private let values: [Int64]

  init(_ values: [Int64], _ column: Column, _ parameter: Int32, _ statement: OpaquePointer) {
    self.values = values
    super.init(column, parameter: parameter, of: statement)
  }

  override func bind(_ row: Int) -> Bool {
    if column.isNull(row) {
      sqlite3_bind_null(statement, parameter)
    } else {
      sqlite3_bind_int64(statement, parameter, values[row])
    }
    return true
  }
}

private final class DoubleBinding: ColumnBinding {
  private let values: [Double]

  init(_ values: [Double], _ column: Column, _ parameter: Int32, _ statement: OpaquePointer) {
    self.values = values
    super.init(column, parameter: parameter, of: statement)
  }

  override func bind(_ row: Int) -> Bool {
    if column.isNull(row) {
      sqlite3_bind_null(statement, parameter)
    } else {
      sqlite3_bind_double(statement, parameter, values[row])
    }
    return true
  }
}

private final class DecimalBinding: ColumnBinding {
  private let values: [Int64]
  private let scale: Int

  init(
    _ values: [Int64], _ scale: Int, _ column: Column, _ parameter: Int32,
    _ statement: OpaquePointer
  ) {
    self.values = values
    self.scale = scale
    super.init(column, parameter: parameter, of: statement)
  }

  override func bind(_ row: Int) -> Bool {
    if column.isNull(row) {
      sqlite3_bind_null(statement, parameter)
      return true
    }
    switch StoredDecimal(values[row], scale: scale) {
    case .integer(let value): sqlite3_bind_int64(statement, parameter, value)
    case .double(let value): sqlite3_bind_double(statement, parameter, value)
    case nil: return false
    }
    return true
  }
}

private final class WideDecimalBinding: ColumnBinding {
  private let values: [Int128]
  private let scale: Int

  init(
    _ values: [Int128], _ scale: Int, _ column: Column, _ parameter: Int32,
    _ statement: OpaquePointer
  ) {
    self.values = values
    self.scale = scale
    super.init(column, parameter: parameter, of: statement)
  }

  override func bind(_ row: Int) -> Bool {
    if column.isNull(row) {
      sqlite3_bind_null(statement, parameter)
      return true
    }
    switch StoredDecimal(Decimal(unscaled: values[row], scale: scale)) {
    case .integer(let value): sqlite3_bind_int64(statement, parameter, value)
    case .double(let value): sqlite3_bind_double(statement, parameter, value)
    case nil: return false
    }
    return true
  }
}

/// Text, BLOBs, dates and instants: bytes that this object owns, so that SQLite need not copy them.
private final class TextBinding: ColumnBinding {
  private let base: UnsafeMutablePointer<UInt8>
  private let offsets: [Int32]
  private let codes: [Int32]?
  private let isText: Bool

  init(
    _ runs: ByteRuns, codes: [Int32]?, _ column: Column, _ parameter: Int32,
    _ statement: OpaquePointer
  ) {
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: runs.bytes.count + 1)
    runs.bytes.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { copy.initialize(from: start, count: bytes.count) }
    }
    base = copy
    offsets = runs.offsets
    self.codes = codes
    isText = column.type != .binary
    super.init(column, parameter: parameter, of: statement)
  }

  convenience init(
    dates: [Int32], _ column: Column, _ parameter: Int32, _ statement: OpaquePointer
  ) {
    let (runs, codes) = texts(of: dates, column) { ValueText.append(date: $0, to: &$1) }
    self.init(runs, codes: codes, column, parameter, statement)
  }

  convenience init(
    instants: [Int64], _ column: Column, _ parameter: Int32, _ statement: OpaquePointer
  ) {
    let (runs, codes) = texts(of: instants, column) { ValueText.append(instant: $0, to: &$1) }
    self.init(runs, codes: codes, column, parameter, statement)
  }

  deinit { base.deallocate() }

  override func bind(_ row: Int) -> Bool {
    if column.isNull(row) {
      sqlite3_bind_null(statement, parameter)
      return true
    }
    let index = codes.map { Int($0[row]) } ?? row
    let start = Int(offsets[index])
    let count = Int32(truncatingIfNeeded: Int(offsets[index + 1]) - start)
    if isText {
      (base + start).withMemoryRebound(to: CChar.self, capacity: 1) {
        _ = sqlite3_bind_text(statement, parameter, $0, count, nil)
      }
    } else {
      sqlite3_bind_blob(statement, parameter, base + start, count, nil)
    }
    return true
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
