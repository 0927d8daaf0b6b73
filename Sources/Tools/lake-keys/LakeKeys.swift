import ArgumentParser
import Audit
import Core
import LakeJobs
import LakeTool
import Maintenance
import Sealing
import UnixTool

/// Makes and rotates the keys that columns and files are sealed with.
@main struct LakeKeys: MedallionTool {
  static let manual = ToolManual(
    "lake-keys", "makes, shows and rotates the keys of what lies sealed",
    operands: "make|show|rotate",
    examples: [
      ("lake-keys --keys ~/keys make", "makes the first master key, or the next version"),
      ("lake-keys --keys ~/keys show", "says which key is wrapped with which master key"),
      ("lake-keys --keys ~/keys rotate", "brings all keys under the newest master key"),
      (
        "lake-keys --keys ~/keys rotate --renew silver.customers",
        "seals a table anew, with a new key of its own"
      ),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var reason: ReasonOption

  @Option(help: ArgumentHelp("what a master key is called", valueName: "NAME"))
  var name = KeyFolder.standardID

  @Option(help: ArgumentHelp("give this table a new key, and seal it anew", valueName: "TABLE"))
  var renew: String?

  @Argument(help: "what to do")
  var action: Action

  /// What is done with keys.
  enum Action: String, CaseIterable, ExpressibleByArgument {
    case make, show, rotate
  }

  func validate() throws {
    guard renew == nil || action == .rotate else {
      throw ValidationError("'--renew' goes with 'rotate'")
    }
  }

  func run(_ console: Console) throws {
    guard let place = lake.keys else {
      throw Fault(
        .usage, "no place of master keys is given",
        remedy: "give --keys DIR, or set MEDALLION_KEYS")
    }
    if action == .make { return try make(at: place, console) }
    let lakehouse = lake.lakehouse(console)
    guard let store = lakehouse.keys else { return }
    switch action {
    case .show: try show(KeyRotation(store), console)
    case .rotate:
      let subject = renew ?? "all"
      let entry = lake.entry("key.rotate", subject, why: reason.why)
      try lake.audit(console).recording(entry) { try rotate(store, console) }
    case .make: break
    }
  }

  private func make(at place: String, _ console: Console) throws {
    guard !place.hasPrefix("command:") else {
      throw Fault(
        .usage, "the keys of '\(place)' are made by whoever owns them",
        remedy: "make one there, then 'lake-keys rotate'")
    }
    let entry = lake.entry("key.make", name, why: reason.why)
    let made = try lake.audit(console).recording(entry) {
      try KeyFolder(place, LocalFileSystem()).makeKey(name)
    }
    try console.write("\(made)")
  }

  private func show(_ rotation: KeyRotation, _ console: Console) throws {
    for standing in try rotation.standings() {
      for (version, master) in standing.versions {
        try console.write("\(standing.name) \(version): \(master)")
      }
    }
  }

  private func rotate(_ store: KeyStore, _ console: Console) throws {
    let rotation = KeyRotation(store)
    if let renew {
      let workspace = try lake.workspace(console)
      let table = try workspace.maintainedTable(named: renew)
      let version = try ResealRun(workspace).renew(table)
      try console.write(
        "\(table.name): \(version.map { "version \($0) is sealed with a new key" } ?? "no rows")")
      return
    }
    try rotation.rewrapAll { console.note("\($0): wrapped with the newest master key") }
    for name in try store.names() where name.hasPrefix("subjects ") {
      let kind = String(name.dropFirst("subjects ".count))
      let count = try rotation.renewSubjects(kind)
      console.note("\(name): \(counted(count, "key")) wrapped anew")
    }
    for master in try rotation.mastersInUse() { try console.write("in use: \(master)") }
  }
}
