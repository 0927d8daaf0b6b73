import Audit
import Bronze
import Core
import Extraction
import Ingest
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool

extension QuarantineTool {
  /// Has rows go the normal way once more, or says which would.
  func replay(
    _ table: QuarantineTable, _ ids: [String], _ workspace: Workspace, _ console: Console
  ) throws {
    guard try sight.eyes.chosen(lake, options) == nil else {
      throw Fault(
        .denied, "a role shows rows, and brings none back", remedy: "leave --role out")
    }
    guard let why, !why.isEmpty else {
      throw Fault(.usage, "it is not said why", remedy: "give --why TEXT, which is kept")
    }
    let user = by ?? userName()
    guard !user.contains(":") else {
      throw Fault(.usage, "'\(user)' has a colon", remedy: "give a name without one as --by")
    }
    let rows: [ReplayRequest]
    if let mended {
      guard ids.isEmpty else {
        throw Fault(.usage, "--mended and ids together", remedy: "give one of them")
      }
      rows = try MendedRows(try FileAddress.path(mended), console).replays(of: table)
    } else {
      rows = try choice.rows(of: table, ids: ids).map { ReplayRequest($0) }
    }
    if trial.dryRun {
      return try console.output.write(
        RowReport(
          try rowSight(workspace, console).quarantined(rows.map(\.row), of: table), of: table
        ).text(
          report.format, mark: "would replay ", escapesFormulas: report.escapesFormulas))
    }
    console.note(
      "\(table.target): \(counted(rows.count, "row")) to be replayed by \(user): \(why)")
    let reason = ReplayLog.Reason(by: user, why: why)
    let done = try lake.audit(console).recording(entries(rows, of: table, reason)) {
      try table.replay(
        rows, reason, tool: Self.manual.name, threads: lake.threads
      ) { contract in
        try EventExtraction(
          of: workspace.sources().systems.filter { $0.method == .events }, workspace,
          tool: Self.manual.name, consumer: "cdc-extract", acceptedDeletes: nil
        ) {
          console.fail($0)
        }.retake(rows, of: contract, reason)
      }
    }
    try tell(done, rows, of: table, workspace, console)
  }

  /// What the audit record is told before rows are replayed: nothing where there are none.
  private func entries(
    _ rows: [ReplayRequest], of table: QuarantineTable, _ reason: ReplayLog.Reason
  ) -> [AuditEntry] {
    if rows.isEmpty { return [] }
    return [
      lake.entry(
        "replay", "\(table.target)",
        [
          ("rows", "\(rows.count)"), ("by", reason.by), ("mended", mended == nil ? "no" : "yes"),
        ], why: reason.why)
    ]
  }

  /// Says what became of the rows.
  private func tell(
    _ done: ReplayResult, _ rows: [ReplayRequest], of table: QuarantineTable,
    _ workspace: Workspace, _ console: Console
  ) throws {
    if let commit = done.commit, case .door(let contract) = table.origin {
      try console.publish(
        commit.report(of: contract, job: Self.manual.name, news: done.news), in: workspace.lake)
      console.tell(of: done.news)
    }
    if done.count < rows.count {
      let count = rows.count - done.count
      console.say("\(counted(count, "row")) \(count == 1 ? "was" : "were") replayed before")
    }
    if done.count > 0, done.commit == nil {
      console.say(
        "\(counted(done.count, "row")) \(done.count == 1 ? "goes" : "go") into \(table.target) "
          + "with its next run")
    }
    if rows.isEmpty { console.say("no row is left to replay") }
  }
}
