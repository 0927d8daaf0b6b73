import Audit
import Core
import TextFormats
import UnixTool

/// Lists entries of the record, the oldest first, in the form that was asked for.
struct EntryList {
  private let folder: AuditFolder
  private let choice: EntryChoice
  private let report: ReportOptions
  private let console: Console

  init(
    _ folder: AuditFolder, _ choice: EntryChoice, _ report: ReportOptions, _ console: Console
  ) {
    self.folder = folder
    self.choice = choice
    self.report = report
    self.console = console
  }

  private static let names = ["number", "time", "user", "tool", "kind", "subject", "details"]
  private static let standardCount = 100

  func write() throws {
    // All of them may be more than memory holds, and are written as they are read.
    if choice.count == nil, report.format != .text {
      try writeHead()
      try AuditSearch(in: folder).forEach(choice.choice) { try write($0) }
      return
    }
    let limit = choice.count ?? Self.standardCount
    var last: [AuditSearch.Hit] = []
    var passed = 0
    try AuditSearch(in: folder).forEach(choice.choice) { hit in
      last.append(hit)
      if last.count >= 2 * limit {
        passed += last.count - limit
        last.removeFirst(last.count - limit)
      }
    }
    passed += max(0, last.count - limit)
    let shown = last.suffix(limit)
    if report.format == .text {
      var table = TextTable(Self.names, rightAligned: [0])
      for hit in shown { table.append(cells(hit.record)) }
      if !shown.isEmpty { try console.output.write(table.text) }
      if passed > 0, choice.count == nil {
        console.say("\(passed) before these; give -n, or --format json for all")
      }
    } else {
      try writeHead()
      for hit in shown { try write(hit) }
    }
  }

  private func writeHead() throws(Fault) {
    guard report.format == .csv else { return }
    try console.output.write(CSVWriter.text(Self.names, []))
  }

  private func write(_ hit: AuditSearch.Hit) throws(Fault) {
    if report.format == .json { return try console.output.write(hit.line + [0x0A]) }
    try console.output.write(
      CSVWriter.text(cells(hit.record), [], escapesFormulas: report.escapesFormulas))
  }

  private func cells(_ record: AuditRecord) -> [String] {
    [
      "\(record.number)", "\(record.time)", record.who.login ?? record.who.user,
      record.who.tool, record.entry.kind, record.entry.subject,
      record.entry.details.map { "\($0.name)=\($0.value)" }.joined(separator: ", "),
    ]
  }
}
