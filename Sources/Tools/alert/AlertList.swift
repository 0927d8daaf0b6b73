import Core
import JSON
import Operations
import TextFormats
import UnixTool

/// The alerts there are.
struct AlertList {
  private static let names = [
    "id", "severity", "state", "since", "last_seen", "times", "title", "owner",
  ]

  private let rows: [AlertRow]

  init(_ rows: [AlertRow]) { self.rows = rows }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      var table = TextTable(Self.names, rightAligned: [5])
      for row in rows { table.append(cells(row)) }
      return rows.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(
        Self.names, rows.map { cells($0).map { $0 } }, escapesFormulas: report.escapesFormulas)
    case .json:
      return rows.map { row in
        let value: JSONValue = [
          "id": .string(row.id), "severity": .string(row.severity.rawValue),
          "state": .string(state(row)), "condition": .string(row.condition),
          "subject": .string(row.subject), "table": row.table.map { .string($0) } ?? .null,
          "title": .string(row.title), "since": .string("\(row.openedAt)"),
          "last_seen": .string("\(row.lastSeenAt)"), "times": JSONValue(row.count),
          "episodes": JSONValue(row.episodes), "owner": row.owner.map { .string($0) } ?? .null,
          "acknowledged_by": row.ackedBy.map { .string($0) } ?? .null,
          "resolved": row.resolvedAt.map { .string("\($0)") } ?? .null,
          "explained_by": row.foldedInto.map { .string($0) } ?? .null,
        ]
        return JSONWriter.text(value) + "\n"
      }.joined()
    }
  }

  private func cells(_ row: AlertRow) -> [String] {
    [
      String(row.id.prefix(12)), row.severity.rawValue, state(row), "\(row.openedAt)",
      "\(row.lastSeenAt)", "\(row.count)", row.title, row.owner ?? "",
    ]
  }

  private func state(_ row: AlertRow) -> String {
    if row.resolvedAt != nil { return "resolved" }
    if row.foldedInto != nil { return "explained" }
    if row.ackedAt != nil { return "acknowledged" }
    return row.toldAt == nil ? "silenced" : "open"
  }
}
