import Core
import JSON
import LakeJobs
import Stewardship
import TextFormats
import UnixTool

/// What a check found, in the form that was asked for.
struct CheckReport {
  private let check: CatalogCheck
  private let catalog: TableCatalog

  init(_ check: CatalogCheck, _ catalog: TableCatalog) {
    self.check = check
    self.catalog = catalog
  }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      let lines = check.findings.map { finding in
        let place = finding.place.map { "\($0): " } ?? ""
        let words = "\(place)\(finding.subject): \(finding.problem); \(finding.remedy)"
        return shown("\(finding.level.rawValue): \(words)") + "\n"
      }
      return lines.joined() + sum
    case .json:
      return check.findings.map { finding in
        let value: JSONValue = [
          "rule": .string(finding.rule.rawValue), "level": .string(finding.level.rawValue),
          "subject": .string(finding.subject),
          "place": finding.place.map { .string("\($0)") } ?? .null,
          "problem": .string(finding.problem), "remedy": .string(finding.remedy),
        ]
        return JSONWriter.text(value) + "\n"
      }.joined()
    case .csv:
      return CSVWriter.text(
        ["level", "rule", "subject", "place", "problem", "remedy"],
        check.findings.map { finding in
          [
            finding.level.rawValue, finding.rule.rawValue, finding.subject,
            finding.place.map { "\($0)" }, finding.problem, finding.remedy,
          ]
        }, escapesFormulas: report.escapesFormulas)
    }
  }

  private var sum: String {
    let tables = catalog.entries.filter { $0.standing != .dropped }
    let columns = tables.flatMap(\.columns)
    let described = columns.count { $0.description != nil }
    let owned = tables.count { $0.owner != nil }
    return "\(counted(tables.count, "table")), \(owned) of them owned; "
      + "\(counted(columns.count, "column")), \(described) of them described; "
      + "\(counted(catalog.glossary.terms.count, "term"))\n"
  }
}

/// What changed, in the form that was asked for.
struct DifferenceReport {
  private let difference: CatalogDifference

  init(_ difference: CatalogDifference) { self.difference = difference }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      let since = difference.time.map { "look \(difference.version), \($0)" } ?? "the beginning"
      let lines = difference.items.map { item in
        shown("\(item.kind.rawValue): \(item.name)") + "\n"
          + item.details.map { "  \(shown($0))\n" }.joined()
      }
      return "since \(since): "
        + (lines.isEmpty ? "nothing changed\n" : "\(counted(lines.count, "change"))\n")
        + lines.joined()
    case .json:
      return difference.items.map { item in
        let value: JSONValue = [
          "change": .string(item.kind.rawValue), "name": .string(item.name),
          "details": .array(item.details.map { .string($0) }),
        ]
        return JSONWriter.text(value) + "\n"
      }.joined()
    case .csv:
      return CSVWriter.text(
        ["change", "name", "detail"],
        difference.items.flatMap { item in
          (item.details.isEmpty ? [nil] : item.details.map(Optional.some)).map {
            [item.kind.rawValue, item.name, $0]
          }
        }, escapesFormulas: report.escapesFormulas)
    }
  }
}
