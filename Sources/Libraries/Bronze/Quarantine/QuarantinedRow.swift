package import Columnar
package import Core
package import JSON

/// A row that was set aside.
package struct QuarantinedRow: Sendable {
  package let id: QuarantineID
  package let raw: [UInt8]
  package let rule: String
  package let reason: String
  /// The file or topic that its line came from; empty where that is not known.
  package let sourceFile: String
  package let sourceLine: Int64
  /// Which of its line's rows it is, from 1; 0 for a line that came to none.
  package let sourceRow: Int64
  /// How many bytes of the file, unpacked, come before its line; nil where that is not known.
  package let sourceOffset: Int64?
  /// The header of the file, for a record that cannot be read without one.
  package let sourceHeader: String?
  /// The flow of its table that made it; nil where that is not known.
  package let flow: String?
  package let table: String
  package let quarantinedAt: Timestamp?
  package let runID: String

  /// Rows of a quarantine table's batch, whose columns are those of `Quarantine.schema`.
  package static func rows(of batch: Batch) -> [QuarantinedRow] {
    (0..<batch.rowCount).map { row in QuarantinedRow(batch.scalars(at: row)) }
  }

  private init(_ values: [Scalar]) {
    func text(_ position: Int) -> String {
      if case .string(let text) = values[position] { text } else { "" }
    }
    func number(_ position: Int) -> Int64 {
      if case .integer(let number) = values[position] { number } else { 0 }
    }
    raw = bytes(ofHex: text(9)).flatMap { $0.isEmpty ? nil : $0 } ?? Array(text(0).utf8)
    rule = text(1)
    reason = text(2)
    sourceFile = text(3)
    sourceLine = number(4)
    table = text(5)
    if case .timestamp(let time) = values[6] { quarantinedAt = time } else { quarantinedAt = nil }
    runID = text(7)
    sourceRow = number(8)
    if case .integer(let offset) = values[10] { sourceOffset = offset } else { sourceOffset = nil }
    if case .string(let header) = values[11] { sourceHeader = header } else { sourceHeader = nil }
    if case .string(let name) = values[12] { flow = name } else { flow = nil }
    id = QuarantineID(
      table: table, flow: flow, run: runID, file: sourceFile, line: sourceLine, row: sourceRow,
      rule: rule, raw: raw)
  }

  /// Where its line came from.
  package var place: LinePlace {
    LinePlace(
      source: sourceFile, line: Int(sourceLine), offset: sourceOffset.map { Int($0) })
  }

  /// The row as `quarantine export` writes it.
  package var json: JSONValue {
    [
      "id": .string(id.text), "table": .string(table), "rule": .string(rule),
      "reason": .string(reason), "source_file": .string(sourceFile),
      "source_line": JSONValue(sourceLine), "source_row": JSONValue(sourceRow),
      "source_offset": sourceOffset.map { JSONValue($0) } ?? .null,
      "source_header": sourceHeader.map { .string($0) } ?? .null,
      "flow": flow.map { .string($0) } ?? .null,
      "quarantined_at": quarantinedAt.map { .string("\($0)") } ?? .null,
      "run_id": .string(runID), "raw": .string(String(decoding: raw, as: UTF8.self)),
    ]
  }
}

extension [UInt8] {
  /// The text of a JSON value without line breaks, which are space between its tokens.
  package var onOneLine: [UInt8] { map { $0 == 0x0A ? 0x20 : $0 } }
}
