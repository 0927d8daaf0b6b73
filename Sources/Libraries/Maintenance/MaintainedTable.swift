import Bronze
package import Core
package import Delta
import Engine
package import LakeJobs

// Maintenance: what keeps the tables of a lake well over the years.
//
// Rooms, none of which needs another: `History/` tells what commits did and in which rows two
// versions differ; `Vacuum/` clears away files that no version in use names; `Layout/` rewrites
// files to the right size and order, and changes no row; `Restore/` brings a former version back;
// `Tiers/` moves old days of bronze to cheaper places; `Verify/` holds a lake against what its logs
// say of it.
//
// Begin with `MaintainedTable`, which says what tables there are and who else writes them. Each
// room has one face that a tool calls; none of them speaks to anybody. No job runs here, and
// nothing that a job made is changed but by a commit of its table.

/// A Delta table of the lake, and the runs that write it.
package struct MaintainedTable: Sendable {
  /// `silver.sales`; an auxiliary table is called after its folder: `silver._aux/sales`.
  package let name: LakeTableName
  /// The table itself.
  package let table: Table
  /// The datasets whose runs write it: who changes it besides must hold their locks.
  package let writers: [LakeTableName]

  /// Keeps the table's writers away.
  func lock(in lake: Lake) throws(Fault) -> TableLocks { try TableLocks(writers, in: lake) }
}

/// The locks of some datasets, held together: taken in the order of their names, so that two who
/// want the same do not wait for each other.
final class TableLocks {
  private var locks: [any FileLock] = []

  /// Waits for all of them; `.temporary` when that takes long.
  init(_ datasets: [LakeTableName], in lake: Lake) throws(Fault) {
    do throws(Fault) {
      for dataset in datasets { locks.append(try lake.lock(dataset)) }
    } catch {
      unlock()
      throw error
    }
  }

  /// Frees them. What a run that died has left is its next run's to clear away: to that one a lock
  /// stays abandoned.
  func unlock() {
    for lock in locks where !lock.wasAbandoned { lock.unlock() }
    locks = []
  }
}

extension Workspace {
  /// The Delta tables of the lake, by name: those of the layers, and the auxiliary ones of flows.
  package func maintainedTables() throws(Fault) -> [MaintainedTable] {
    var names: [LakeTableName] = []
    let files = lake.fileSystem
    for schema in try files.list(lake.root) where !"_.".contains(schema.prefix(1)) {
      guard try files.status(of: "\(lake.root)/\(schema)")?.isDirectory == true else { continue }
      for folder in [schema, "\(schema)/\(MaintainedTable.auxiliary)"] {
        for name in try files.list("\(lake.root)/\(folder)") where !"_.".contains(name.prefix(1)) {
          guard try files.exists("\(lake.root)/\(folder)/\(name)/_delta_log") else { continue }
          let isAuxiliary = folder != schema
          names.append(
            LakeTableName(
              schema: schema, name: isAuxiliary ? "\(MaintainedTable.auxiliary)/\(name)" : name))
        }
      }
    }
    return names.sorted().map(maintained)
  }

  /// The tables called `operands`, with the auxiliary tables of each, or all when there are none.
  package func maintainedTables(named operands: [String]) throws(Fault) -> [MaintainedTable] {
    let all = try maintainedTables()
    if operands.isEmpty { return all }
    var wanted: Set<LakeTableName> = []
    for operand in operands {
      let name = try maintainedTable(named: operand, among: all).name
      wanted.insert(name)
      for table in all where table.isAuxiliary && table.writers == [name] {
        wanted.insert(table.name)
      }
    }
    return all.filter { wanted.contains($0.name) }
  }

  /// The table called `operand`; `.missing` when there is none.
  package func maintainedTable(named operand: String) throws(Fault) -> MaintainedTable {
    try maintainedTable(named: operand, among: try maintainedTables())
  }

  private func maintainedTable(
    named operand: String, among all: [MaintainedTable]
  ) throws(Fault) -> MaintainedTable {
    if let name = LakeTableName(operand), let table = all.first(where: { $0.name == name }) {
      return table
    }
    throw Fault(
      .missing, "there is no Delta table '\(operand)' in \(lake.root)",
      remedy: Suggestion.remedy(
        for: operand, among: all.map(\.name.description),
        otherwise: "see which there are: lake-sql 'SHOW TABLES'"))
  }

  /// The properties of a table as its job file has them now, on top of those that its log has.
  func properties(of table: MaintainedTable, _ snapshot: Snapshot) -> [String: String] {
    var properties = snapshot.properties
    for property in jobs.datasets[table.name]?.properties ?? [] {
      properties[property.key] = property.value
    }
    return properties
  }

  private func maintained(_ name: LakeTableName) -> MaintainedTable {
    var writers = [name]
    if name.name.hasPrefix("\(MaintainedTable.auxiliary)/") {
      let target = name.name.dropFirst(MaintainedTable.auxiliary.utf8.count + 1)
      let plain = target.hasSuffix(".odd") ? target.dropLast(4) : target
      writers = [LakeTableName(schema: name.schema, name: String(plain))]
    } else if name.schema == "quarantine" {
      writers += jobs.datasets.keys.filter { Quarantine.name(of: $0) == name }
    }
    return MaintainedTable(
      name: name, table: lake.table(name), writers: writers.sorted())
  }
}

extension MaintainedTable {
  /// The folder of a layer in which the auxiliary tables of flows lie.
  static let auxiliary = "_aux"

  /// Whether it remembers changes for a flow, and holds no rows that anybody asks for.
  package var isAuxiliary: Bool { name.name.hasPrefix("\(Self.auxiliary)/") }
}
