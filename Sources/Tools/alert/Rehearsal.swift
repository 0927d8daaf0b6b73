import Core
import LakeJobs
import LakeTool
import Operations
import OperationsTool
import TextFormats
import UnixTool

/// Tries channels before they are needed.
struct Rehearsal {
  private let lake: Lake
  private let file: AlertsFile
  private let tool: AlertTool
  private let console: Console

  init(_ lake: Lake, _ file: AlertsFile, _ tool: AlertTool, _ console: Console) {
    self.lake = lake
    self.file = file
    self.tool = tool
    self.console = console
  }

  /// Sends a rehearsal by the channels called `names`, or by all; fails when one does not take it.
  func run(_ names: [String]) throws {
    let known = KnownNames("a channel of \(AlertsFile.fileName)", file.channels.map(\.name))
    for name in names { try known.check(name, at: nil) }
    guard !file.channels.isEmpty else {
      throw Fault(
        .configuration, at: Place("\(tool.lake.jobs)/\(AlertsFile.fileName)"),
        "there are no channels", remedy: "add 'channels:' to it")
    }
    let courier = tool.courier(lake, console)
    var table = TextTable(["channel", "kind", "outcome"])
    var faults: [Fault] = []
    for channel in file.channels where names.isEmpty || names.contains(channel.name) {
      console.progress(channel.name)
      switch courier.deliver(message(channel, .rehearse), by: channel) {
      case .delivered:
        table.append([channel.name, channel.word, "delivered"])
        // Nobody is to look for the end of an incident that was none.
        if case .pagerDuty = channel.kind {
          _ = courier.deliver(message(channel, .resolve), by: channel)
        }
      case .later(let words, _):
        table.append([channel.name, channel.word, "not now"])
        faults.append(
          Fault(
            .temporary, at: channel.place, "the channel '\(channel.name)': \(words)",
            remedy: "try it again later"))
      case .refused(let words):
        table.append([channel.name, channel.word, "refused"])
        faults.append(
          Fault(
            .io, at: channel.place, "the channel '\(channel.name)': \(words)",
            remedy: "mend its settings, its secret or the receiver"))
      }
    }
    try console.output.write(table.text)
    for fault in faults { console.fail(fault) }
  }

  private func message(
    _ channel: Channel, _ action: AlertMessage.Action
  ) -> AlertMessage {
    let now = console.clock.now
    return AlertMessage(
      id: SHA256.hex(of: "rehearsal \(channel.name)"), action, .info,
      title: "an alert by '\(channel.name)' would look like this",
      detail: "nothing is wrong: somebody tries whether alerts arrive",
      facts: [.init("channel", channel.name), .init("since", "\(now)")],
      steps: [.init("look", "alert list")], source: FactGatherer.source(of: lake), since: now,
      at: now)
  }
}
