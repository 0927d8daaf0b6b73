import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Operations
import Runs
import UnixTool

/// A command for each time that files land.
@main struct LandingWatchTool: MedallionTool {
  static let manual = ToolManual(
    "landing-watch", "runs a command when files have landed",
    operands: "[FOLDER…] -- COMMAND…", verdict: "with --once: the command ended with 1",
    examples: [
      ("landing-watch -- make refresh", "watches the landing folders of jobs/sources.yml"),
      ("landing-watch drops -- run-job files -- ingest-files", "watches a folder"),
      ("landing-watch --once -- make ingestion", "looks once: for cron"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Flag(help: "look once, run the command if something is new, and end with its status")
  var once = false

  @Option(
    help: ArgumentHelp("files that have not changed for so long are whole", valueName: "TIME"))
  var settle: TimeSpan?

  @Argument(help: "folders (default: those of sources.yml), and behind -- the command as it is")
  var operands: [String] = []

  /// What stands behind `--`: the parser takes both for operands.
  var command: [String] {
    let arguments = CommandLine.arguments
    guard let mark = arguments.firstIndex(of: "--") else { return [] }
    return operands.suffix(arguments.count - mark - 1)
  }

  var folders: [String] { operands.dropLast(command.count) }

  /// The folders that are watched.
  func watched(_ lakehouse: Lake) throws -> [String] {
    guard !command.isEmpty else {
      throw Fault(
        .usage, "there is no command", remedy: "write it behind --: landing-watch -- COMMAND…")
    }
    let watched =
      try folders.isEmpty
      ? Workspace(lake: lakehouse, jobsFolder: lake.jobs, needing: .readable)
        .sources().landings.map(\.folder)
      : folders.map { try FileAddress.path($0) }
    guard !watched.isEmpty else {
      throw Fault(
        .configuration, at: Place("\(lake.jobs)/sources.yml"), "there is no landing folder",
        remedy: "add one below 'landing:', or name folders")
    }
    return watched
  }

  func run(_ console: Console) throws {
    let lakehouse = lake.lakehouse(console)
    let watched = try watched(lakehouse)
    var guarded = GuardedCommand(RawText.lastArguments(command.count))
    guarded.alarm = console.endingAlarm
    let watch = try FolderWatch(watched, alarm: console.endingAlarm)
    let landing = LandingWatch(
      watched, lake: lakehouse.root, key: (watched + command).joined(separator: "\0"),
      settle: settle?.duration ?? .seconds(2)
    ) {
      Secret.learn(in: "\(lake.lake)/_secrets")
      let outcome = try guarded.run { console.passTalk($0.text, $0.level) }
      if outcome.status != 0 {
        console.note("the command ended with \(outcome.status)")
      }
      return outcome.status
    }
    var status = 0
    try console.finishingWhatCame {
      if once {
        status = try landing.once(watch)
      } else {
        try landing.forever(watch, RetryPolicy()) { console.fail($0) }
      }
    }
    try console.leave(with: status)
  }
}
