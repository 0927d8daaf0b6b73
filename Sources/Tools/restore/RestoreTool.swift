import ArgumentParser
import Core
import LakeTool
import Recovery
import UnixTool

/// Makes of a backup what it was taken of, in an empty place.
@main struct RestoreTool: MedallionTool {
  static let manual = ToolManual(
    "restore", "brings an epoch of a backup back, whole or in part, into an empty place",
    operands: "DIR",
    examples: [
      ("restore --plan /data/back --from /mnt/backup --key backup.key", "what it would do"),
      ("restore /data/back --from /mnt/backup --key backup.key", "makes lake and jobs in it"),
      ("restore back --at 2026-03-01T06:00:00Z", "as it was then"),
      ("restore back --table gold.sales", "one table"),
      ("restore back --day 2026-02-28 --table gold.sales", "one day of it"),
      ("restore standby --follow --every 60s", "a lake that follows the epochs"),
      ("restore standby --take-over --lease /shared/lease --as south", "and takes over"),
    ])

  @OptionGroup(title: "Backup") var backup: BackupOptions
  @OptionGroup(title: "Epoch") var choice: EpochOptions
  @OptionGroup(title: "Warehouse") var warehouse: WarehouseTarget
  @OptionGroup(title: "Erased persons") var erasing: ErasingOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @OptionGroup(title: "Standby") var standby: StandbyOptions

  @Flag(help: "say what would be done, and do nothing")
  var plan = false

  @Option(help: ArgumentHelp("threads a run may take, or MEDALLION_THREADS", valueName: "N"))
  var threads = environment("MEDALLION_THREADS").flatMap { Int($0) } ?? Thread.processorCount

  @Argument(help: "a folder that is not there yet, or has nothing in it")
  var target: String

  func run(_ console: Console) throws {
    let target = try FileAddress.path(target)
    let files = LocalFileSystem()
    if standby.takeOver { return try standby.takeOver(target, console) }
    let place = try BackupAddress.place(
      backup.place, files, cache: "\(target).restoring/.cache")
    let key = try Recipients.key(
      backup.keyText(inLake: environment("MEDALLION_LAKE") ?? "lake"), at: Place(backup.keyName))
    func open() throws -> BackupRepository {
      let repository = try BackupRepository(place, key)
      for fault in repository.faults { console.warn(fault) }
      return repository
    }
    func run(_ repository: BackupRepository) -> RestoreRun {
      RestoreRun(
        from: repository, files, threads: threads, at: console.clock.now,
        eraseAgain: { try eraseAgain($0, console) },
        progress: { console.progress("restoring", done: $0, of: $1, "file") })
    }
    if standby.follow { return try standby.follow(target, open, run, console) }
    let repository = try open()
    let restoring = run(repository)
    let plan = try restoring.plan(
      try repository.epoch(choice.epoch()), choice.scope(), into: target)
    if self.plan { return try RestoreReport(plan).write(to: console) }
    try restoring.restore(plan, warehouse: try warehouse.restored())
    try console.write(
      "\(target): \(counted(plan.fileCount, "file")), \(plan.byteCount) bytes of epoch "
        + "\(plan.epoch.name), as of \(plan.epoch.time)")
    if plan.scope == .whole {
      console.say(
        "prove it: lake-verify --lake \(quotedForShell("\(target)/lake")) --jobs "
          + quotedForShell("\(target)/jobs"))
    }
  }

  func needs(_ console: Console) throws -> Needs {
    var needs = Needs()
    if let folder = BackupAddress.folder(backup.place) {
      needs.add(.read, path: folder)
    } else {
      needs.add(program: "rclone")
    }
    if !backup.keyName.hasPrefix("secret:") { needs.add(.read, path: backup.keyName) }
    guard !plan else { return needs }
    if let lease = standby.lease { needs.add(standby.takeOver ? .write : .read, path: lease) }
    for path in [erasing.jobs, erasing.keys] {
      if let path, !path.hasPrefix("command:") { needs.add(.read, path: path) }
    }
    needs.add(.write, path: "\(target).restoring")
    needs.add(.write, path: target)
    if let place = warehouse.place {
      if place.contains("://") {
        needs.add(program: "pg_restore")
      } else {
        needs.add(.write, path: place)
      }
    }
    return needs
  }
}
