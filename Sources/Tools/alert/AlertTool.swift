import ArgumentParser
import Core
import Database
import LakeJobs
import LakeTool
import Operations
import OperationsTool
import Runs
import UnixTool

/// Who has to know what.
@main struct AlertTool: MedallionTool {
  static let manual = ToolManual(
    "alert", "tells people of what went wrong, once, and of when it is well again",
    operands: "[run|deadlines|test|list|ack|silence|stats] [WHICH…]",
    examples: [
      ("alert", "looks for problems, and tells what is new and what is over"),
      ("alert deadlines", "looks only whether tables came in time; for a cron line of its own"),
      ("alert test slack", "sends a rehearsal by one channel, or by all"),
      ("alert list", "what is wrong now"),
      ("alert ack 3f9a2c17", "says that somebody sees to it: nobody else is called"),
      ("alert silence 'gold.*' --until 2026-03-02T06:00:00Z --why move", "keeps quiet till then"),
      ("alert stats", "which alerts people acted on, and which nobody ever did"),
    ])

  /// What is to be done.
  enum Action: String, CaseIterable, ExpressibleByArgument {
    case run
    case deadlines
    case test
    case list
    case ack
    case silence
    case stats
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @OptionGroup var report: ReportOptions

  @Flag(help: "also alerts that are resolved")
  var all = false

  @Option(help: ArgumentHelp("until when nothing is told", valueName: "TIME"))
  var until: Timestamp?

  @Option(help: ArgumentHelp("why nothing is told", valueName: "TEXT"))
  var why: String?

  @Option(help: ArgumentHelp("who says so (default: the user's name)", valueName: "NAME"))
  var by: String?

  @Option(help: ArgumentHelp("how long one attempt may take (default: 20s)", valueName: "SPAN"))
  var patience: TimeSpan?

  @Argument(help: "what to do (default: run)")
  var action = Action.run

  @Argument(help: "channels, alerts or patterns")
  var operands: [String] = []

  func run(_ console: Console) throws {
    let lakehouse = lake.lakehouse(console)
    let file = try AlertsFile(jobs: lake.jobs, fileSystem: lakehouse.fileSystem)
    switch action {
    case .run, .deadlines:
      guard operands.isEmpty else {
        throw Fault(
          .usage, "'\(operands[0])' is too much", remedy: "see '\(Self.manual.name) --help'")
      }
      try AlertWatch(lakehouse, file, self, console).run(onlyDeadlines: action == .deadlines)
    case .test: try Rehearsal(lakehouse, file, self, console).run(operands)
    case .list, .stats: try show(lakehouse, console)
    case .ack, .silence: try note(lakehouse, file, console)
    }
  }

  private func show(_ lakehouse: Lake, _ console: Console) throws {
    let ledger = try RunLedger(reading: lakehouse.root)
    let book = try ledger.flatMap { try AlertBook(reading: $0.connection) }
    let rows = try book?.alerts(all: all || action == .stats) ?? []
    try console.output.write(
      action == .list
        ? AlertList(rows).text(report) : AlertStats(rows, now: console.clock.now).text(report))
  }

  private func note(_ lakehouse: Lake, _ file: AlertsFile, _ console: Console) throws {
    guard let which = operands.first, operands.count == 1 else {
      throw Fault(
        .usage, "one alert or pattern is to be given", remedy: "see 'alert list' for what is open")
    }
    let book = try AlertBook(try RunLedger(lake: lakehouse.root).connection)
    let name = by ?? userName()
    if action == .ack {
      let row = try book.alert(identifiedBy: which)
      let source = FactGatherer.source(of: lakehouse)
      try AlertRound(book, file, source: source, at: console.clock.now)
        .acknowledge(row, by: name)
      return console.say("\(row.title): acknowledged by \(name)")
    }
    guard let until, until > console.clock.now else {
      throw Fault(
        .usage, "a silence needs an end that is to come", remedy: "give --until TIME")
    }
    try book.silence(which, until: until, by: name, why: why, at: console.clock.now)
    console.say("nothing is told of '\(which)' until \(until)")
  }
}
