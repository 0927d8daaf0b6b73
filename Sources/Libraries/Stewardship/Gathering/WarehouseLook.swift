import Columnar
import Core
import Engine
import LakeJobs
import WarehouseJobs

/// Looks at the tables and views of the warehouse.
struct WarehouseLook {
  let workspace: Workspace
  let place: WarehousePlace

  /// Adds to `entries` what the warehouse says of them, and those that it alone knows; where it
  /// could not be looked.
  func fill(_ entries: inout [CatalogEntry]) -> [CatalogLook.BlindSpot] {
    do {
      guard let star = try WarehouseTables(place, fileSystem: workspace.lake.fileSystem) else {
        return []
      }
      try fill(&entries, star)
      return []
    } catch {
      let why = LakeLook.words(error)
      for index in entries.indices where entries[index].layer == "warehouse" {
        entries[index].unread = why
      }
      return [CatalogLook.BlindSpot("warehouse", why)]
    }
  }

  private func fill(_ entries: inout [CatalogEntry], _ star: WarehouseTables) throws {
    let names = try star.names()
    var loads: [String: WarehouseTables.LastLoad] = [:]
    for load in try star.lastLoads() { loads[load.table] = load }
    let declared = Set(entries.filter { $0.layer == "warehouse" }.map(\.name))
    for index in entries.indices where entries[index].layer == "warehouse" {
      let name = String(entries[index].name.dropFirst("warehouse.".count))
      entries[index].location = "\(star.place)"
      guard let load = loads[name] else { continue }
      var state = CatalogEntry.TableState()
      state.version = "\(load.number)"
      state.changed = load.time
      state.rowCount = load.rowCount
      entries[index].state = state
    }
    for name in names where !name.hasPrefix("_") && !declared.contains("warehouse.\(name)") {
      var entry = CatalogEntry(table: "warehouse.\(name)", .warehouseTable)
      entry.location = "\(star.place)"
      entry.columns =
        try star.table(name, schema: "warehouse")?.schema.fields.map {
          CatalogColumn($0.name, $0.type.sql)
        } ?? []
      if let owner = owner(of: name, among: entries) { describe(&entry, name, by: owner) }
      entries.append(entry)
    }
  }

  /// The table of the star that the loader keeps this one for.
  private func owner(of name: String, among entries: [CatalogEntry]) -> CatalogEntry? {
    let bare = name.hasPrefix("stg_") ? String(name.dropFirst(4)) : name
    return entries.filter { $0.kind == .dimension || $0.kind == .fact }
      .filter { entry in
        let star = entry.name.dropFirst("warehouse.".count)
        return bare == star || bare.hasPrefix("\(star)_")
      }.max { $0.name.count < $1.name.count }
  }

  /// What the loader makes beside a table: rows of the last load, views.
  private func describe(_ entry: inout CatalogEntry, _ name: String, by star: CatalogEntry) {
    let isStaging = name.hasPrefix("stg_")
    entry.keptFor = star.name
    entry.description =
      isStaging
      ? "what the last load brought to \(star.name)" : "another view of \(star.name), by the loader"
    if !isStaging { entry.upstream = [star.name] }
    for index in entry.columns.indices {
      guard star.column(named: entry.columns[index].name) != nil else { continue }
      entry.columns[index].origins = [
        CatalogColumn.Origin(star.name, entry.columns[index].name, "identity")
      ]
    }
  }
}
