import ArgumentParser
import Core
import Ingest
import JSON
import LakeJobs
import LakeTool
import TextFormats
import UnixTool

/// What events tell of the tills that sent them.
struct TillOptions: ParsableArguments {
  @Option(
    name: .customLong("max-skew"),
    help: ArgumentHelp(
      "tell of events that are so far ahead of the clock (default: 5m)", valueName: "TIME"))
  var maxSkew: TimeSpan?

  @Flag(help: "print the sequence numbers that did not come, by till")
  var gaps = false

  @OptionGroup var report: ReportOptions

  /// By how much a till's clock may be off.
  var maximumSkew: Duration { maxSkew?.duration ?? .seconds(300) }

  /// Prints the numbers that are missing in `sequences`, those of the events of `contract`.
  func printGaps(
    _ sequences: TillSequences?, of contract: BronzeContract, _ console: Console
  ) throws {
    guard let sequences else {
      throw Fault(
        .configuration, at: contract.place,
        "\(contract.name) does not say which field numbers the events of a till",
        remedy: "add TBLPROPERTIES ('ingest.sequence' = 'FIELD')")
    }
    try console.output.write(text(sequences))
    for (till, count) in sequences.givenUp {
      console.say("\(till): \(count) numbers are not waited for any longer")
    }
  }

  /// That files are named where none is read.
  static let noFiles = Fault(
    .usage, "files are named, but '--gaps' reads none", remedy: "give one or the other")

  private func text(_ sequences: TillSequences) -> String {
    let names = sequences.tillFields + ["first", "last", "count"]
    let rows = sequences.gaps.map { gap in
      (
        till: gap.till,
        counts: [gap.numbers.lowerBound, gap.numbers.upperBound, Int64(gap.numbers.count)]
      )
    }
    switch report.format {
    case .text:
      let width = sequences.tillFields.count
      var table = TextTable(names, rightAligned: Set(width..<(width + 3)))
      for row in rows { table.append(row.till.labels + row.counts.map { "\($0)" }) }
      return rows.isEmpty ? "" : table.text
    case .csv:
      let lines = rows.map { $0.till.names.map { csv($0 ?? "") } + $0.counts.map { "\($0)" } }
      return ([names.map(csv)] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
    case .json:
      return rows.map { row in
        let values: [JSONValue] =
          row.till.names.map { $0.map { .string($0) } ?? .null } + row.counts.map { JSONValue($0) }
        return JSONWriter.text(.object(JSONObject(Array(zip(names, values))))) + "\n"
      }.joined()
    }
  }

  private func csv(_ text: String) -> String {
    let isPlain = !text.contains { ",\"\r\n".contains($0) }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
