import CPostgreSQL
package import Columnar
package import Core
import Database

/// A statement that a PostgreSQL server has compiled.
package final class PostgreSQLStatement: Statement {
  let connection: PostgreSQLConnection
  let sql: String
  private let name: String

  init(_ name: String, of connection: PostgreSQLConnection, _ sql: String) {
    self.name = name
    self.connection = connection
    self.sql = sql
  }

  deinit { PQclear(PQexec(connection.handle, "DEALLOCATE \(name)")) }

  @discardableResult
  package func run(_ parameters: [Scalar]) throws(Fault) -> Int {
    let result = try execute(parameters)
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK: break
    case PGRES_TUPLES_OK: return 0
    default: throw connection.fault(result, running: sql)
    }
    return PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  package func rows(_ parameters: [Scalar]) throws(Fault) -> [[Scalar]] {
    let result = try execute(parameters)
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK: break
    default: throw connection.fault(result, running: sql)
    }
    return (0..<PQntuples(result)).map { row in
      (0..<PQnfields(result)).map { storedValue(result, row, $0) }
    }
  }

  /// Sends the statement; its results come by `PQgetResult`, a row at a time.
  func send(_ parameters: [Scalar]) throws(Fault) {
    let sent = try withTexts(parameters) { texts in
      PQsendQueryPrepared(
        connection.handle, name, Int32(texts.count), texts.baseAddress, nil, nil, 0)
    }
    guard sent == 1, PQsetSingleRowMode(connection.handle) == 1 else {
      throw connection.fault(nil, running: sql)
    }
  }

  private func execute(_ parameters: [Scalar]) throws(Fault) -> OpaquePointer? {
    try withTexts(parameters) { texts in
      PQexecPrepared(
        connection.handle, name, Int32(texts.count), texts.baseAddress, nil, nil, 0)
    }
  }

  /// Calls `body` with the parameters' texts, each ended by a zero; nil for NULL.
  private func withTexts<Value>(
    _ parameters: [Scalar], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Value
  ) throws(Fault) -> Value {
    let texts = parameters.map(parameterText)
    try connection.checkTexts(texts)
    return withOptionalCStrings(texts, body)
  }
}

/// A parameter as the text that the server casts to its type; nil for NULL.
func parameterText(_ value: Scalar) -> String? {
  switch value {
  case .null, .list, .structure: nil
  case .boolean(let flag): flag ? "true" : "false"
  case .integer(let number): String(number)
  case .double(let number): ValueText.text(number)
  case .decimal(let number): number.description
  case .string(let text): text
  case .binary(let bytes): "\\x\(hexText(bytes))"
  case .date(let date): date.description
  case .timestamp(let moment): moment.description
  }
}

/// A value of a result as the server stores it.
func storedValue(_ result: OpaquePointer?, _ row: Int32, _ column: Int32) -> Scalar {
  guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
    return .null
  }
  let text = String(cString: start)
  switch PQftype(result, column) {
  case 16: return .boolean(text == "t")
  case 20, 21, 23, 26: return Int64(text).map { .integer($0) } ?? .string(text)
  case 700, 701: return Double(text).map { .double($0) } ?? .string(text)
  case 1700: return Decimal(parsing: text).map { .decimal($0) } ?? .string(text)
  case 1082: return CivilDate(parsing: text).map { .date($0) } ?? .string(text)
  case 1184: return Timestamp(parsing: text).map { .timestamp($0) } ?? .string(text)
  case 17: return Core.bytes(ofHex: text.dropFirst(2)).map { .binary($0) } ?? .string(text)
  default: return .string(text)
  }
}
