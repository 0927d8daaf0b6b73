import Bronze
import Columnar
import Core
import Delta
import Engine
import LakeJobs
import Lakehouse

/// Looks at the tables of a lake: what their logs say, which of them no job file names, and what
/// was set aside. What cannot be read takes nothing from the rest.
struct LakeLook {
  let workspace: Workspace
  let sensitivity: any SensitivityBook
  /// How far the schemas of a table are remembered.
  let memory: CatalogMemory

  private static let layers = ["silver", "gold", "quarantine"]

  /// Adds to `entries` what the lake says of them, and those that it alone knows; where it could
  /// not be looked.
  func fill(_ entries: inout [CatalogEntry]) -> [CatalogLook.BlindSpot] {
    for index in entries.indices {
      do {
        try look(at: &entries[index])
      } catch {
        entries[index].unread = Self.words(error)
      }
    }
    var blind: [CatalogLook.BlindSpot] = []
    addQuarantines(&entries)
    let known = Set(entries.map(\.name))
    for layer in Self.layers {
      do {
        for name in try strays(layer) where !known.contains("\(name)") {
          entries.append(stray(name))
        }
      } catch {
        blind.append(CatalogLook.BlindSpot(layer, Self.words(error)))
      }
    }
    return blind
  }

  static func words(_ error: any Error) -> String {
    (error as? Fault).map { "\($0.place.map { "\($0): " } ?? "")\($0.problem)" } ?? "\(error)"
  }

  private func look(at entry: inout CatalogEntry) throws {
    guard let name = LakeTableName(entry.name) else { return }
    switch entry.layer {
    case "bronze": try look(atBronze: name, &entry)
    case "silver", "gold": try look(atTable: name, &entry)
    default: return
    }
  }

  private func look(atBronze name: LakeTableName, _ entry: inout CatalogEntry) throws {
    guard let contract = workspace.jobs.contracts[name] else { return }
    entry.identity = "folder:\(contract.folder.dropFirst(workspace.lake.root.count))"
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    guard let latest = try log.latest() else { return }
    let files = try log.commits().flatMap(\.files)
    var state = CatalogEntry.TableState()
    state.version = "\(latest.version)"
    state.changed = latest.committedAt
    state.rowCount = files.reduce(0) { $0.saturatingAdd($1.rowCount) }
    state.byteCount = files.reduce(0) { $0.saturatingAdd($1.byteCount) }
    state.fileCount = files.count
    entry.state = state
  }

  private func look(atTable name: LakeTableName, _ entry: inout CatalogEntry) throws {
    let table = workspace.lake.table(name)
    entry.location = workspace.lake.folder(of: name)
    entry.format = "delta"
    guard let snapshot = try table.snapshot() else { return }
    entry.identity = snapshot.metadata.id
    entry.partitions = snapshot.partitionColumns
    var state = CatalogEntry.TableState()
    state.version = "\(snapshot.version)"
    state.changed = snapshot.timestamp
    state.rowCount = snapshot.rowCount
    state.byteCount = snapshot.byteCount
    state.fileCount = snapshot.files.count
    entry.state = state
    if entry.columns.isEmpty {
      entry.columns = snapshot.schema.fields.map { field in
        var column = CatalogColumn(field.name, field.type.sql)
        column.description = field.metadata["comment"]
        return column
      }
      entry.description = entry.description ?? snapshot.metadata.description
    }
    ColumnStatistics(of: snapshot, sensitivity).add(to: &entry)
    let last = memory.entries[entry.name]?.schemas.last?.version ?? -1
    entry.schemaHistory = try table.schemaVersions(after: last).map { found in
      CatalogEntry.SchemaVersion(
        found.version, found.time,
        found.schema.fields.map { CatalogEntry.SchemaColumn($0.name, $0.type.sql) })
    }
  }

  // MARK: What no job file names

  private func strays(_ layer: String) throws -> [LakeTableName] {
    let folder = "\(workspace.lake.root)/\(layer)"
    guard try workspace.lake.fileSystem.exists(folder) else { return [] }
    return try workspace.lake.fileSystem.list(folder).sorted()
      .filter { !$0.hasPrefix("_") && !$0.hasPrefix(".") }
      .map { LakeTableName(schema: layer, name: $0) }
      .filter { name in
        try workspace.lake.fileSystem.exists("\(workspace.lake.folder(of: name))/_delta_log")
      }
  }

  private func stray(_ name: LakeTableName) -> CatalogEntry {
    var entry = CatalogEntry(
      table: "\(name)", name.schema == "quarantine" ? .quarantine : .strayTable)
    do {
      try look(atTable: name, &entry)
    } catch {
      entry.unread = Self.words(error)
    }
    return entry
  }

  // MARK: What was set aside

  /// What the columns of every quarantine hold.
  private static let quarantineColumns = [
    "raw": "what came, as it came", "raw_hex": "the same where it is no text, byte by byte",
    "rule": "the rule that it broke", "reason": "why, in words",
    "source_file": "the file or topic that brought it",
    "source_line": "the line within the file, or the offset within the topic",
    "source_row": "which of the rows that the line makes",
    "source_offset": "the byte at which the line begins",
    "source_header": "the file's header, where it has one",
    "table_name": "the table that it was on its way to", "flow": "the flow that set it aside",
    "quarantined_at": "when it was set aside", "run_id": "the run that set it aside",
  ]

  private func addQuarantines(_ entries: inout [CatalogEntry]) {
    var found: [LakeTableName: CatalogEntry] = [:]
    for table in workspace.quarantines {
      var counts: [String: CatalogEntry.SetAside] = [:]
      var unread: String?
      do {
        try table.forEachRow { row, isReplayed in
          var count = counts[row.rule] ?? CatalogEntry.SetAside(row.rule, waiting: 0, replayed: 0)
          if isReplayed { count.replayed += 1 } else { count.waiting += 1 }
          counts[row.rule] = count
        }
      } catch {
        unread = Self.words(error)
      }
      guard !counts.isEmpty || unread != nil else { continue }
      let setAside = counts.values.sorted { $0.rule < $1.rule }
      var target: CatalogEntry?
      if let index = entries.firstIndex(where: { $0.name == "\(table.target)" }) {
        entries[index].setAside = setAside
        target = entries[index]
      }
      var entry = found[table.name] ?? quarantine(table.name)
      entry.keptFor = entry.keptFor ?? target?.name
      if let target {
        entry.upstream = (entry.upstream + [target.name]).withoutRepeats
        entry.description =
          "rows that were set aside from \(entry.upstream.joined(separator: " and "))"
      }
      entry.setAside += setAside
      entry.unread = entry.unread ?? unread
      found[table.name] = entry
    }
    entries += found.values
  }

  private func quarantine(_ name: LakeTableName) -> CatalogEntry {
    var entry = CatalogEntry(table: "\(name)", .quarantine)
    entry.columns = Quarantine.Column.allCases.map { known in
      var column = CatalogColumn(known.name, known.type.sql)
      column.description = Self.quarantineColumns[known.name]
      return column
    }
    do {
      try look(atTable: name, &entry)
    } catch {
      entry.unread = Self.words(error)
    }
    return entry
  }
}
