import Columnar
import Core
import Database
import LakeJobs

/// The triggers of a system's tables: put up, and taken down again.
struct TriggerSetup {
  private let system: SourcesFile.SourceSystem
  private let workspace: Workspace

  init(of system: SourcesFile.SourceSystem, _ workspace: Workspace) {
    self.system = system
    self.workspace = workspace
  }

  /// Puts up what is missing, in one transaction for all tables: each is told with what happened.
  func make() throws -> [String] {
    let source = try SQLiteConnection(system.location, .guest)
    return try source.transaction {
      var lines: [String] = []
      for table in system.tables {
        let extracted = try ExtractedTable(table, of: system, workspace)
        let spec = CompareSpec(
          table.name, keyColumns: table.keys, updatedAtColumn: table.updatedAt,
          reservedColumns: extracted.reservedColumns,
          askedColumns: extracted.contract.schema.names)
        let isNew = try SourceTriggers(of: spec, in: source).install()
        lines.append(
          "\(extracted.name): \(isNew ? "triggers were put up" : "its triggers stand already")")
      }
      return lines
    }
  }

  /// Takes down all triggers, and the changes that nobody took.
  func remove() throws -> [String] {
    let source = try SQLiteConnection(system.location, .guest)
    let count = try SourceTriggers.removeAll(from: source)
    return ["\(system.name): \(counted(count, "trigger")) taken down"]
  }

  /// How many changes wait, by table.
  func standing() throws -> [String] {
    let source = try SQLiteConnection(system.location, .readOnly)
    return try system.tables.map { table in
      let name = "\(system.name).\(table.name)"
      guard try source.hasTable("_medallion_changes") else {
        return "\(name): has no triggers, run cdc-extract --setup \(system.name)"
      }
      let count = try source.integer(
        "SELECT count(*) FROM _medallion_changes WHERE tbl = ?1 AND op <> '?'",
        [.string(table.name)])
      return "\(name): \(counted(count, "change")) noted by triggers and not yet let go"
    }
  }
}
