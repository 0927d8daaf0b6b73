import CPostgreSQL
package import Columnar
package import Core
import Database

/// The rows of a query by a cursor of the server's own, some hundred at a time, so that the
/// connection is free between them. It sees the tables as they were when it began.
///
/// A cursor that is let go early stays open until its transaction ends.
package final class PostgreSQLRowCursor: RowCursor {
  private static let fetchCount = 1_000

  private let connection: PostgreSQLConnection
  private let name: String
  /// The rows that were fetched last.
  private var result: OpaquePointer?
  private var row: Int32 = -1
  private var rowCount: Int32 = 0
  private var isAtEnd = false

  init(
    _ sql: String, _ parameters: [Scalar], on connection: PostgreSQLConnection
  ) throws(Fault) {
    self.connection = connection
    name = connection.newName("c")
    try connection.run("DECLARE \(name) NO SCROLL CURSOR FOR \(sql)", parameters)
  }

  deinit { PQclear(result) }

  package func next() throws(Fault) -> [Scalar]? {
    guard try advance() else { return nil }
    return (0..<PQnfields(result)).map { storedValue(result, row, $0) }
  }

  package func advance() throws(Fault) -> Bool {
    row += 1
    if row < rowCount { return true }
    if isAtEnd { return false }
    try fetch()
    return row < rowCount
  }

  package func integer(_ column: Int) -> Int64? {
    if case .integer(let value) = storedValue(result, row, Int32(column)) { return value }
    return nil
  }

  package func bytes(_ column: Int) -> TextBytes {
    guard !isNull(column), let start = PQgetvalue(result, row, Int32(column)) else {
      return TextBytes(start: nil, count: 0)
    }
    let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
    return TextBytes(start: bytes, count: Int(PQgetlength(result, row, Int32(column))))
  }

  package func isNull(_ column: Int) -> Bool { PQgetisnull(result, row, Int32(column)) != 0 }

  private func fetch() throws(Fault) {
    PQclear(result)
    let sql = "FETCH \(Self.fetchCount) FROM \(name)"
    result = PQexec(connection.handle, sql)
    guard PQresultStatus(result) == PGRES_TUPLES_OK else {
      throw connection.fault(result, running: sql)
    }
    row = 0
    rowCount = PQntuples(result)
    guard rowCount < Self.fetchCount else { return }
    isAtEnd = true
    try connection.execute("CLOSE \(name)")
  }
}
