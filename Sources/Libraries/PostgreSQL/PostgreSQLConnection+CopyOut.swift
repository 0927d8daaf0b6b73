import CPostgreSQL
package import Core

extension PostgreSQLConnection {
  /// The lines that `COPY … TO STDOUT` gives, at most `limit` of them; the others are read and let
  /// go.
  package func copiedLines(_ sql: String, limit: Int) throws(Fault) -> [String] {
    try checkTexts([sql])
    let begun = PQexec(handle, sql)
    guard PQresultStatus(begun) == PGRES_COPY_OUT else {
      defer { PQclear(begun) }
      throw fault(begun, running: sql)
    }
    PQclear(begun)
    var lines: [String] = []
    var bytes: UnsafeMutablePointer<CChar>?
    while true {
      let count = PQgetCopyData(handle, &bytes, 0)
      guard count > 0, let text = bytes else { break }
      if lines.count < limit {
        let line = UnsafeRawBufferPointer(start: text, count: Int(count))
        lines.append(String(decoding: line, as: UTF8.self))
      }
      PQfreemem(bytes)
    }
    while let result = PQgetResult(handle) { try check(result, running: sql) }
    return lines
  }
}
