import ArgumentParser
import Core
import LakeTool
import Recovery
import UnixTool

/// Takes the whole suite's state as one, and keeps it.
@main struct BackupTool: MedallionTool {
  static let manual = ToolManual(
    "backup", "takes lake, positions, warehouse, ledger and jobs as one, and keeps them sealed",
    operands: "create|list|verify|forget|prune|init|key|kit|… [NAME…]",
    examples: [
      ("backup key backup.key", "a new key; keep it apart from the backup"),
      ("backup init --to /mnt/backup --key backup.key", "makes a backup that the key opens"),
      ("backup create --to /mnt/backup --key backup.key", "takes an epoch, while tools run"),
      ("backup verify --to /mnt/backup --read-data all", "reads every byte"),
      ("backup forget --keep-daily 7 --keep-monthly 12 -n", "says which epochs would go"),
      ("backup kit /mnt/kit", "tools, jobs and a page: what restores on a bare machine"),
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
    case kit
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

  @Argument(help: "a file for a new key, a folder for a kit, a recipient")
  var names: [String] = []

  func run(_ console: Console) throws {
    if action == .key {
      let path = try name("a file for the key")
      try BackupOptions.writeKey(Recipients.newKeyText(), to: path)
      return console.say("\(path): keep a copy of it apart from the backup; without it none opens")
    }
    if action == .kit { return try writeKit(to: name("a folder for the kit"), console) }
    let desk = try BackupDesk(lake, place, backup, choice, console)
    switch action {
    case .key, .kit: break
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
