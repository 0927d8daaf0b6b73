import Bronze
import Core
import JSON
import Lakehouse
import TextFormats
import UnixTool

/// Who had rows replayed, when, how many and why.
struct ReplayList {
  private let replays: [(table: String, replay: QuarantineTable.Replay)]

  init(_ tables: [QuarantineTable]) throws {
    var replays: [(table: String, replay: QuarantineTable.Replay)] = []
    for table in tables {
      let name = table.shortName
      replays += try table.replays().map { (name, $0) }
    }
    // Those of one time stay by table.
    self.replays = replays.enumerated().sorted {
      ($0.element.replay.at, $0.offset) < ($1.element.replay.at, $1.offset)
    }.map(\.element)
  }

  private static let names = ["replayed_at", "table", "rows", "by", "why", "run_id"]

  func text(_ report: ReportOptions) -> String {
    switch report.format {
    case .text:
      var table = TextTable(Self.names, rightAligned: [2])
      for (name, replay) in replays { table.append(cells(name, replay)) }
      return replays.isEmpty ? "" : table.text
    case .csv:
      return CSVWriter.text(
        Self.names, replays.map(cells), escapesFormulas: report.escapesFormulas)
    case .json:
      return replays.map { name, replay in
        let values = cells(name, replay).enumerated().map { index, text in
          (Self.names[index], index == 2 ? JSONValue(replay.rows.count) : .string(text))
        }
        return JSONWriter.text(.object(JSONObject(values))) + "\n"
      }.joined()
    }
  }

  private func cells(_ table: String, _ replay: QuarantineTable.Replay) -> [String] {
    [
      "\(replay.at)", table, "\(replay.rows.count)", replay.reason.by, replay.reason.why,
      replay.runID,
    ]
  }
}
