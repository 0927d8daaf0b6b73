import Bronze
import Core
import Delta
import LakeJobs

/// Whether tables stand where the logs they were made from have come to.
struct PositionAudit {
  private let workspace: Workspace

  init(_ workspace: Workspace) { self.workspace = workspace }

  func findings(of name: LakeTableName) throws(Fault) -> [VerifyFinding] {
    guard let dataset = workspace.jobs.datasets[name],
      let table = try workspace.lake.table(name).summary()
    else { return [] }
    var findings: [VerifyFinding] = []
    for flow in dataset.flows {
      for stream in workspace.jobs.streams(of: flow) {
        let application = "flow:\(name):\(flow.name):\(stream.name)"
        let log = BronzeLog(folder: stream.folder, fileSystem: workspace.lake.fileSystem)
        guard let position = table.transactionVersion(application),
          let end = try end(of: log), position > end
        else { continue }
        findings.append(
          finding(name, "it has read \(stream.name) up to file \(position), and there are \(end)"))
      }
    }
    for input in workspace.jobs.inputs(of: dataset) where workspace.jobs.contracts[input] == nil {
      guard let version = table.transactionVersion("input:\(input)"),
        let latest = try workspace.lake.table(input).latestVersion(), version > latest
      else { continue }
      findings.append(
        finding(name, "it was made of \(input) at version \(version), which stands at \(latest)"))
    }
    return findings
  }

  /// How many files the log names; nil where it cannot be read, which is told elsewhere.
  private func end(of log: BronzeLog) throws(Fault) -> Int64? {
    do throws(Fault) {
      return try log.latest()?.endFile ?? 0
    } catch {
      guard error.kind == .data else { throw error }
      return nil
    }
  }

  private func finding(_ name: LakeTableName, _ problem: String) -> VerifyFinding {
    VerifyFinding(
      .damage, "\(name)", at: workspace.lake.folder(of: name), problem,
      remedy: "restore both from one copy, or make the table anew with --full-refresh")
  }
}
