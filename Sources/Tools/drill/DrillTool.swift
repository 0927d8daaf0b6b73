import ArgumentParser
import Audit
import Core
import JSON
import LakeTool
import Recovery
import UnixTool

/// Proves a backup by restoring it.
@main struct DrillTool: MedallionTool {
  static let manual = ToolManual(
    "drill", "proves a backup by restoring it, and says what would be lost",
    operands: "[run|proofs]",
    verdict: "the backup failed; 75 says that it could not be told",
    examples: [
      ("drill --from /mnt/backup --key backup.key", "all of it, and a verdict"),
      ("drill --partial --seed 7", "a table and a day that chance chooses"),
      ("drill --break disk", "damages its own copy, and must find and mend that"),
      ("drill proofs", "when each table was last proven, and which never was"),
    ])

  /// What is to be done.
  enum Action: String, CaseIterable, ExpressibleByArgument {
    case run
    case proofs
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Backup") var backup: BackupOptions
  @OptionGroup(title: "Drill") var choice: DrillChoice
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup var report: ReportOptions

  @Argument(help: "what to do (default: run)")
  var action: Action = .run

  /// The process that drills is one of its own, fenced before anything else is done in it.
  static func main() {
    DrillWorker.workIfCalled()
    runToEnd()
  }

  func run(_ console: Console) throws {
    let record = DrillRecord(recordFolder, LocalFileSystem())
    if action == .proofs { return try ProofList(try record.proofs()).write(report, to: console) }
    let found = try DrillWorker.run(try call(console), as: choice.user)
    let path = try record.add(found, by: console.runID)
    try sign(found, path, console)
    try console.output.write(
      report.format == .json ? JSONWriter.text(found.json) + "\n" : found.text)
    switch found.verdict {
    case .proven: break
    case .failed:
      throw Fault(.verdict, "the backup is not proven", remedy: "see the report: \(path)")
    case .inconclusive:
      throw Fault(.temporary, "it could not be told", remedy: "see the report: \(path)")
    }
  }

  var recordFolder: String { choice.record ?? "\(lake.lake)/_drills" }

  private func call(_ console: Console) throws(Fault) -> DrillCall {
    let files = LocalFileSystem()
    // What is wrong with the call is told before anything is made.
    let epoch = try choice.epoch()
    let folder = choice.scratch ?? environment("TMPDIR") ?? "/tmp"
    let place = try absolute(backup.place, files)
    let key = try backup.keyText(inLake: lake.lake)
    let scratch = "\(folder)/medallion-drill-\("\(console.runID)".suffix(12))"
    guard try !files.exists(scratch) else {
      throw Fault(
        .cannotCreate, at: Place(scratch), "there is something already",
        remedy: "remove it, or give another --scratch")
    }
    try files.createDirectory(scratch)
    var call = DrillCall(
      backup: place, key: key, scratch: try files.realPath(of: scratch),
      tools: try SuiteTools.folder(environment("MEDALLION_BIN"), files), run: console.runID,
      now: console.clock.now)
    call.epoch = epoch
    call.isPartial = choice.partial
    call.seed = choice.seed ?? UInt64(bitPattern: console.clock.now.microseconds)
    call.damage = choice.damage
    call.intervalCount = choice.intervals
    call.threads = lake.threads
    return call
  }

  /// A folder by its whole path: the drill works elsewhere.
  private func absolute(_ place: String, _ files: any FileSystem) throws(Fault) -> String {
    guard let folder = BackupAddress.folder(place) else { return place }
    return try files.realPath(of: try FileAddress.path(folder))
  }

  /// Tells the lake's audit record of the report, by its digest. A machine that has no lake signs
  /// nothing.
  private func sign(_ found: DrillReport, _ path: String, _ console: Console) throws(Fault) {
    guard try LocalFileSystem().exists(lake.lake) else {
      return console.say("\(lake.lake): there is no lake whose record could be told of this")
    }
    let digest = hexText(SHA256.digest(of: try LocalFileSystem().read(path)))
    try lake.audit(console).append(
      lake.entry(
        "drill.\(found.verdict.rawValue)", found.epoch,
        [("scope", found.scope), ("seed", "\(found.seed)"), ("report", path), ("sha256", digest)]
          + (found.damage.map { [("damage", $0)] } ?? [])))
  }
}
