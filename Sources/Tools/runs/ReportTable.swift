import Core
import JSON
import TextFormats
import UnixTool

/// Rows under names, in the form that was asked for.
struct ReportTable {
  let names: [String]
  /// The positions of numbers.
  var numbers: Set<Int> = []
  var rows: [[String?]] = []

  init(_ names: [String], numbers: Set<Int> = []) {
    self.names = names
    self.numbers = numbers
  }

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      var table = TextTable(names, rightAligned: numbers)
      for row in rows { table.append(row.map { $0 ?? "" }) }
      return rows.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(names, rows, escapesFormulas: report.escapesFormulas)
    case .json:
      return rows.map { row in
        let members = zip(names, row).enumerated().map { index, member in
          (
            member.0,
            member.1.map { numbers.contains(index) ? .number($0) : .string($0) } ?? .null
          ) as (String, JSONValue)
        }
        return JSONWriter.text(.object(JSONObject(members))) + "\n"
      }.joined()
    }
  }
}

/// `1.250`, `-0.250`: microseconds as seconds. What gets shorter has a negative change a day.
func seconds(_ microseconds: Int) -> String {
  let milliseconds = (microseconds / 1_000).magnitude
  let sign = microseconds <= -1_000 ? "-" : ""
  return "\(sign)\(milliseconds / 1_000).\(padded(Int(milliseconds % 1_000), 3))"
}

/// `12.5 MiB`.
func bytesText(_ bytes: Double) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var value = bytes
  var unit = 0
  while abs(value) >= 1_024, unit < units.count - 1 {
    value /= 1_024
    unit += 1
  }
  return unit == 0 ? "\(Int(value)) B" : "\((value * 10).rounded() / 10) \(units[unit])"
}
