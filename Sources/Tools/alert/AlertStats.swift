import Core
import JSON
import Operations
import TextFormats
import UnixTool

/// Which alerts were worth a word: those that nobody ever did anything about are not.
struct AlertStats {
  /// For so long nobody must have acted before an alert is proposed for removal.
  private static let patience: Int64 = 90 * 86_400
  private static let names = [
    "condition", "subject", "table", "episodes", "times", "acknowledged", "last_seen", "proposal",
  ]

  private let rows: [AlertRow]
  private let now: Timestamp

  init(_ rows: [AlertRow], now: Timestamp) {
    // What came often and moved nobody stands first.
    self.rows = rows.sorted { left, right in
      (left.acknowledgements, right.episodes, left.id)
        < (right.acknowledgements, left.episodes, right.id)
    }
    self.now = now
  }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      var table = TextTable(Self.names, rightAligned: [3, 4, 5])
      for row in rows { table.append(cells(row)) }
      return rows.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(
        Self.names, rows.map { cells($0).map { $0 } }, escapesFormulas: report.escapesFormulas)
    case .json:
      return rows.map { row in
        let members = zip(Self.names, cells(row)).map { ($0, JSONValue.string($1)) }
        return JSONWriter.text(.object(JSONObject(members))) + "\n"
      }.joined()
    }
  }

  private func cells(_ row: AlertRow) -> [String] {
    [
      row.condition, row.subject, row.table ?? "", "\(row.episodes)", "\(row.count)",
      "\(row.acknowledgements)", "\(row.lastSeenAt)", proposal(row),
    ]
  }

  private func proposal(_ row: AlertRow) -> String {
    let isOld = row.openedAt.adding(seconds: Self.patience).map { $0 <= now } ?? false
    return row.acknowledgements == 0 && isOld ? "remove: nobody acted on it in 90 days" : ""
  }
}
