import Core
import Glibc
import LakeSupport
import Sealing
import TestSupport
import Testing

@testable import Recovery

/// A drill proves what can be restored, finds what was damaged on purpose, and writes nowhere else.
@Suite struct DrillTests {
  private let shop: Shop
  private let files = LocalFileSystem()

  init() throws {
    shop = try Shop()
    try shop.day(3, ["e|S3|5.00", "a|S1|1.75"])
    try shop.backUp()
  }

  private func drill(
    isPartial: Bool = false, seed: UInt64 = 7, _ damage: DrillDamage? = nil
  ) throws -> DrillReport {
    let key = Array(shop.key.withBytes { hexText($0) }.utf8)
    var call = DrillCall(
      backup: shop.place.root, key: key, scratch: shop.lake.folder.file("scratch"),
      tools: parent(of: try ToolRun.path(of: "lake-sql")), run: RunID(naming: "drill"),
      now: .ofTests)
    call.isPartial = isPartial
    call.seed = seed
    call.damage = damage
    try files.createDirectory(call.scratch)
    let report = DrillRun(call, files, fence: "in a test").run()
    #expect(try files.list(call.scratch) == [])
    return report
  }

  @Test func `a sound backup is proven, with what would be lost and for how long`() throws {
    let report = try drill()
    #expect(report.verdict == .proven, "\(report.text)")
    #expect(report.recoveryPoint == 0)
    #expect(report.recoveryTime ?? 0 > 0)
    #expect(report.rebuildTime ?? 0 > 0)
    #expect(report.proven.keys.sorted() == report.known.sorted())
    #expect(DrillReport(report.json)?.verdict == .proven)
  }

  @Test func `parts that chance chooses are proven, and the others are known not to be`() throws {
    let record = DrillRecord(shop.lake.folder.file("lake/_drills"), files)
    for seed in 1...3 {
      let report = try drill(isPartial: true, seed: UInt64(seed))
      #expect(report.verdict == .proven, "seed \(seed): \(report.text)")
      _ = try record.add(report, by: RunID(naming: "drill \(seed)"))
    }
    let proofs = try record.proofs()
    #expect(proofs["silver.sales"] != nil)
    #expect(proofs.values.contains { $0.whole == nil && $0.days.isEmpty })
    #expect(proofs.values.contains { $0.whole != nil || !$0.days.isEmpty })
  }

  @Test(arguments: DrillDamage.allCases)
  func `damage on purpose is found and mended`(_ damage: DrillDamage) throws {
    let report = try drill(damage)
    #expect(report.verdict == .proven, "\(report.text)")
    #expect(report.text.contains("found"), "\(report.text)")
    #expect(report.text.contains("mended"), "\(report.text)")
    // What was broken on purpose proves nothing for the alarm.
    let record = DrillRecord(shop.lake.folder.file("record"), files)
    _ = try record.add(report, by: RunID(naming: "drill"))
    #expect(try record.proofs() == [:])
  }

  @Test(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
  func `the dump of a server's warehouse is loaded beside and has the totals it had`() throws {
    let server = try #require(PostgreSQLServer())
    let parts = server.address.split(separator: " ").map { $0.split(separator: "=")[1] }
    let address = "postgresql://\(parts[1])@/\(parts[2])?host=\(parts[0])"
    for tool in ["load-dims", "load-facts"] {
      let run = try ToolRun(
        program: try ToolRun.path(of: tool),
        [
          "--lake", shop.lake.folder.file("lake"), "--jobs", shop.lake.folder.file("jobs"),
          "--warehouse", address,
        ])
      #expect(run.status == 0, "\(run.talk)")
    }
    let source = try WarehouseSource(address, password: nil)
    _ = try BackupRun(try shop.lake.workspace(run: "server"), warehouse: source, threads: 2)
      .take(into: shop.repository())
    let report = try drill()
    #expect(report.verdict == .proven, "\(report.text)")
    #expect(report.text.contains("on a server of the drill's own"), "\(report.text)")
    #expect(report.proven["warehouse"] != nil)
  }

  @Test func `a backup whose own bytes have changed is not proven`() throws {
    let pack = try #require(try shop.place.list("packs").first)
    var bytes = try files.read(shop.lake.folder.file("backup/\(pack.name)"))
    bytes[bytes.count / 3] ^= 1
    try files.replace(shop.lake.folder.file("backup/\(pack.name)"), bytes)
    let report = try drill()
    #expect(report.verdict == .failed)
    #expect(report.text.contains(pack.name), "\(report.text)")
  }

  /// Runs the tool as people do, with `bin` for the tools that it starts.
  private func tool(_ bin: String, under tracer: [String] = []) throws -> ToolRun {
    let key = shop.lake.folder.file("key")
    if try !files.exists(key) {
      try files.replace(key, Array(shop.key.withBytes { hexText($0) }.utf8))
      chmod(key, 0o600)
      try files.createDirectory(shop.lake.folder.file("room"))
    }
    let call = [
      try ToolRun.path(of: "drill"), "--lake", shop.lake.folder.file("lake"), "--jobs",
      shop.lake.folder.file("jobs"), "--from", shop.place.root, "--key", key, "--scratch",
      shop.lake.folder.file("room"),
    ]
    let words = tracer + call
    return try ToolRun(
      program: words[0], Array(words.dropFirst()), environment: ["MEDALLION_BIN": bin])
  }

  @Test func `a tool that would write to production is kept from it by the system`() throws {
    let bin = shop.lake.folder.file("bin")
    try files.createDirectory(bin)
    for name in ["lake-sql", "lake-restore", "bronze2silver"] {
      symlink(try ToolRun.path(of: name), "\(bin)/\(name)")
    }
    let target = shop.lake.folder.file("lake/silver/intruder")
    try shop.lake.folder.writeProgram(
      "bin/silver2gold",
      """
      #!/bin/bash
      touch '\(target)' '\(shop.lake.folder.file("jobs/intruder"))' 2>>"$TMPDIR/told"
      exec '\(try ToolRun.path(of: "silver2gold"))' "$@"
      """)
    let run = try tool(bin)
    #expect(run.status == 0, "\(run.text)\(run.talk)")
    #expect(run.text.contains("fenced by the kernel"))
    #expect(try !files.exists(target))
    #expect(try !files.exists(shop.lake.folder.file("jobs/intruder")))
  }

  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0))
  func `what a drill changes lies in its scratch, its record and the audit`() throws {
    let log = shop.lake.folder.file("trace")
    let calls =
      "trace=openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,"
      + "link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,utimensat"
    let run = try tool(
      parent(of: try ToolRun.path(of: "lake-sql")),
      under: ["/usr/bin/strace", "-f", "-qq", "-o", log, "-e", calls])
    #expect(run.status == 0, "\(run.text)\(run.talk)")
    let allowed = ["room/", "lake/_drills", "lake/_audit"].map { shop.lake.folder.file($0) }
    var changes = 0
    for line in try shop.lake.folder.read("trace").split(separator: "\n") {
      let isOpening = line.contains("open")
      let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].contains { line.contains($0) }
      guard !line.contains(" = -1 "), !isOpening || writes, line.contains("\"") else { continue }
      let paths = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      for path in paths where path.hasPrefix(shop.lake.folder.path) {
        changes += 1
        #expect(allowed.contains { path.hasPrefix($0) }, "\(line)")
      }
    }
    #expect(changes > 100)
  }
}
