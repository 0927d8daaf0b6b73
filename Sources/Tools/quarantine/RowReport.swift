import Bronze
import Core
import JSON
import Lakehouse
import TextFormats
import UnixTool

/// Rows that were set aside, in the form that was asked for.
struct RowReport {
  private let rows: [QuarantinedRow]
  /// The last replay of each row that was replayed, by its identity.
  private let replays: [String: QuarantineTable.Replay]

  init(_ rows: [QuarantinedRow], of table: QuarantineTable) throws {
    self.rows = rows
    var replays: [String: QuarantineTable.Replay] = [:]
    for replay in try table.replays() {
      for row in replay.rows { replays[row] = replay }
    }
    self.replays = replays
  }

  private static let names = [
    "id", "table", "rule", "reason", "source_file", "source_line", "source_row", "source_offset",
    "source_header", "flow", "quarantined_at", "run_id", "raw",
  ]
  private static let replayNames = ["replayed_at", "replayed_by", "replayed_why"]

  /// The rows; `mark` stands before each in text.
  func text(
    _ format: ReportFormat, mark: String = "", escapesFormulas: Bool
  ) -> String {
    switch format {
    case .text: rows.map { mark + shownText(of: $0) + "\n" }.joined()
    case .json: rows.map { JSONWriter.text(.object(members(of: $0))) + "\n" }.joined()
    case .csv:
      CSVWriter.text(
        Self.names + Self.replayNames,
        rows.map { row in
          let members = members(of: row)
          return (Self.names + Self.replayNames).map { members[$0]?.cell }
        }, escapesFormulas: escapesFormulas)
    }
  }

  /// A line that tells of the row, and its text.
  private func shownText(of row: QuarantinedRow) -> String {
    let replay = replays[row.id.text].map { replay in
      "  (replayed \(replay.at) by \(replay.reason.by): \(replay.reason.why))"
    }
    let text = shown(String(decoding: row.raw, as: UTF8.self))
    return "\(shown(row.headline + (replay ?? "")))\n  \(text)"
  }

  private func members(of row: QuarantinedRow) -> JSONObject {
    var object = row.json.object ?? JSONObject()
    let replay = replays[row.id.text]
    let facts = replay.map { ["\($0.at)", $0.reason.by, $0.reason.why] }
    for (index, name) in Self.replayNames.enumerated() {
      object[name] = facts.map { .string($0[index]) } ?? .null
    }
    return object
  }
}

extension QuarantinedRow {
  /// What the row is, why it was set aside, and where it came from.
  var headline: String {
    // Offsets of a topic count from 0.
    let hasLine = sourceLine > 0 || sourceFile.hasPrefix("kafka:")
    let line = hasLine ? "\(sourceFile):\(sourceLine)" : sourceFile
    let place = sourceOffset.map { "\(line), byte \($0)" } ?? line
    return "\(id.short)  \(rule): \(reason)  \(place)"
  }
}

extension JSONValue {
  /// Its text as a field of CSV; nil for NULL.
  fileprivate var cell: String? {
    switch self {
    case .null: nil
    case .string(let text): text
    default: JSONWriter.text(self)
    }
  }
}
