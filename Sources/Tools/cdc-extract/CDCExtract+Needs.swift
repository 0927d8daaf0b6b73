import Core
import LakeJobs
import LakeTool
import PostgreSQL
import UnixTool

extension CDCExtract {
  func needs(_ console: Console) throws -> Needs {
    var found = try LakeNeeds(
      lake, console, isTrial: trial.dryRun || source.isWhere || source.changesSource)
    let systems = try found.workspace.sources().systems
    if events.from != nil {
      for file in operands { found.add { $0.add(.read, path: file) } }
      for system in systems where system.method == .events {
        try add(system, system.tables, to: &found)
      }
      return found.needs
    }
    try check(systems)
    for system in systems where isWanted(system) {
      try add(system, system.tables.filter { isWanted(system.name, $0.name) }, to: &found)
    }
    return found.needs
  }

  private func add(
    _ system: SourcesFile.SourceSystem, _ tables: [SourcesFile.SourceTable],
    to found: inout LakeNeeds
  ) throws {
    let folder = lake.lake
    let changesSource = system.method == .triggers && !trial.dryRun || source.changesSource
    try found.add { needs in
      switch system.kind {
      case .sqlite: needs.add(changesSource ? .write : .read, path: system.location)
      case .postgresql:
        for host in try ServerAddress(system.location).hosts { needs.add(host: host) }
      case .debezium: break
      }
      if system.password?.hasPrefix("secret:") == true {
        needs.add(.read, path: "\(folder)/_secrets")
      }
      if system.method == .logical, !trial.dryRun {
        needs.add(.lock, path: "\(folder)/_locks/\(system.name).slot")
      }
      for table in tables {
        needs.add(changesSource ? .write : .read, table: "\(system.name).\(table.name)")
      }
    }
    for table in tables {
      if let contract = found.workspace.contract(system: system.name, entity: table.name) {
        found.write(contract)
      }
    }
  }
}
