import Bronze
package import Core
package import LakeJobs

/// Holds a lake against what its logs say of it.
package struct LakeAudit {
  private let workspace: Workspace
  private let scope: VerifyScope
  private let day: Int

  package init(_ workspace: Workspace, _ scope: VerifyScope) {
    self.workspace = workspace
    self.scope = scope
    day = Int(workspace.lake.clock.now.date.dayNumber)
  }

  /// What is looked at: a table, or a log of its own.
  package enum Subject: Sendable {
    case delta(MaintainedTable)
    /// A log of raw files, by its name and folder.
    case raw(String, folder: String)

    /// What it is called.
    package var name: String {
      switch self {
      case .delta(let table): "\(table.name)"
      case .raw(let name, _): name
      }
    }
  }

  /// All that there is to look at, or what `operands` name.
  package func subjects(named operands: [String]) throws(Fault) -> [Subject] {
    let jobs = workspace.jobs
    if operands.isEmpty {
      let raw = jobs.contracts.values.sorted { $0.name < $1.name }
        .map { Subject.raw("\($0.name)", folder: $0.folder) }
      return try raw + replays() + workspace.maintainedTables().map { .delta($0) }
    }
    var subjects: [Subject] = []
    for operand in operands {
      if let name = LakeTableName(operand), let contract = jobs.contracts[name] {
        subjects.append(.raw("\(name)", folder: contract.folder))
      } else {
        subjects += try workspace.maintainedTables(named: [operand]).map { .delta($0) }
      }
    }
    return subjects
  }

  private func replays() throws(Fault) -> [Subject] {
    let folder = "\(workspace.lake.root)/quarantine/_replays"
    return try workspace.lake.fileSystem.list(folder).filter { !$0.hasPrefix(".") }
      .map { .raw("quarantine._replays/\($0)", folder: "\(folder)/\($0)") }
  }

  /// What is wrong with one of them. With `repairs` what can be made anew is taken away where it is
  /// wrong, the table's writers kept away meanwhile.
  package func findings(of subject: Subject, repairs: Bool) throws -> [VerifyFinding] {
    switch subject {
    case .raw(let name, let folder):
      return try BronzeAudit(
        name, folder: folder, workspace.lake.fileSystem, scope, on: day
      ).findings()
    case .delta(let table):
      let locks = repairs ? try table.lock(in: workspace.lake) : nil
      defer { locks?.unlock() }
      var findings = try DeltaAudit(table, scope, on: day).findings()
      findings += try positionFindings(of: table)
      return repairs ? try findings.map(repaired) : findings
    }
  }

  private func positionFindings(of table: MaintainedTable) throws(Fault) -> [VerifyFinding] {
    do throws(Fault) {
      return try PositionAudit(workspace).findings(of: table.name)
    } catch {
      // What is wrong with the log itself is told already.
      guard error.kind == .data || error.kind == .missing else { throw error }
      return []
    }
  }

  private func repaired(_ finding: VerifyFinding) throws(Fault) -> VerifyFinding {
    guard finding.level == .derived else { return finding }
    for file in finding.spareFiles { try workspace.lake.fileSystem.remove(file) }
    var finding = finding
    finding.isRepaired = true
    return finding
  }
}
