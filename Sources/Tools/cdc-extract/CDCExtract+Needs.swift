import Core
import Database
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
        let server = try ServerAddress(SecretAddress.parted(system.location).address)
        for host in server.hosts { needs.add(host: host) }
        for statement in grants(system, tables, server) { needs.add(grant: statement) }
      case .debezium: break
      }
      if [system.password, system.location].compactMap({ $0 }).contains(where: Secret.isNamed) {
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

  /// What the role must be given at the source to read these tables, and no more.
  private func grants(
    _ system: SourcesFile.SourceSystem, _ tables: [SourcesFile.SourceTable],
    _ server: ServerAddress
  ) -> [String] {
    let quoted = Dialect.postgresql.quoted
    let role = quoted(server.user ?? "medallion")
    var statements: [String] = []
    if system.method == .logical { statements.append("ALTER ROLE \(role) REPLICATION") }
    if source.changesSource, let database = server.database {
      statements.append("GRANT CREATE ON DATABASE \(quoted(database)) TO \(role)")
    }
    for table in tables {
      let parts = table.name.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count > 1 {
        statements.append("GRANT USAGE ON SCHEMA \(quoted(parts[0])) TO \(role)")
      }
      let name = parts.map(quoted).joined(separator: ".")
      statements.append("GRANT SELECT ON \(name) TO \(role)")
    }
    return statements
  }
}
