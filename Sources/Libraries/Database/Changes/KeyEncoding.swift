import CSQLite
import Core

/// Keys as bytes that compare (`memcmp`) as SQLite orders the values, columns from left to right:
/// NULL, numbers by value, text by bytes, BLOBs by bytes. They say where a row stands in the walk
/// through a table; two keys that are equal have the same text in bronze.
///
///     NULL     00
///     number   01 | floor as Int64, sign bit flipped | fraction as ordered Double; both big endian
///     text     02 | bytes, each 00 as 00 FF | 00 00
///     BLOB     03 | bytes, each 00 as 00 FF | 00 00
///
/// After all columns a byte for each number: 1 and 1.0 stand at one place, and are two texts.
enum KeyEncoding {
  /// What kinds of values a column of keys has held: a bit each for numbers, text and BLOBs.
  typealias Kinds = UInt8

  private enum Mark {
    static let null: UInt8 = 0
    static let number: UInt8 = 1
    static let text: UInt8 = 2
    static let blob: UInt8 = 3
  }

  private enum Form {
    static let whole: UInt8 = 1
    static let real: UInt8 = 2
    static let negativeZero: UInt8 = 3
  }

  /// Appends the values of `columns` of the current row, and notes their kinds in `kinds`.
  static func append(
    _ columns: [Int32], of statement: SQLiteStatement, to key: inout [UInt8],
    _ kinds: inout [Kinds]
  ) {
    for (index, column) in columns.enumerated() {
      switch sqlite3_column_type(statement.handle, column) {
      case SQLITE_NULL: key.append(Mark.null)
      case SQLITE_INTEGER:
        append(whole: sqlite3_column_int64(statement.handle, column), fraction: 0, to: &key)
        kinds[index] |= 1
      case SQLITE_FLOAT:
        append(sqlite3_column_double(statement.handle, column), to: &key)
        kinds[index] |= 1
      case SQLITE_BLOB:
        append(statement.bytes(column), mark: Mark.blob, to: &key)
        kinds[index] |= 4
      default:
        append(statement.bytes(column), mark: Mark.text, to: &key)
        kinds[index] |= 2
      }
    }
    for column in columns {
      switch sqlite3_column_type(statement.handle, column) {
      case SQLITE_INTEGER: key.append(Form.whole)
      case SQLITE_FLOAT:
        key.append(form(of: sqlite3_column_double(statement.handle, column)))
      default: continue
      }
    }
  }

  private static func form(of value: Double) -> UInt8 {
    value == 0 && value.sign == .minus ? Form.negativeZero : Form.real
  }

  private static func append(_ value: Double, to key: inout [UInt8]) {
    let floor = value.rounded(.down)
    // Past the whole numbers of 64 bits the value itself tells the order.
    if floor < -0x1p63 { return append(whole: .min, fraction: value, to: &key) }
    if floor >= 0x1p63 { return append(whole: .max, fraction: value, to: &key) }
    append(whole: Int64(floor), fraction: value - floor, to: &key)
  }

  private static func append(whole: Int64, fraction: Double, to key: inout [UInt8]) {
    key.append(Mark.number)
    appendBigEndian(UInt64(bitPattern: whole) ^ (1 << 63), to: &key)
    let bits = fraction.bitPattern
    appendBigEndian(fraction < 0 ? ~bits : bits | 1 << 63, to: &key)
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

  /// The key of a row of which only the texts are known, nil for NULL: a guess by the columns'
  /// affinities of what the source holds. Where it is wrong, the row stands elsewhere than at the
  /// source, and is found by its text (`CompareExtraction.match`).
  static func key(of texts: [[UInt8]?], _ affinities: [Affinity]) -> [UInt8] {
    var key: [UInt8] = []
    var forms: [UInt8] = []
    for (text, affinity) in zip(texts, affinities) {
      guard let text else {
        key.append(Mark.null)
        continue
      }
      if affinity != .text, let whole = Int64(parsing: text[...]),
        "\(whole)".utf8.elementsEqual(text)
      {
        append(whole: whole, fraction: 0, to: &key)
        forms.append(Form.whole)
      } else if affinity != .text, let real = Double(parsing: text[...]),
        ValueText.text(real).utf8.elementsEqual(text), !real.isNaN
      {
        append(real, to: &key)
        forms.append(form(of: real))
      } else {
        ForeignText.bytes(of: text).withUnsafeBufferPointer {
          append($0, mark: Mark.text, to: &key)
        }
      }
    }
    return key + forms
  }
}
