import CSQLite
import Core

/// Keys as bytes that compare (`memcmp`) as SQLite orders the values, columns from left to right:
/// NULL, numbers by value, text by bytes, BLOBs by bytes.
///
///     NULL     00
///     number   01 | floor as Int64, sign bit flipped | fraction as Double bits; both big endian
///     text     02 | bytes, each 00 as 00 FF | 00 00
///     BLOB     03 | bytes, each 00 as 00 FF | 00 00
enum KeyEncoding {
  /// Appends the values of `columns` of the current row.
  static func append(
    _ columns: [Int32], of statement: SQLiteStatement, to key: inout [UInt8]
  ) {
    for column in columns {
      switch sqlite3_column_type(statement.handle, column) {
      case SQLITE_NULL: key.append(0)
      case SQLITE_INTEGER:
        append(whole: sqlite3_column_int64(statement.handle, column), fraction: 0, to: &key)
      case SQLITE_FLOAT: append(sqlite3_column_double(statement.handle, column), to: &key)
      case SQLITE_BLOB: append(statement.bytes(column), mark: 3, to: &key)
      default: append(statement.bytes(column), mark: 2, to: &key)
      }
    }
  }

  private static func append(_ value: Double, to key: inout [UInt8]) {
    let floor = value.rounded(.down)
    if floor < -0x1p63 { return append(whole: .min, fraction: 0, to: &key) }
    // Past the whole numbers of 64 bits the value itself tells the order.
    if floor >= 0x1p63 { return append(whole: .max, fraction: value, to: &key) }
    append(whole: Int64(floor), fraction: value - floor, to: &key)
  }

  private static func append(whole: Int64, fraction: Double, to key: inout [UInt8]) {
    key.append(1)
    appendBigEndian(UInt64(bitPattern: whole) ^ (1 << 63), to: &key)
    appendBigEndian(fraction.bitPattern, to: &key)
  }

  private static func append(
    _ bytes: UnsafeBufferPointer<UInt8>, mark: UInt8, to key: inout [UInt8]
  ) {
    key.append(mark)
    if bytes.contains(0) {
      for byte in bytes {
        key.append(byte)
        if byte == 0 { key.append(0xFF) }
      }
    } else {
      key.append(contentsOf: bytes)
    }
    key.append(0)
    key.append(0)
  }

  private static func appendBigEndian(_ value: UInt64, to key: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      key.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }
}

extension KeyEncoding {
  /// How a column of a SQLite table stores text that looks like a number.
  enum Affinity {
    case text
    case numeric
    case blob

    /// The affinity of a declared type, by SQLite's rules.
    init(declared declaration: String) {
      let upper = declaration.uppercased()
      if upper.contains("INT") {
        self = .numeric
      } else if ["CHAR", "CLOB", "TEXT"].contains(where: upper.contains) {
        self = .text
      } else if upper.isEmpty || upper.contains("BLOB") {
        self = .blob
      } else {
        self = .numeric
      }
    }
  }

  /// Appends the value that a column of `affinity` stores for `text`; nil is NULL.
  static func append(_ text: ArraySlice<UInt8>?, _ affinity: Affinity, to key: inout [UInt8]) {
    guard let text else { return key.append(0) }
    if affinity != .text, let number = Int64(parsing: text) {
      append(whole: number, fraction: 0, to: &key)
    } else if affinity != .text, let number = Double(parsing: text) {
      append(number, to: &key)
    } else {
      text.withUnsafeBufferPointer { append($0, mark: 2, to: &key) }
    }
  }
}
