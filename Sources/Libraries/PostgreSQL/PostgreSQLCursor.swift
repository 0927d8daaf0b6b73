import CPostgreSQL
import Columnar
import Core
import Database

/// The rows of a SELECT as batches, taken from the server as they come.
final class PostgreSQLCursor: BatchSource {
  /// Rows of so many bytes are enough for a batch.
  private static let batchByteCount = 64 << 20

  let schema: Schema
  private let statement: PostgreSQLStatement
  private let builders: [ColumnBuilder]
  /// The result whose one row comes next; nil at the end.
  private var pending: OpaquePointer?

  init(
    _ statement: PostgreSQLStatement, _ parameters: [Scalar], as schema: Schema?
  ) throws(Fault) {
    self.statement = statement
    try statement.send(parameters)
    let first = PQgetResult(statement.connection.handle)
    let names = (0..<PQnfields(first)).map { PQfname(first, $0).map { String(cString: $0) } ?? "" }
    self.schema = schema ?? Schema(names.map { Field($0, .string) })
    builders = self.schema.fields.map {
      ColumnBuilder($0.type.layout == .list ? .string : $0.type, capacity: Batch.standardRowCount)
    }
    pending = first
    guard names.count == self.schema.fields.count || names.isEmpty else {
      throw Fault(
        .internal, at: statement.connection.place,
        "\(self.schema.fields.count) columns declared for \(names.count) read",
        remedy: "report it")
    }
  }

  deinit {
    guard pending != nil else { return }
    PQclear(pending)
    let cancel = PQgetCancel(statement.connection.handle)
    _ = PQcancel(cancel, nil, 0)
    PQfreeCancel(cancel)
    statement.connection.dropResults()
  }

  func next() throws -> Batch? {
    var count = 0
    var byteCount = 0
    rows: while count < Batch.standardRowCount, let result = pending {
      switch PQresultStatus(result) {
      case PGRES_SINGLE_TUPLE:
        byteCount += builders.indices.reduce(0) {
          $0 + max(0, Int(PQgetlength(result, 0, Int32($1))))
        }
        // A column has room for 2 GiB of text, and one row may have nearly as much.
        if count > 0, byteCount > PostgreSQLCursor.batchByteCount { break rows }
        for column in builders.indices { try take(result, column) }
        count += 1
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK: break
      default:
        let fault = statement.connection.fault(result, running: statement.sql)
        advance()
        throw fault
      }
      advance()
    }
    guard count > 0 else { return nil }
    return Batch(schema, builders.map { $0.finish() }, rowCount: count)
  }

  private func advance() {
    PQclear(pending)
    pending = PQgetResult(statement.connection.handle)
  }

  private func take(_ result: OpaquePointer, _ column: Int) throws(Fault) {
    let builder = builders[column]
    guard PQgetisnull(result, 0, Int32(column)) == 0,
      let start = PQgetvalue(result, 0, Int32(column))
    else { return builder.appendNull() }
    let count = Int(PQgetlength(result, 0, Int32(column)))
    let taken = start.withMemoryRebound(to: UInt8.self, capacity: count) {
      append(TextBytes(start: $0, count: count), to: builder)
    }
    guard taken else {
      throw Fault(
        .data, at: statement.connection.place,
        "column \(schema.fields[column].name) holds '\(String(cString: start))', which is no "
          + schema.fields[column].type.sql,
        remedy: "read the column as STRING, or correct the row")
    }
  }

  /// Appends the value that `text` spells; false when it is none of the column's type.
  private func append(_ text: TextBytes, to builder: ColumnBuilder) -> Bool {
    switch builder.type {
    case .boolean:
      builder.append(boolean: text.first == UInt8(ascii: "t"))
    case .tinyint, .smallint, .int:
      guard let value = Int64(parsing: text), let narrow = Int32(exactly: value) else {
        return false
      }
      builder.append(int32: narrow)
    case .bigint:
      guard let value = Int64(parsing: text) else { return false }
      builder.append(int64: value)
    case .float, .double:
      guard let value = Double(parsing: text) else { return false }
      builder.append(double: value)
    case .decimal(let precision, let scale):
      guard let value = Decimal(parsing: text),
        let fitting = value.rescaled(to: scale, precision: precision), fitting == value
      else { return false }
      builder.append(decimal: fitting)
    case .date:
      guard let value = CivilDate(parsing: text) else { return false }
      builder.append(int32: value.dayNumber)
    case .timestamp:
      guard let value = Timestamp(parsing: text) else { return false }
      builder.append(int64: value.microseconds)
    case .binary:
      guard let value = bytes(ofHex: String(decoding: text.dropFirst(2), as: UTF8.self)) else {
        return false
      }
      builder.append(bytes: value)
    default: builder.append(bytes: text)
    }
    return true
  }
}
