import CPostgreSQL
import Columnar
import Core
import Database

/// Rows on their way into a table by `COPY … FROM STDIN`: laid out before in its binary form, or in
/// its text form, which suits columns of any type: fields between tabs, `\N` for NULL, a backslash
/// before what would end a field.
final class PostgreSQLCopy {
  private static let flushSize = 1 << 16
  private static let pieceSize = 1 << 26

  private let connection: PostgreSQLConnection
  private let sql: String
  private var buffer: [UInt8] = []

  init(_ connection: PostgreSQLConnection, _ sql: String) {
    self.connection = connection
    self.sql = sql
  }

  /// Sends rows that were laid out before; none is there if it throws.
  func send(_ rows: BinaryRows) throws(Fault) {
    try begin()
    buffer = rows.bytes
    try flush()
    try end()
  }

  /// Sends rows of values as the server stores them; none is there if it throws.
  func send(_ rows: [[Scalar]]) throws(Fault) {
    for row in rows {
      let texts = row.map(parameterText)
      try connection.checkTexts(texts)
      for (position, text) in texts.enumerated() {
        if position > 0 { buffer.append(UInt8(ascii: "\t")) }
        if let text { appendEscaped(text.utf8) } else { buffer.append(contentsOf: "\\N".utf8) }
      }
      buffer.append(UInt8(ascii: "\n"))
    }
    try begin()
    try flush()
    try end()
  }

  private func begin() throws(Fault) {
    let begun = PQexec(connection.handle, sql)
    defer { PQclear(begun) }
    guard PQresultStatus(begun) == PGRES_COPY_IN else {
      throw connection.fault(begun, running: sql)
    }
  }

  /// Sends all rows and gives their number; none is there if it throws.
  func append(_ source: any BatchSource) throws -> Int {
    try begin()
    var count = 0
    do {
      while let batch = try source.next() {
        try append(batch)
        count += batch.rowCount
      }
      try flush()
    } catch {
      _ = PQputCopyEnd(connection.handle, "the sender gave up")
      connection.dropResults()
      throw error
    }
    try end()
    return count
  }

  private func append(_ batch: Batch) throws(Fault) {
    for row in 0..<batch.rowCount {
      for (position, column) in batch.columns.enumerated() {
        if position > 0 { buffer.append(UInt8(ascii: "\t")) }
        if column.isNull(row) {
          buffer.append(UInt8(ascii: "\\"))
          buffer.append(UInt8(ascii: "N"))
        } else {
          append(column, row)
        }
      }
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count >= PostgreSQLCopy.flushSize { try flush() }
    }
  }

  private func append(_ column: Column, _ row: Int) {
    switch column.values {
    case .boolean(let values): buffer.append(UInt8(ascii: values[row] ? "t" : "f"))
    case .int32(let values):
      if column.type == .date {
        ValueText.append(date: values[row], to: &buffer)
      } else {
        ValueText.append(integer: Int64(values[row]), to: &buffer)
      }
    case .int64(let values):
      switch column.type {
      case .timestamp: ValueText.append(instant: values[row], to: &buffer)
      case .decimal(_, let scale): append(Int128(values[row]), scale)
      default: ValueText.append(integer: values[row], to: &buffer)
      }
    case .int128(let values): append(values[row], column.type.scale)
    case .double(let values): buffer.append(contentsOf: ValueText.text(values[row]).utf8)
    case .bytes(let runs): append(runs[row], column.type)
    case .dictionary(let codes, let dictionary):
      append(dictionary.values[Int(codes[row])], column.type)
    case .list, .structure: break
    }
  }

  private func append(_ unscaled: Int128, _ scale: Int) {
    buffer.append(contentsOf: Decimal(unscaled: unscaled, scale: scale).description.utf8)
  }

  private func append(_ text: ArraySlice<UInt8>, _ type: DataType) {
    if type == .binary {
      buffer.append(contentsOf: "\\\\x\(hexText(text))".utf8)
      return
    }
    appendEscaped(text)
  }

  private func appendEscaped(_ text: some Sequence<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\\"): buffer.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\t"): buffer.append(contentsOf: "\\t".utf8)
      case UInt8(ascii: "\n"): buffer.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): buffer.append(contentsOf: "\\r".utf8)
      default: buffer.append(byte)
      }
    }
  }

  private func flush() throws(Fault) {
    guard !buffer.isEmpty else { return }
    // A row of long values may be more than one call takes.
    let isSent = buffer.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: PostgreSQLCopy.pieceSize).allSatisfy { start in
        let piece = UnsafeRawBufferPointer(
          rebasing: bytes[start..<min(bytes.count, start + PostgreSQLCopy.pieceSize)])
        return PQputCopyData(
          connection.handle, piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count)) == 1
      }
    }
    buffer.removeAll(keepingCapacity: true)
    guard isSent else { throw connection.fault(nil, running: sql) }
  }

  private func end() throws(Fault) {
    guard PQputCopyEnd(connection.handle, nil) == 1 else {
      throw connection.fault(nil, running: sql)
    }
    var fault: Fault?
    while let result = PQgetResult(connection.handle) {
      if PQresultStatus(result) != PGRES_COMMAND_OK {
        fault = fault ?? connection.fault(result, running: sql)
      }
      PQclear(result)
    }
    if let fault { throw fault }
  }
}
