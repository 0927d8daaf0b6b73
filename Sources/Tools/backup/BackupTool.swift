import ArgumentParser
import Core
import LakeTool
import Recovery
import UnixTool

/// Takes the whole suite's state as one, and keeps it.
@main struct BackupTool: MedallionTool {
  static let manual = ToolManual(
    "backup", "takes lake, positions, warehouse, ledger and jobs as one, and keeps them sealed",
    operands: "create|list|verify|forget|prune|init|key|… [NAME…]",
    examples: [
      ("backup key backup.key", "a new key; keep it apart from the backup"),
      ("backup init --to /mnt/backup --key backup.key", "makes a backup that the key opens"),
      ("backup create --to /mnt/backup --key backup.key", "takes an epoch, while tools run"),
      ("backup verify --to /mnt/backup --read-data all", "reads every byte"),
      ("backup forget --keep-daily 7 --keep-monthly 12 -n", "says which epochs would go"),
      ("backup create --to rclone:store:medallion", "to whatever rclone reaches"),
    ])

  /// What is to be done.
  enum Action: String, CaseIterable, ExpressibleByArgument {
    case create
    case list
    case verify
    case forget
    case prune
    case `init`
    case key
    case add
    case remove
    case recipients
    case keys
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Lake") var place: WarehouseOption
  @OptionGroup(title: "Backup") var backup: BackupOptions
  @OptionGroup(title: "Backup") var choice: BackupChoice
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption
  @OptionGroup var report: ReportOptions

  @Argument(help: "what to do")
  var action: Action

  @Argument(help: "a file for a new key, a recipient")
  var names: [String] = []

  func run(_ console: Console) throws {
    if action == .key {
      let path = try name("a file for the key")
      try BackupOptions.writeKey(Recipients.newKeyText(), to: path)
      return console.say("\(path): keep a copy of it apart from the backup; without it none opens")
    }
    let desk = try BackupDesk(lake, place, backup, choice, console)
    switch action {
    case .key: break
    case .create: try desk.create()
    case .list: try console.output.write(desk.list(report))
    case .verify: try desk.verify(report)
    case .forget: try desk.forget(isTrial: trial.dryRun)
    case .prune: try desk.prune(isTrial: trial.dryRun)
    case .`init`: try desk.make(for: names.first ?? "owner")
    case .add: try desk.add(try name("a recipient"))
    case .remove: try desk.remove(try name("a recipient"))
    case .recipients:
      for name in try desk.opened().recipients.names() { try console.write(name) }
    case .keys: try desk.copyKeys()
    }
  }

  func name(_ what: String) throws(Fault) -> String {
    guard let name = names.first else {
      throw Fault(.usage, "\(what) is not named", remedy: "see 'backup --help'")
    }
    return name
  }
}

/// What only some actions take.
struct BackupChoice: ParsableArguments {
  @Option(help: ArgumentHelp("bytes a second that go to the backup at most", valueName: "SIZE"))
  var bandwidth: ByteCount?

  @Option(
    name: .customLong("read-data"),
    help: ArgumentHelp("read this share of the packs: 5%, or all", valueName: "SHARE"))
  var reading: DataShare?

  @Option(
    name: .customLong("recipient-key"),
    help: ArgumentHelp("file of the key of who is added", valueName: "FILE"))
  var recipientKey: String?

  @Option(
    name: .customLong("keep-last"), help: ArgumentHelp("keep the last so many", valueName: "N"))
  var keepLast = 1

  @Option(name: .customLong("keep-daily"), help: ArgumentHelp("of so many days", valueName: "N"))
  var keepDaily = 0

  @Option(name: .customLong("keep-weekly"), help: ArgumentHelp("of so many weeks", valueName: "N"))
  var keepWeekly = 0

  @Option(
    name: .customLong("keep-monthly"), help: ArgumentHelp("of so many months", valueName: "N"))
  var keepMonthly = 0

  @Option(name: .customLong("keep-yearly"), help: ArgumentHelp("of so many years", valueName: "N"))
  var keepYearly = 0

  @Flag(name: .customLong("prune"), help: "free the room of what is forgotten, too")
  var prunes = false
}
