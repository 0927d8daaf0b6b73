import Core
import Governance
import JSON
import Stewardship
import TextFormats
import UnixTool

/// An entry, or a column of it, in the form that was asked for.
struct EntryReport {
  private let entry: CatalogEntry
  private let column: CatalogColumn?
  private let catalog: TableCatalog

  init(_ entry: CatalogEntry, column: CatalogColumn?, _ catalog: TableCatalog) {
    self.entry = entry
    self.column = column
    self.catalog = catalog
  }

  func text(_ report: ReportOptions) throws -> String {
    switch report.format {
    case .text: return column.map(text) ?? text
    case .json:
      let json = column.map { CatalogJSON.column($0) } ?? CatalogJSON.entry(entry)
      return JSONWriter.text(json) + "\n"
    case .csv:
      return CSVWriter.text(
        ["table", "column", "type", "description", "terms", "labels", "expression"],
        (column.map { [$0] } ?? entry.columns).map { column in
          [
            entry.name, column.name, column.type, column.description,
            column.terms.joined(separator: ", "), column.labels.joined(separator: ", "),
            column.expression,
          ]
        }, escapesFormulas: report.escapesFormulas)
    }
  }

  // MARK: Text

  private var text: String {
    var lines = Lines("\(entry.name)  (\(entry.kind.rawValue))")
    lines.add(entry.description)
    addStanding(&lines)
    lines.add("owner", entry.owner)
    lines.add("domain", entry.domain)
    lines.add("terms", entry.terms.joined(separator: ", "))
    lines.add("declared", entry.place.map { "\($0)" })
    lines.add("lies", entry.location)
    lines.add("key", entry.keys.joined(separator: ", "))
    lines.add("partitions", entry.partitions.joined(separator: ", "))
    addState(&lines)
    lines.add("made from", entry.upstream.joined(separator: ", "))
    lines.add("feeds", entry.downstream.joined(separator: ", "))
    for count in entry.setAside {
      lines.add("set aside", "\(count.rule): \(count.waiting) waiting, \(count.replayed) replayed")
    }
    return lines.text + "\n" + columns + rules + history
  }

  private func addStanding(_ lines: inout Lines) {
    let past = entry.past
    switch entry.standing {
    case .there: break
    case .notRead:
      lines.add("not read since", past.unreadSince.map { "\($0)" } ?? "now")
      lines.add("because", entry.unread)
    case .missing: lines.add("missing since", past.missingSince.map { "\($0)" })
    case .dropped:
      lines.add("dropped", past.dropped.map { "\($0.time) by \($0.by): \($0.why)" })
    }
    lines.add("first seen", past.firstSeen.map { "\($0)" })
    lines.add("was called", past.formerNames.joined(separator: ", "))
  }

  private func addState(_ lines: inout Lines) {
    if let state = entry.state {
      let parts = [
        state.rowCount.map { counted($0, "row") }, state.byteCount.map { counted($0, "byte") },
        state.fileCount.map { counted($0, "file") }, state.version.map { "version \($0)" },
        state.changed.map { "of \($0)" },
      ]
      lines.add("holds", parts.compactMap { $0 }.joined(separator: ", "))
    } else if ["bronze", "silver", "gold", "warehouse"].contains(entry.layer), entry.unread == nil {
      lines.add("holds", "nothing yet")
    }
    lines.add("last run", entry.lastRun.map { "\($0.job), \($0.time), \($0.id)" })
  }

  private var columns: String {
    var table = TextTable(["column", "type", "terms", "labels", "description"])
    for column in entry.columns {
      table.append([
        column.name, TextTable.cut(column.type ?? "", 24), column.terms.joined(separator: ", "),
        column.labels.joined(separator: ", "), column.description ?? "",
      ])
    }
    return entry.columns.isEmpty ? "no columns are known\n" : table.text
  }

  private var rules: String {
    guard !entry.rules.isEmpty else { return "" }
    var table = TextTable(["rule", "level", "last", "rows", "asks"], rightAligned: [3])
    for rule in entry.rules {
      let last = rule.outcomes.last
      table.append([
        TextTable.cut(rule.name, 40), rule.level,
        last.map { $0.holds ? "held" : "broken" } ?? "", last?.rowCount.map { "\($0)" } ?? "",
        TextTable.cut(rule.text.split { $0.isWhitespace }.joined(separator: " "), 60),
      ])
    }
    return "\n" + table.text
  }

  private var history: String {
    guard entry.schemaHistory.count > 1 else { return "" }
    var table = TextTable(["version", "time", "columns"], rightAligned: [0])
    for (before, version) in zip(
      [nil] + entry.schemaHistory.map(Optional.some), entry.schemaHistory)
    {
      table.append(["\(version.version)", "\(version.time)", version.words(after: before)])
    }
    return "\n" + table.text
  }

  private func text(of column: CatalogColumn) -> String {
    var lines = Lines("\(entry.name).\(column.name)  (\(column.type ?? "no type is known"))")
    lines.add(column.description)
    lines.add("described by", column.describedBy)
    lines.add("owner", entry.owner)
    lines.add("terms", column.terms.joined(separator: ", "))
    lines.add("labels", column.labels.joined(separator: ", "))
    lines.add("computed", column.expression)
    for origin in column.origins {
      lines.add("from", "\(origin.table).\(origin.column)  (\(origin.words))")
    }
    if let statistics = column.statistics {
      lines.add("NULL", statistics.nullCount.map { counted($0, "row") })
      lines.add("least", statistics.least)
      lines.add("greatest", statistics.greatest)
    }
    lines.add(
      "touches",
      catalog.impact(of: entry, column: column.name)
        .map(\.description).joined(separator: ", "))
    return lines.text
  }
}

/// Lines under a heading, each what a title is.
struct Lines {
  private(set) var text: String

  init(_ heading: String) { text = shown(heading) + "\n" }

  mutating func add(_ words: String?) {
    if let words { text += "  \(shown(words))\n" }
  }

  mutating func add(_ title: String, _ value: String?) {
    if let value, !value.isEmpty { add("\(title): \(value)") }
  }
}
