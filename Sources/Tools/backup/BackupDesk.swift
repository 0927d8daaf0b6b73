import Audit
import Core
import JSON
import LakeJobs
import LakeTool
import Recovery
import UnixTool

/// Does what is asked of a backup.
struct BackupDesk {
  let lake: LakeOptions
  let warehouse: WarehouseOption
  let backup: BackupOptions
  let choice: BackupChoice
  let console: Console
  let place: any BackupPlace
  private let address: String

  init(
    _ lake: LakeOptions, _ warehouse: WarehouseOption, _ backup: BackupOptions,
    _ choice: BackupChoice, _ console: Console
  ) throws(Fault) {
    self.lake = lake
    self.warehouse = warehouse
    self.backup = backup
    self.choice = choice
    self.console = console
    address = backup.place
    let plain = try BackupAddress.place(
      address, LocalFileSystem(), cache: "\(lake.lake)/_spill/backup-cache")
    place = choice.bandwidth.map { ThrottledPlace(plain, bytesPerSecond: $0.bytes) } ?? plain
  }

  /// The backup, opened with the key; what is wrong with it is told, and keeps nobody from the
  /// rest.
  func opened() throws(Fault) -> BackupRepository {
    let repository = try BackupRepository(place, try Recipients.key(keyText(), at: keyPlace))
    for fault in repository.faults { console.warn(fault) }
    return repository
  }

  private var keyPlace: Place { Place(backup.keyName) }

  func keyText() throws(Fault) -> [UInt8] { try backup.keyText(inLake: lake.lake) }

  /// Makes a backup that `recipient` can read.
  func make(for recipient: String) throws(Fault) {
    try BackupRepository.make(
      at: place, for: recipient, try Recipients.key(keyText(), at: keyPlace), by: console.runID,
      console.clock.now)
    console.say("\(place.name): a backup is made that '\(recipient)' can open")
  }

  /// Takes an epoch.
  func create() throws {
    let workspace = try lake.workspace(console, needing: .readable)
    guard try workspace.lake.fileSystem.exists(lake.lake) else {
      throw Fault(
        .missing, at: Place(lake.lake), "there is no lake", remedy: "name it with --lake")
    }
    if let folder = BackupAddress.folder(address) {
      warn(of: folder, workspace.lake.fileSystem)
      try? FolderPlace(folder, workspace.lake.fileSystem).removeDrafts()
    }
    let source = try WarehouseSource(
      warehouse.place(inLake: lake.lake), password: warehouse.password(inLake: lake.lake))
    let run = BackupRun(workspace, warehouse: source, threads: lake.threads)
    let outcome = try recording("create", place.name) { try run.take(into: opened()) }
    try console.write(
      "\(outcome.epoch.name): \(counted(outcome.epoch.fileCount, "file")), "
        + "\(outcome.epoch.byteCount) bytes; \(outcome.readByteCount) were read, "
        + "\(outcome.writtenByteCount) are new")
  }

  /// A backup beside what it is of goes with it.
  private func warn(of folder: String, _ files: any FileSystem) {
    let here = try? files.status(of: lake.lake)?.device
    let there = (try? files.status(of: folder)) ?? (try? files.status(of: parent(of: folder)))
    guard let here, here == there?.device else { return }
    console.note("\(folder): the backup lies on the disk that the lake lies on")
  }

  /// The epochs, the newest last.
  func list(_ report: ReportOptions) throws -> String {
    let repository = try opened()
    let epochs = try repository.epochs { console.fail($0) }
    return try EpochList(epochs).text(report)
  }

  /// Copies the lake's key store anew.
  func copyKeys() throws(Fault) {
    let lock = try lake.lakehouse(console).lockBackups()
    defer { lock.unlock() }
    try opened().copyKeyStore(of: lake.lake, LocalFileSystem())
  }

  /// Makes somebody one who can read the backup.
  func add(_ name: String) throws {
    guard let path = choice.recipientKey else {
      throw Fault(
        .usage, "the key of '\(name)' is not named", remedy: "give --recipient-key FILE")
    }
    let key = try Recipients.key(try BackupOptions.keyText(atPath: path), at: Place(path))
    try recording("add", name) { try opened().add(name, key) }
  }

  /// Takes somebody out who could read the backup.
  func remove(_ name: String) throws {
    try recording("remove", name) { try opened().recipients.remove(name) }
  }

  /// Does something to the backup that the lake's audit record tells of before.
  func recording<Result>(
    _ act: String, _ subject: String, _ body: () throws -> Result
  ) throws -> Result {
    try lake.audit(console).recording(
      [lake.entry("backup.\(act)", subject, [("place", place.name)])], body)
  }
}
