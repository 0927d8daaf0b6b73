import ArgumentParser
import Audit
import Core
import Delta
import LakeJobs
import LakeTool
import Maintenance
import UnixTool

/// Brings a former version of a table back.
@main struct LakeRestore: MedallionTool {
  static let manual = ToolManual(
    "lake-restore", "brings a former version of a table back, as a new version",
    operands: "TABLE --version N | --time TIME",
    examples: [
      ("lake-restore gold.sales --version 12 --dry-run", "says what would come and go"),
      ("lake-restore silver.products --time 2026-03-01T06:00:00Z", "as it was at that time"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup(title: "Run") var reason: ReasonOption

  @Option(
    name: .customLong("to-version"),
    help: ArgumentHelp("the version that is to be back; also --version N", valueName: "N"))
  var version: Int64?

  @Option(help: ArgumentHelp("the time as of which it is to be back", valueName: "TIME"))
  var time: Timestamp?

  @Argument(help: "the table")
  var table: String

  /// With a number behind it `--version` says which one is to be back; alone it asks for the
  /// tool's own.
  static func arranged(_ arguments: [String]) -> [String] {
    var arranged = arguments
    for (index, argument) in arguments.enumerated() {
      if argument == "--version", index + 1 < arguments.count, Int64(arguments[index + 1]) != nil {
        arranged[index] = "--to-version"
      } else if argument.hasPrefix("--version=") {
        arranged[index] = "--to-\(argument.dropFirst(2))"
      }
    }
    return arranged
  }

  func run(_ console: Console) throws {
    let moment = try moment()
    let workspace = try lake.workspace(console, needing: .readable)
    let found = try workspace.maintainedTable(named: table)
    let restore = TableRestore(workspace)
    if trial.dryRun {
      for step in try restore.plan(found, at: moment) { try console.write(words(step)) }
      return
    }
    let target = try restore.plan(found, at: moment)[0]
    let entry = lake.entry(
      "restore", "\(found.name)",
      [
        ("from_version", "\(target.current.version)"),
        ("to_version", target.wanted.map { "\($0.version)" } ?? "none"),
      ], why: reason.why)
    let (steps, version) = try lake.audit(console).recording(entry) {
      try restore.restore(found, at: moment)
    }
    guard let version else {
      return console.say("\(found.name) stands as it did then")
    }
    for step in steps { try console.write(words(step)) }
    console.say("\(found.name) stands at version \(version) now")
  }

  private func moment() throws(Fault) -> Table.Moment {
    switch (version, time) {
    case (let version?, nil): return .version(version)
    case (nil, let time?): return .timestampInHistory(time)
    default:
      throw Fault(
        .usage, "one of --version N and --time TIME is needed",
        remedy: "see 'lake-log \(table)' for the versions there are")
    }
  }

  /// `silver.sales: back to version 3 from 7: 2 files come back, 1 goes`.
  private func words(_ step: TableRestore.Step) -> String {
    let (added, removed) = step.fileCounts
    let target = step.wanted.map { "back to version \($0.version)" } ?? "emptied"
    return "\(step.table.name): \(target), from version \(step.current.version): "
      + "\(counted(added, "file")) \(added == 1 ? "comes" : "come") back, "
      + "\(removed) \(removed == 1 ? "goes" : "go")"
  }
}
