import Columnar
import Core
import JSON
import TextFormats
import UnixTool
import Warehouse

/// The text of a report on facts, in the form that was asked for.
struct ReportText {
  private let report: FactReport

  init(_ report: FactReport) { self.report = report }

  func text(_ options: ReportOptions) -> String {
    let cells = report.rows.map { $0.map(Self.cell) }
    switch options.format {
    case .text:
      var table = TextTable(report.names)
      for row in cells { table.append(row.map { $0 ?? "" }) }
      return cells.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(report.names, cells, escapesFormulas: options.escapesFormulas)
    case .json:
      return report.rows.map { row in
        let members = zip(report.names, row).map { ($0, Self.value($0, $1)) }
        return JSONWriter.text(.object(JSONObject(members))) + "\n"
      }.joined()
    }
  }

  private static func cell(_ value: Scalar) -> String? {
    switch value {
    case .null: nil
    case .string(let text): text
    case .integer(let number): "\(number)"
    default: "\(value)"
    }
  }

  private static func value(_ name: String, _ value: Scalar) -> JSONValue {
    switch value {
    case .null: .null
    case .integer(let number): JSONValue(number)
    case .string(let text) where name == "measures":
      (try? JSONValue(parsing: text)) ?? .string(text)
    default: .string(cell(value) ?? "")
    }
  }
}
