import Core
import JSON
import LakeJobs
import Stewardship
import TextFormats
import UnixTool

/// What was found by words, in the form that was asked for.
struct SearchReport {
  private let hits: [CatalogSearch.Hit]

  init(_ search: CatalogSearch, limit: Int) {
    hits = Array(search.hits.prefix(max(1, limit)))
  }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      var table = TextTable(["kind", "name", "description"])
      for row in rows { table.append([row[0], row[1], TextTable.cut(row[2], 80)]) }
      return table.text
    case .json:
      return rows.map { row in
        let value: JSONValue = [
          "kind": .string(row[0]), "name": .string(row[1]), "description": .string(row[2]),
        ]
        return JSONWriter.text(value) + "\n"
      }.joined()
    case .csv:
      return CSVWriter.text(
        ["kind", "name", "description"], rows, escapesFormulas: report.escapesFormulas)
    }
  }

  private var rows: [[String]] {
    hits.map { hit in
      switch hit {
      case .entry(let entry): [entry.kind.rawValue, entry.name, entry.description ?? ""]
      case .column(let entry, let column):
        ["column", "\(entry.name).\(column.name)", column.description ?? ""]
      case .term(let term): ["term", term.name, term.summary]
      }
    }
  }
}

/// A term, in the form that was asked for.
struct TermReport {
  private let term: GlossaryTerm
  private let catalog: TableCatalog

  init(_ term: GlossaryTerm, _ catalog: TableCatalog) {
    self.term = term
    self.catalog = catalog
  }

  func text(_ report: ReportOptions) throws -> String {
    let bearers = catalog.bearers(of: term)
    switch report.format {
    case .text:
      var lines = Lines("\(term.name)  (term)")
      for line in term.text.split(separator: "\n") { lines.add(String(line)) }
      lines.add("also", term.synonyms.joined(separator: ", "))
      lines.add("domain", term.domain)
      lines.add("owner", term.owner)
      lines.add("written", "\(term.place)")
      for name in bearers { lines.add("borne by", name) }
      return lines.text
    case .json: return JSONWriter.text(CatalogJSON.term(term, bearers)) + "\n"
    case .csv:
      return CSVWriter.text(
        ["term", "borne_by"], bearers.map { [term.name, $0] },
        escapesFormulas: report.escapesFormulas)
    }
  }
}
