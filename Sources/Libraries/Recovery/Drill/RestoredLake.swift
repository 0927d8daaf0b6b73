import Bronze
import Columnar
import Core
import Delta
import JSON
import LakeJobs
import Maintenance
import WarehouseJobs
import YAML

/// A lake that a drill has restored, and what is asked of it.
struct RestoredLake {
  let root: String
  let jobs: String
  let files: any FileSystem
  let clock: Clock
  let run: RunID
  /// The folder of the suite's tools.
  let tools: String

  /// The warehouse that was restored with it.
  var warehouse: String { "\(root)/warehouse.db" }

  func workspace() throws -> Workspace {
    try Workspace(
      lake: Lake(root: root, fileSystem: files, clock: clock, runID: run), jobsFolder: jobs,
      needing: .readable)
  }

  // MARK: What holds

  /// What is wrong with its tables, logs and indexes, and with its warehouse; `.data` when anything
  /// is.
  func check(_ names: [String]) throws -> String {
    let workspace = try workspace()
    let audit = LakeAudit(workspace, .full)
    var wrong: [String] = []
    var count = 0
    for subject in try subjects(audit, names) {
      count += 1
      for finding in try audit.findings(of: subject, repairs: false) where finding.level != .note {
        wrong.append("\(finding.table): \(finding.place): \(finding.problem)")
      }
    }
    if names.isEmpty, try files.exists(warehouse) {
      let star = try WarehouseTables(try WarehousePlace(warehouse), fileSystem: files)
      wrong += try star?.auditFindings().map { "warehouse: \($0)" } ?? []
      wrong += try StarInvariants(warehouse).findings()
      count += 1
    }
    guard wrong.isEmpty else { throw Self.damage(wrong) }
    return "\(counted(count, "table")) read to the last byte, nothing is wrong"
  }

  private func subjects(_ audit: LakeAudit, _ names: [String]) throws -> [LakeAudit.Subject] {
    let all = try audit.subjects(named: [])
    if names.isEmpty { return all }
    let wanted = names.map { name in "\(root)/\(Self.folder(of: name))" }
    return all.filter { subject in
      switch subject {
      case .raw(_, let folder): wanted.contains(folder)
      case .delta(let table): wanted.contains(table.table.path)
      }
    }
  }

  /// The folder of a table or log of an epoch, below the lake's.
  static func folder(of part: String) -> String {
    part.contains("/") && !part.contains(".")
      ? part : part.replacing(".", with: "/", maxReplacements: 1)
  }

  /// Whether it amounts to what the epoch says.
  func compare(with cut: EpochCut, _ names: [String]) throws -> String {
    let workspace = try workspace()
    var wrong: [String] = []
    var (rows, count) = (0, 0)
    for (name, mark) in cut.tables where names.isEmpty || names.contains(name) {
      let table = workspace.lake.table(in: "\(root)/\(Self.folder(of: name))")
      guard let snapshot = try table.snapshot() else {
        wrong.append("\(name): it is gone")
        continue
      }
      let found = EpochCut.TableMark(
        version: snapshot.version, fileCount: snapshot.files.count, byteCount: snapshot.byteCount,
        rowCount: snapshot.rowCount, time: snapshot.timestamp)
      if found != mark {
        wrong.append(
          "\(name): version \(found.version) of \(found.rowCount ?? -1) rows, and the "
            + "epoch has version \(mark.version) of \(mark.rowCount ?? -1)")
      }
      rows += mark.rowCount ?? 0
      count += 1
    }
    for (name, mark) in cut.logs where names.isEmpty || names.contains(name) {
      let log = BronzeLog(folder: "\(root)/\(name)", fileSystem: files)
      let found = LogSurvey.mark(of: try log.commits())
      if found != mark {
        wrong.append("\(name): position \(found.position), and the epoch has \(mark.position)")
      }
      rows += mark.rowCount
      count += 1
    }
    if names.isEmpty, let mark = cut.warehouse, mark.kind == "file" {
      let found = try WarehouseTotals(of: try WarehousePlace(warehouse), "file", files).mark
      for (table, totals) in mark.totals where found.totals[table] != totals {
        wrong.append("warehouse: the totals of '\(table)' are others")
      }
      if found.loads != mark.loads { wrong.append("warehouse: it was loaded from other versions") }
      count += mark.totals.count
    }
    guard wrong.isEmpty else { throw Self.damage(wrong) }
    return "\(counted(count, "table")) with \(counted(rows, "row")) as the epoch has them"
  }

  static func damage(_ wrong: [String]) -> Fault {
    Fault(
      .data,
      wrong.prefix(3).joined(separator: "; ")
        + (wrong.count > 3 ? "; and \(wrong.count - 3) more" : ""),
      remedy: "see 'backup verify'")
  }

  // MARK: Rows

  /// A sum over the rows of each silver and gold table, whatever files they lie in.
  func digests(of names: [LakeTableName]) throws -> [LakeTableName: RowChecksum] {
    let workspace = try workspace()
    var digests: [LakeTableName: RowChecksum] = [:]
    for name in names {
      guard let snapshot = try workspace.lake.table(name).snapshot() else { continue }
      var sum = RowChecksum()
      for source in try snapshot.scan(columns: snapshot.schema.names).sources() {
        while let batch = try source.next() { sum.add(batch) }
      }
      digests[name] = sum
    }
    return digests
  }

  /// Throws where rows are not the same.
  static func compare(
    _ found: [LakeTableName: RowChecksum], with wanted: [LakeTableName: RowChecksum], _ how: String
  ) throws(Fault) {
    let wrong = wanted.keys.sorted().filter { found[$0] != wanted[$0] }.map { name in
      "\(name): \(how), it has \(found[name]?.rowCount ?? 0) rows that are not the "
        + "\(wanted[name]?.rowCount ?? 0) that came back"
    }
    if !wrong.isEmpty { throw damage(wrong) }
  }

  // MARK: Tools

  /// Runs a tool of the suite on it; `.data` when that ends otherwise than with 0 or `allowed`.
  /// Nothing of the environment that might name another lake or warehouse reaches it.
  @discardableResult
  func run(
    _ tool: String, _ arguments: [String], allowing allowed: [Int] = []
  ) throws(Fault) -> ChildProgram.Outcome {
    let outcome = try ChildProgram(
      "\(tools)/\(tool)",
      arguments + ["--lake", root, "--jobs", jobs, "--now", "\(clock.now)"],
      environment: [
        "MEDALLION_LAKE": root, "MEDALLION_JOBS": jobs, "MEDALLION_WAREHOUSE": warehouse,
      ], forgettingSettings: true
    ).run(remedy: "install the whole suite: make install")
    guard outcome.status == 0 || allowed.contains(outcome.status) else {
      throw Fault(
        .data, "\(tool) ended with \(outcome.status): \(outcome.lastWord)",
        remedy: "restore beside, and run it there by hand")
    }
    return outcome
  }

  /// The roles of the policy file; none where there is none.
  func roles() throws(Fault) -> [String] {
    let path = "\(jobs)/access.yml"
    guard try files.exists(path) else { return [] }
    let root = try YAMLFile(path, fileSystem: files).root
    let roles = try root.members().first { $0.key == "roles" }
    return try roles?.value.members().map(\.key).sorted() ?? []
  }
}
