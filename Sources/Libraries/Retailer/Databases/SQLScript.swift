import Columnar
package import Core
import Database

/// A source database as a script for PostgreSQL: one transaction a day.
package final class SQLScript: ChangeSink {
  private static let rowsPerInsert = 200
  private static let pieceByteCount = 1 << 18

  private let since: CivilDate?
  private let output: ([UInt8]) throws -> Void
  private var bytes: [UInt8] = []
  /// The insertion that the next row may join, and how many rows it has.
  private var open = ""
  private var rowCount = 0

  /// The script goes to `output` piece by piece, the days after `since` only if it is given.
  package init(since: CivilDate?, _ output: @escaping ([UInt8]) throws -> Void) {
    self.since = since
    self.output = output
  }

  package func apply(
    _ day: CivilDate, tables: [SourceTable],
    _ changes: ((SourceChange) throws -> Void) throws -> Void
  ) throws {
    if let since, day <= since { return }
    add("BEGIN;\n")
    for table in tables { add("\(table.sql(.postgresql));\n") }
    try changes { change in
      append(change)
      if bytes.count >= SQLScript.pieceByteCount { try flush() }
    }
    endInsert()
    add("COMMIT;  -- end of \(day)\n")
    try flush()
  }

  private func append(_ change: SourceChange) {
    guard change.sql.hasPrefix("INSERT") else {
      endInsert()
      append(change.sql[...], change.values)
      add(";\n")
      return
    }
    let rowStart = change.sql.firstRange(of: " VALUES ").map(\.upperBound) ?? change.sql.endIndex
    if open == change.sql, rowCount < SQLScript.rowsPerInsert {
      add(",\n")
    } else {
      endInsert()
      add("\(change.sql[..<rowStart].dropLast())\n")
      open = change.sql
    }
    rowCount += 1
    append(change.sql[rowStart...], change.values)
  }

  private func endInsert() {
    if rowCount > 0 { add(";\n") }
    open = ""
    rowCount = 0
  }

  /// Appends a statement with its values in the places of the marks.
  private func append(_ sql: Substring, _ values: [Scalar]) {
    var next = values.makeIterator()
    for byte in sql.utf8 {
      if byte == UInt8(ascii: "?") { append(next.next() ?? .null) } else { bytes.append(byte) }
    }
  }

  private func append(_ value: Scalar) {
    switch value {
    case .boolean(let value): add(value ? "TRUE" : "FALSE")
    case .integer(let value): ValueText.append(integer: value, to: &bytes)
    case .decimal(let value): add(value.description)
    case .double(let value): add(ValueText.text(value))
    case .string(let text): append(literal: text)
    case .date(let date): append(literal: date.description)
    case .timestamp(let time): append(literal: time.description)
    case .null, .binary, .list, .structure: add("NULL")
    }
  }

  private func append(literal text: String) {
    bytes.append(UInt8(ascii: "'"))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "'") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "'"))
  }

  private func add(_ text: String) { bytes += text.utf8 }

  private func flush() throws {
    try output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
