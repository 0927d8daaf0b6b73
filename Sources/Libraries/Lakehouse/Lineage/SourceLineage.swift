import Columnar
import Core
import Governance
import LakeJobs

/// Where bronze tables come from, as `sources.yml` says: the tables of source systems, and the
/// folders in which files land.
struct SourceLineage {
  let workspace: Workspace

  /// What is known of each bronze table; nothing where there is no `sources.yml`.
  func derivations() throws(Fault) -> [Derivation] {
    let files = workspace.lake.fileSystem
    guard try files.exists("\(workspace.jobs.path)/sources.yml") else { return [] }
    let sources = try workspace.sources()
    var found: [Derivation] = []
    for system in sources.systems {
      for table in system.tables {
        guard let contract = workspace.contract(system: system.name, entity: table.name) else {
          continue
        }
        let source = DatasetName(table.name, in: "\(system.kind):\(system.location)")
        found.append(derivation("\(ToolName.extractChanges)", source, contract, isCopied: true))
      }
    }
    for landing in sources.landings {
      guard let contract = workspace.contract(system: landing.name, entity: landing.entity) else {
        continue
      }
      let source = DatasetName(landing.folder, in: "file")
      found.append(derivation(landing.tool, source, contract, isCopied: false))
    }
    return found
  }

  /// A copied table's columns are the source's, but for those that extraction adds.
  private func derivation(
    _ job: String, _ source: DatasetName, _ contract: BronzeContract, isCopied: Bool
  ) -> Derivation {
    let output = DatasetName("\(contract.name)")
    let names = contract.schema.names.filter { name in
      isCopied && !name.hasPrefix("__") && !contract.partitionColumns.contains(name)
    }
    return Derivation(
      job: job, inputs: [source], output: output,
      columns: names.map { ColumnEdge(from: source, $0, to: output, $0, Influence(.identity)) })
  }
}
