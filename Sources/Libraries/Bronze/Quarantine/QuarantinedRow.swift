package import Columnar
package import Core
package import JSON

/// A row that was set aside.
package struct QuarantinedRow: Sendable {
  package let id: QuarantineID
  package private(set) var raw: [UInt8]
  package let rule: String
  package private(set) var reason: String
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
    func text(_ column: Quarantine.Column) -> String? {
      if case .string(let text) = values[column.rawValue] { text } else { nil }
    }
    func number(_ column: Quarantine.Column) -> Int64? {
      if case .integer(let number) = values[column.rawValue] { number } else { nil }
    }
    raw =
      text(.rawHex).flatMap { bytes(ofHex: $0) }.flatMap { $0.isEmpty ? nil : $0 }
      ?? Array((text(.raw) ?? "").utf8)
    rule = text(.rule) ?? ""
    reason = text(.reason) ?? ""
    sourceFile = text(.sourceFile) ?? ""
    sourceLine = number(.sourceLine) ?? 0
    table = text(.table) ?? ""
    if case .timestamp(let time) = values[Quarantine.Column.quarantinedAt.rawValue] {
      quarantinedAt = time
    } else {
      quarantinedAt = nil
    }
    runID = text(.runID) ?? ""
    sourceRow = number(.sourceRow) ?? 0
    sourceOffset = number(.sourceOffset)
    sourceHeader = text(.sourceHeader)
    flow = text(.flow)
    id = QuarantineID(
      table: table, flow: flow, run: runID, file: sourceFile, line: sourceLine, row: sourceRow,
      rule: rule, raw: raw)
  }

  /// The row as it is shown where its text or its reason is not: other words stand there. What it
  /// is called by stays.
  package func covered(raw: String?, reason: String?) -> QuarantinedRow {
    var row = self
    if let raw { row.raw = Array(raw.utf8) }
    if let reason { row.reason = reason }
    return row
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
