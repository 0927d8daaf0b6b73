import Core
import Ingest
import JSON
import TextFormats
import UnixTool

/// The sequence numbers that did not come, a run of them a row.
struct GapList {
  private let tillFields: [String]
  private let rows: [(till: Till, counts: [Int64])]

  init(_ sequences: TillSequences) {
    tillFields = sequences.tillFields
    rows = sequences.gaps.map { gap in
      (gap.till, [gap.numbers.lowerBound, gap.numbers.upperBound, Int64(gap.numbers.count)])
    }
  }

  /// The list in the form that was asked for.
  func text(_ report: ReportOptions) -> String {
    let names = tillFields + ["first", "last", "count"]
    switch report.format {
    case .text:
      let width = tillFields.count
      var table = TextTable(names, rightAligned: Set(width..<(width + 3)))
      for row in rows { table.append(row.till.labels + row.counts.map { "\($0)" }) }
      return rows.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(
        names, rows.map { $0.till.names + $0.counts.map { "\($0)" } },
        escapesFormulas: report.escapesFormulas)
    case .json:
      return rows.map { row in
        let values: [JSONValue] =
          row.till.names.map { $0.map { .string($0) } ?? .null } + row.counts.map { JSONValue($0) }
        return JSONWriter.text(.object(JSONObject(Array(zip(names, values))))) + "\n"
      }.joined()
    }
  }
}
