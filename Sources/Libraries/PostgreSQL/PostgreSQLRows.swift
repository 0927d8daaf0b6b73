import CPostgreSQL
package import Core

/// The rows of a query while they come, one at a time, each value as the bytes that the server
/// sends. Let it go, or read it to its end, before the connection is asked again.
package final class PostgreSQLRows {
  private let connection: PostgreSQLConnection
  private let sql: String
  /// The result that holds the current row.
  private var result: OpaquePointer?
  private var isAtEnd = false

  /// Asks for the rows of `sql` with `parameters`, texts that the server casts; values come in the
  /// types' binary forms if `isBinary`, else as texts.
  package init(
    _ sql: String, _ parameters: [String?] = [], isBinary: Bool = false,
    from connection: PostgreSQLConnection
  ) throws(Fault) {
    self.connection = connection
    self.sql = sql
    try connection.checkTexts([sql] + parameters)
    let sent = withOptionalCStrings(parameters) { texts in
      PQsendQueryParams(
        connection.handle, sql, Int32(texts.count), nil, texts.baseAddress, nil, nil,
        isBinary ? 1 : 0)
    }
    guard sent == 1, PQsetSingleRowMode(connection.handle) == 1 else {
      isAtEnd = true
      throw connection.fault(nil, running: sql)
    }
  }

  deinit {
    PQclear(result)
    if isAtEnd { return }
    let cancel = PQgetCancel(connection.handle)
    _ = PQcancel(cancel, nil, 0)
    PQfreeCancel(cancel)
    connection.dropResults()
  }

  /// Moves to the next row; false at the end.
  package func next() throws(Fault) -> Bool {
    PQclear(result)
    result = PQgetResult(connection.handle)
    switch PQresultStatus(result) {
    case PGRES_SINGLE_TUPLE: return true
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
      end()
      return false
    default:
      let fault = connection.fault(result, running: sql)
      end()
      throw fault
    }
  }

  /// The bytes of a value of the current row, there until the next; nil for NULL.
  package func value(_ column: Int) -> TextBytes? {
    guard PQgetisnull(result, 0, Int32(column)) == 0,
      let start = PQgetvalue(result, 0, Int32(column))
    else { return nil }
    let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
    return TextBytes(start: bytes, count: Int(PQgetlength(result, 0, Int32(column))))
  }

  private func end() {
    PQclear(result)
    result = nil
    connection.dropResults()
    isAtEnd = true
  }
}

/// Calls `body` with texts that each end by a zero; nil stays nil.
func withOptionalCStrings<Value>(
  _ texts: [String?], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
  var bytes: [CChar] = []
  var starts: [Int?] = []
  for text in texts {
    starts.append(text.map { _ in bytes.count })
    if let text { bytes += text.utf8CString }
  }
  return bytes.withUnsafeBufferPointer { buffer in
    let pointers = starts.map { start in
      start.flatMap { offset in buffer.baseAddress.map { $0 + offset } }
    }
    return pointers.withUnsafeBufferPointer(body)
  }
}
