import Audit
import Core
import TextFormats
import UnixTool

/// One entry with all that it tells.
struct EntryReport {
  private let hit: AuditSearch.Hit

  init(_ hit: AuditSearch.Hit) { self.hit = hit }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .json: return String(decoding: hit.line, as: UTF8.self) + "\n"
    case .csv:
      return CSVWriter.text(
        ["name", "value"], rows.map { [$0.0, $0.1] }, escapesFormulas: report.escapesFormulas)
    case .text:
      var table = TextTable(["name", "value"])
      for (name, value) in rows { table.append([name, value]) }
      return table.text
    }
  }

  private var rows: [(String, String)] {
    let record = hit.record
    let who = record.who
    let facts: [(String, String?)] = [
      ("number", "\(record.number)"), ("place", "\(hit.place)"), ("time", "\(record.time)"),
      ("given_time", record.givenTime.map { "\($0)" }), ("uid", "\(who.userID)"),
      ("user", who.user), ("login", who.login), ("host", who.host), ("tool", who.tool),
      ("version", who.version), ("build", who.build), ("run", who.runID),
      ("kind", record.entry.kind), ("subject", record.entry.subject),
    ]
    return facts.compactMap { name, value in value.map { (name, $0) } }
      + record.entry.details.map { ("details.\($0.name)", $0.value) }
      + [("previous", record.previous), ("digest", record.digest)]
  }
}
