import ArgumentParser
import Core
import Delta
import LakeJobs
import LakeTool
import Maintenance
import UnixTool

/// What happened to a table, and what differs between two of its versions.
@main struct LakeLog: MedallionTool {
  static let manual = ToolManual(
    "lake-log", "shows the history of a table, or in which rows two versions differ",
    operands: "[diff|clone] TABLE [A [B]]", verdict: "two versions differ",
    examples: [
      ("lake-log silver.sales_lines", "every version, the newest first"),
      ("lake-log --stat -n 5 gold.sales", "the last five, with their partitions"),
      ("lake-log diff silver.products 3 4", "the rows in which version 4 differs from 3"),
      ("lake-log diff gold.sales 2026-03-01 --format json", "those that changed since"),
      ("lake-log clone gold.sales@12 /tmp/try", "a copy of version 12 that shares its files"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var sight: SightOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format = LogFormat.text

  @Flag(help: "also what each commit did to each partition")
  var stat = false

  @Option(
    name: .customShort("n"), help: ArgumentHelp("at most so many versions", valueName: "N"))
  var count: Int?

  @Option(help: ArgumentHelp("only from this version or time on", valueName: "VERSION|TIME"))
  var since: TableVersion?

  @Option(
    help: ArgumentHelp(
      "diff: columns that tell rows apart (default: the keys of its flow)",
      valueName: "COLUMN,…"))
  var key: String?

  @Flag(help: "diff: compare whole rows, whatever keys there are")
  var whole = false

  @Option(
    help: ArgumentHelp("diff: show at most so many rows (default: 10, JSON: all)", valueName: "N"))
  var limit: Int?

  @Argument(help: "diff, clone or nothing, a table, for diff versions or times, for clone a folder")
  var operands: [String] = []

  func validate() throws {
    guard count.map({ $0 > 0 }) ?? true else {
      throw ValidationError("'\(count ?? 0)' is no number of versions; give one from 1")
    }
    guard limit.map({ $0 >= 0 }) ?? true else {
      throw ValidationError("'\(limit ?? 0)' is no number of rows; give one from 0")
    }
  }

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .readable)
    if operands.first == "diff" {
      return try diff(Array(operands.dropFirst()), workspace, console)
    }
    guard try sight.eyes.chosen(lake, options) == nil else {
      throw Fault(
        .denied, "a role sees rows, not what was done to a table with all that it has",
        remedy: "ask 'lake-log diff', or leave --role out")
    }
    if operands.first == "clone" {
      return try clone(Array(operands.dropFirst()), workspace, console)
    }
    guard let name = operands.first, operands.count == 1 else {
      throw Fault(
        .usage, operands.isEmpty ? "no table is named" : "'\(operands[1])' is too much",
        remedy: "give one table, or ask 'lake-log diff TABLE A B'")
    }
    var choice = TableHistory.Choice()
    choice.count = count ?? .max
    choice.sinceVersion = since?.version
    choice.sinceTime = since?.time
    let history = try TableHistory(of: name, choice, in: workspace)
    try HistoryReport(history, showsPartitions: stat).write(format, to: console)
  }
}

extension Table.Moment {
  /// The version or time that `text` spells; the newest for nil.
  init(spelled text: String?) throws(Fault) {
    switch text.map({ TableVersion(argument: $0) }) {
    case nil: self = .latest
    case .version(let version)??: self = .version(version)
    case .time(let time)??: self = .timestampInHistory(time)
    case .some(nil):
      throw Fault(
        .usage, "'\(text ?? "")' is neither a version nor a time",
        remedy: "give one such as 3 or 2026-03-01T06:00:00Z")
    }
  }
}

/// The form of a report that people or programs read.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}
