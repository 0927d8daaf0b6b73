import CSQLite
import Columnar
import Core

extension SQLiteStatement {
  /// The name of a column of the result.
  func columnName(_ column: Int32) -> String {
    sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
  }
}

/// Gathers one column of a result, row by row; the type is decided once, by the subclass.
class ValueCollector {
  let column: Int32
  let statement: SQLiteStatement
  let builder: ColumnBuilder

  init(_ type: DataType, _ column: Int32, _ statement: SQLiteStatement) {
    self.column = column
    self.statement = statement
    builder = ColumnBuilder(type, capacity: Batch.standardRowCount)
  }

  /// Takes the current row's value; false when it is none of the column's type.
  final func collect() -> Bool {
    let kind = sqlite3_column_type(statement.handle, column)
    guard kind != SQLITE_NULL else {
      builder.appendNull()
      return true
    }
    return take(kind)
  }

  /// Takes a value of storage class `kind`, not NULL.
  func take(_ kind: Int32) -> Bool { false }

  /// Whether what was gathered is enough for a batch, however few rows that are: a column has room
  /// for 2 GiB of text, and a value is much shorter.
  final var isLong: Bool { builder.byteCount >= 64 << 20 }

  /// What was gathered since the last call.
  final func finish() -> Column { builder.finish() }

  final var integer: Int64 { sqlite3_column_int64(statement.handle, column) }
  final var double: Double { sqlite3_column_double(statement.handle, column) }
  final var bytes: UnsafeBufferPointer<UInt8> { statement.bytes(column) }

  static func of(_ type: DataType, column: Int32, of statement: SQLiteStatement) -> ValueCollector {
    switch type {
    case .boolean: BooleanCollector(type, column, statement)
    case .tinyint: IntegerCollector(Int64(Int8.min)...Int64(Int8.max), type, column, statement)
    case .smallint: IntegerCollector(Int64(Int16.min)...Int64(Int16.max), type, column, statement)
    case .int: IntegerCollector(Int64(Int32.min)...Int64(Int32.max), type, column, statement)
    case .bigint: IntegerCollector(Int64.min...Int64.max, type, column, statement)
    case .float, .double: DoubleCollector(type, column, statement)
    case .decimal(let precision, let scale):
      DecimalCollector(precision, scale, type, column, statement)
    case .binary: BinaryCollector(type, column, statement)
    case .date, .timestamp: InstantCollector(type, column, statement)
    case .string, .array, .structure, .map, .null: TextCollector(.string, column, statement)
    }
  }
}

private final class BooleanCollector: ValueCollector {
  override func take(_ kind: Int32) -> Bool {
    guard kind == SQLITE_INTEGER, integer == 0 || integer == 1 else { return false }
    builder.append(boolean: integer == 1)
    return true
  }
}

private final class IntegerCollector: ValueCollector {
  private let range: ClosedRange<Int64>
  private let isNarrow: Bool

  init(
    _ range: ClosedRange<Int64>, _ type: DataType, _ column: Int32, _ statement: SQLiteStatement
  ) {
    self.range = range
    isNarrow = type.layout == .int32
    super.init(type, column, statement)
  }

  override func take(_ kind: Int32) -> Bool {
    guard kind == SQLITE_INTEGER, range.contains(integer) else { return false }
    if isNarrow { builder.append(int32: Int32(integer)) } else { builder.append(int64: integer) }
    return true
  }
}

private final class DoubleCollector: ValueCollector {
  override func take(_ kind: Int32) -> Bool {
    guard kind == SQLITE_FLOAT || kind == SQLITE_INTEGER else { return false }
    builder.append(double: builder.type == .float ? Double(Float(double)) : double)
    return true
  }
}

private final class DecimalCollector: ValueCollector {
  private let precision: Int
  private let scale: Int

  init(
    _ precision: Int, _ scale: Int, _ type: DataType, _ column: Int32, _ statement: SQLiteStatement
  ) {
    self.precision = precision
    self.scale = scale
    super.init(type, column, statement)
  }

  override func take(_ kind: Int32) -> Bool {
    guard let value = stored(kind), let fitting = value.rescaled(to: scale, precision: precision),
      fitting == value
    else { return false }
    builder.append(decimal: fitting)
    return true
  }

  private func stored(_ kind: Int32) -> Decimal? {
    switch kind {
    case SQLITE_INTEGER: Decimal(unscaled: Int128(integer), scale: 0)
    case SQLITE_FLOAT:
      StoredDecimal.unscaled(double, scale: scale).map {
        Decimal(unscaled: Int128($0), scale: scale)
      }
    case SQLITE_TEXT: Decimal(parsing: bytes)
    default: nil
    }
  }
}

private final class InstantCollector: ValueCollector {
  override func take(_ kind: Int32) -> Bool {
    guard kind == SQLITE_TEXT else { return false }
    if builder.type == .date {
      guard let date = CivilDate(parsing: bytes) else { return false }
      builder.append(int32: date.dayNumber)
    } else {
      guard let instant = Timestamp(parsing: bytes) else { return false }
      builder.append(int64: instant.microseconds)
    }
    return true
  }
}

private final class BinaryCollector: ValueCollector {
  override func take(_ kind: Int32) -> Bool {
    guard kind == SQLITE_BLOB || kind == SQLITE_TEXT else { return false }
    builder.append(bytes: bytes)
    return true
  }
}

private final class TextCollector: ValueCollector {
  private var scratch: [UInt8] = []

  override func take(_ kind: Int32) -> Bool {
    scratch.removeAll(keepingCapacity: true)
    statement.appendText(of: column, to: &scratch)
    builder.append(bytes: scratch)
    return true
  }
}

extension SQLiteStatement {
  /// Appends the text of a value of the current row, not NULL, as `Dialect` says.
  func appendText(of column: Int32, to text: inout [UInt8]) {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER:
      ValueText.append(integer: sqlite3_column_int64(handle, column), to: &text)
    case SQLITE_FLOAT:
      text.append(contentsOf: ValueText.text(sqlite3_column_double(handle, column)).utf8)
    case SQLITE_BLOB:
      let digits = [UInt8]("0123456789ABCDEF".utf8)
      for byte in bytes(column) {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    default: ForeignText.append(bytes(column), to: &text)
    }
  }
}
