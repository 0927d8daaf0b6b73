import Access
import Columnar
import Core
import JSON
import LakeJobs
import TextFormats
import UnixTool

/// Who gains or loses what, in the form that was asked for.
struct DifferenceReport {
  private let difference: PolicyDifference

  init(_ difference: PolicyDifference) { self.difference = difference }

  func text(_ report: ReportOptions) -> String {
    let cells = difference.items.map { item in
      [
        item.subject, item.direction.rawValue, "\(item.table)", item.column ?? "", item.before,
        item.after,
      ]
    }
    let names = ["who", "what", "table", "column", "before", "after"]
    return tableText(names, cells, report, none: "nobody sees more or less\n")
  }
}

/// How much of what each role sees, in the form that was asked for.
struct SightReport {
  private let cells: [[String]]

  init(
    _ policy: AccessPolicy, _ subjects: [String],
    _ tables: [(name: LakeTableName, columns: [LabelledColumn])], day: CivilDate
  ) {
    cells = subjects.flatMap { subject in
      tables.compactMap { table, columns -> [String]? in
        guard
          case .granted(let rows, let rulings) = policy.ruling(
            for: subject, on: table, columns: columns, day: day)
        else { return nil }
        func list(_ test: (ColumnRuling.Look) -> Bool) -> String {
          rulings.filter { test($0.look) }.map(\.column).joined(separator: ", ")
        }
        return [
          subject, "\(table)", rows.isEmpty ? "all" : rows.map(\.text).joined(separator: " or "),
          list { $0 == .shown }, list { $0 != .shown && $0 != .hidden }, list { $0 == .hidden },
        ]
      }
    }
  }

  func text(_ report: ReportOptions) -> String {
    tableText(
      ["who", "table", "rows", "shown", "masked", "hidden"], cells, report,
      none: "nobody sees anything\n")
  }
}

/// What somebody sees of a table and why, in the form that was asked for.
struct ExplainReport {
  private let head: String
  private let subject: String
  private let cells: [[String]]

  init(
    _ subject: String, _ table: LakeTableName, _ columns: [LabelledColumn], _ ruling: TableRuling,
    roles: [String]
  ) {
    self.subject = subject
    let named = "\(subject) on \(table), by \(roles.joined(separator: ", ")): "
    switch ruling {
    case .denied(let rule):
      head = "\(named)nothing (\(rule))\n"
      cells = []
    case .granted(let rows, let rulings):
      head =
        named
        + (rows.isEmpty
          ? "all rows\n"
          : rows.map { "rows where \($0.text) (\($0.place))" }.joined(separator: " or ") + "\n")
      cells = rulings.map { ruling in
        let labels = columns.first { $0.name == ruling.column }?.labels ?? []
        return [ruling.column, labels.joined(separator: ", "), ruling.look.words, ruling.rule]
      }
    }
  }

  func text(_ report: ReportOptions) -> String {
    let names = ["column", "labels", "look", "rule"]
    guard report.format == .text else {
      return tableText(["who"] + names, cells.map { [subject] + $0 }, report, none: "")
    }
    return shown(String(head.dropLast())) + "\n" + tableText(names, cells, report, none: "")
  }

  /// How some rows look.
  static func sample(_ rows: any BatchSource) throws -> String {
    var text = "\n"
    while let batch = try rows.next() { text += TextTable(batch.compacted(), widestCell: 30).text }
    return text
  }
}

/// A table of texts in the form that was asked for; `none` stands for one without rows.
private func tableText(
  _ names: [String], _ cells: [[String]], _ report: ReportOptions, none: String
) -> String {
  switch report.format {
  case .text:
    guard !cells.isEmpty else { return none }
    var table = TextTable(names)
    for row in cells { table.append(row.map { TextTable.cut($0, 60) }) }
    return table.text
  case .json:
    return cells.map { row in
      let members = zip(names, row).map { ($0, JSONValue.string($1)) }
      return JSONWriter.text(.object(JSONObject(members))) + "\n"
    }.joined()
  case .csv:
    return CSVWriter.text(names, cells, escapesFormulas: report.escapesFormulas)
  }
}
