import CPostgreSQL
package import Core

extension PostgreSQLConnection {
  /// The texts of the one row that a command of the replication protocol gives; those that SQL
  /// cannot be prepared for.
  package func texts(_ command: String) throws(Fault) -> [String?] {
    let result = PQexec(handle, command)
    defer { PQclear(result) }
    guard PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) == 1 else {
      throw fault(result, running: command)
    }
    return (0..<PQnfields(result)).map { column in
      PQgetisnull(result, 0, column) == 0
        ? PQgetvalue(result, 0, column).map { String(cString: $0) } : nil
    }
  }
}
