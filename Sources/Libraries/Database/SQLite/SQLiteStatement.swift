import CSQLite
package import Columnar
package import Core

/// A compiled statement of a SQLite connection.
package final class SQLiteStatement: Statement {
  let handle: OpaquePointer
  let connection: SQLiteConnection
  let sql: String
  /// Which value each parameter takes, of those that are called `$1`, `$2` …, which SQLite numbers
  /// as it meets them; nil where that is their own order.
  private let order: [Int]?
  /// Whether there was no memory for bytes that were asked for: they seemed to be none.
  private var hasLostBytes = false

  init(_ handle: OpaquePointer, of connection: SQLiteConnection, _ sql: String) {
    self.handle = handle
    self.connection = connection
    self.sql = sql
    let places = (0..<sqlite3_bind_parameter_count(handle)).map { number in
      let name = sqlite3_bind_parameter_name(handle, number + 1).map { String(cString: $0) } ?? ""
      return name.hasPrefix("$") ? Int(name.dropFirst()).map { $0 - 1 } ?? Int(number) : Int(number)
    }
    order = places == Array(places.indices) ? nil : places
  }

  deinit { sqlite3_finalize(handle) }

  @discardableResult
  package func run(_ parameters: [Scalar]) throws(Fault) -> Int {
    try bind(parameters)
    defer { sqlite3_reset(handle) }
    let before = connection.totalChangeCount
    while try step() {}
    return connection.totalChangeCount - before
  }

  package func rows(_ parameters: [Scalar]) throws(Fault) -> [[Scalar]] {
    try bind(parameters)
    defer { sqlite3_reset(handle) }
    var rows: [[Scalar]] = []
    while try step() { rows.append((0..<columnCount).map(storedValue)) }
    return rows
  }

  /// How many columns the result has.
  var columnCount: Int32 { sqlite3_column_count(handle) }

  /// Moves to the next row; false at the end.
  func step() throws(Fault) -> Bool {
    try checkBytes()
    let status = sqlite3_step(handle)
    if status == SQLITE_ROW { return true }
    guard status == SQLITE_DONE else { throw connection.fault(status, running: sql) }
    return false
  }

  /// Throws when a value of the current row was read as less than it is.
  func checkBytes() throws(Fault) {
    if hasLostBytes { throw .outOfMemory("a value", at: connection.place) }
  }

  /// Gives the parameters their values, after a reset.
  func bind(_ parameters: [Scalar]) throws(Fault) {
    sqlite3_reset(handle)
    guard parameters.count == sqlite3_bind_parameter_count(handle) else {
      throw Fault(
        .internal, at: connection.place,
        "\(parameters.count) values for \(sqlite3_bind_parameter_count(handle)) parameters",
        remedy: "report it")
    }
    for offset in parameters.indices {
      let status = bind(parameters[order?[offset] ?? offset], at: Int32(offset + 1))
      guard status == SQLITE_OK else { throw connection.fault(status, running: sql) }
    }
  }

  /// The value of a column of the current row as SQLite stores it.
  func storedValue(_ column: Int32) -> Scalar {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_NULL: .null
    case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, column))
    case SQLITE_FLOAT: .double(sqlite3_column_double(handle, column))
    case SQLITE_BLOB: .binary(Array(bytes(column)))
    default: .string(String(decoding: bytes(column), as: UTF8.self))
    }
  }

  /// The bytes of a text or BLOB of the current row, there until the next step.
  func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    // As text first: a database may hold its text as UTF-16.
    let isText = sqlite3_column_type(handle, column) == SQLITE_TEXT
    let start =
      isText
      ? sqlite3_column_text(handle, column)
      : sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
    let count = Int(sqlite3_column_bytes(handle, column))
    // An empty text has an address, an empty BLOB has none.
    guard start != nil || (!isText && count == 0) else {
      hasLostBytes = true
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: start, count: count)
  }

  private func bind(_ value: Scalar, at parameter: Int32) -> Int32 {
    switch value {
    case .null, .list, .structure: sqlite3_bind_null(handle, parameter)
    case .boolean(let value): sqlite3_bind_int64(handle, parameter, value ? 1 : 0)
    case .integer(let value): sqlite3_bind_int64(handle, parameter, value)
    case .double(let value): sqlite3_bind_double(handle, parameter, value)
    case .decimal(let value): bind(value, at: parameter)
    case .string(let value): bind(text: value, at: parameter)
    case .date(let value): bind(text: value.description, at: parameter)
    case .timestamp(let value): bind(text: value.description, at: parameter)
    case .binary(let value):
      sqlite3_bind_blob64(handle, parameter, value, UInt64(value.count), copied)
    }
  }

  private func bind(text: String, at parameter: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      // An empty string may have no address; a NULL address would bind NULL.
      bytes.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_bind_text64(
          handle, parameter, characters.baseAddress ?? emptyText, UInt64(characters.count), copied,
          UInt8(SQLITE_UTF8))
      }
    }
  }

  private func bind(_ value: Decimal, at parameter: Int32) -> Int32 {
    switch StoredDecimal(value) {
    case .integer(let number): sqlite3_bind_int64(handle, parameter, number)
    case .double(let number): sqlite3_bind_double(handle, parameter, number)
    case nil: SQLITE_MISMATCH
    }
  }
}

/// Tells SQLite to copy what it is given before the call returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
