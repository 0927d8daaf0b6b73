import ArgumentParser
import Audit
import Core
import LakeTool
import UnixTool

/// What was done that somebody may be asked for.
@main struct AuditTool: MedallionTool {
  static let manual = ToolManual(
    "audit", "shows the record of what was done to a lake, and proves that it is whole",
    operands: "list|show|verify|rotate|head [NUMBER…|FILE…]",
    verdict: "the record is not whole, from the place that is told",
    examples: [
      ("audit list --kind 'key.*'", "who used or changed keys, when and why"),
      ("audit show 12", "an entry with all that it tells, and where it stands"),
      ("audit verify", "goes through all entries, to the first broken link"),
      ("audit head >>/safe/heads", "keeps what proves later that nothing was cut off"),
      ("audit verify --head /safe/heads", "proves it"),
      ("audit rotate", "begins a new file, so that the others can be put away"),
    ])

  /// What is asked.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    case list
    case show
    case verify
    case rotate
    case head
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Entries") var choice: EntryChoice

  @OptionGroup var report: ReportOptions

  @Option(
    help: ArgumentHelp(
      "verify: what 'head' printed, or a file of it, must be reached", valueName: "DIGEST|FILE"))
  var head: [String] = []

  @Argument(help: "what is asked")
  var question: Question

  @Argument(help: "show: numbers of entries; verify: files that were put away, in their order")
  var operands: [String] = []

  func validate() throws {
    if question != .show, question != .verify, let first = operands.first {
      throw ValidationError("'\(first)' is too much; '\(question.rawValue)' takes no operand")
    }
    if question != .verify, !head.isEmpty {
      throw ValidationError("'--head' is for 'audit verify'; leave it out")
    }
  }

  func run(_ console: Console) throws {
    switch question {
    case .list: try EntryList(lake.auditFolder, choice, report, console).write()
    case .show: try show(console)
    case .verify: try verify(console)
    case .head:
      guard let head = try lake.auditFolder.lastHead() else { return noRecord(console) }
      try console.write(head.line)
    case .rotate:
      guard try lake.auditFolder.lastHead() != nil else { return noRecord(console) }
      let head = try lake.audit(console).rotate()
      console.say("a new file begins with entry \(head.number)")
    }
  }

  private func show(_ console: Console) throws {
    guard !operands.isEmpty else {
      throw Fault(.usage, "no entry is named", remedy: "give numbers that 'audit list' shows")
    }
    let search = AuditSearch(in: lake.auditFolder)
    for text in operands {
      guard let number = Int(text), number > 0 else {
        throw Fault(.usage, "'\(text)' is no number of an entry", remedy: "see 'audit list'")
      }
      guard let hit = try search.entry(number) else {
        throw Fault(
          .missing, at: Place(lake.auditFolder.path), "there is no entry \(number)",
          remedy: "see 'audit list'")
      }
      try console.output.write(EntryReport(hit).text(report))
    }
  }

  private func noRecord(_ console: Console) {
    console.say("nothing was recorded yet in \(lake.auditFolder.path)")
  }
}
