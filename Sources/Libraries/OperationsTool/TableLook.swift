import Bronze
import Columnar
import Core
import Delta
import LakeJobs
import Operations
import Warehouse
import WarehouseJobs

/// Looks at every table of a lake and its warehouse.
struct TableLook {
  private let workspace: Workspace
  private let warehouse: WarehousePlace
  private let depth: FactGatherer.Depth
  private let warn: (any Error) -> Void

  init(
    _ workspace: Workspace, warehouse: WarehousePlace, _ depth: FactGatherer.Depth,
    warn: @escaping (any Error) -> Void
  ) {
    self.workspace = workspace
    self.warehouse = warehouse
    self.depth = depth
    self.warn = warn
  }

  /// Adds the state of each table to `facts`; one that cannot be read has none.
  func fill(_ facts: inout OperationFacts) {
    var ends: [LakeTableName: Int64] = [:]
    for contract in workspace.jobs.contracts.values.sorted(by: { $0.name < $1.name }) {
      var state = OperationFacts.TableState("\(contract.name)", layer: contract.name.schema)
      sparing { ends[contract.name] = try look(at: contract, &state) }
      facts.tables.append(state)
    }
    for dataset in workspace.jobs.ordered where dataset.name.schema != "warehouse" {
      var state = OperationFacts.TableState("\(dataset.name)", layer: dataset.name.schema)
      sparing { try look(at: dataset, ends, &state) }
      facts.tables.append(state)
    }
    let stars = workspace.jobs.ordered.filter { $0.name.schema == "warehouse" }
    sparing { facts.tables += try look(atWarehouse: stars.map(\.name.name)) }
    if case .sizes = depth { sparing { facts.waitingMembers = try waitingMembers() } }
  }

  private func waitingMembers() throws -> [OperationFacts.WaitingMembers] {
    let star = try WarehouseTables(warehouse, fileSystem: workspace.lake.fileSystem)
    return try star?.waitingMembers().map {
      .init(table: "warehouse.\($0.dimension)", since: $0.since, count: $0.count)
    } ?? []
  }

  /// Gives how many files the table has.
  private func look(
    at contract: BronzeContract, _ state: inout OperationFacts.TableState
  ) throws -> Int64 {
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    guard let latest = try log.latest() else { return 0 }
    state.version = "\(latest.version)"
    state.changed = latest.committedAt
    if case .sizes = depth {
      let files = try log.commits().flatMap(\.files)
      state.rowCount = files.reduce(0) { $0.saturatingAdd($1.rowCount) }
      state.byteCount = files.reduce(0) { $0.saturatingAdd($1.byteCount) }
      state.fileCount = files.count
    }
    return latest.endFile
  }

  private func look(
    at dataset: Dataset, _ ends: [LakeTableName: Int64], _ state: inout OperationFacts.TableState
  ) throws {
    let table = workspace.lake.table(dataset.name)
    guard case .sizes = depth else {
      guard let entry = try table.history(atMost: 1).first else { return }
      state.version = "\(entry.version)"
      state.changed = entry.timestamp
      return
    }
    guard let snapshot = try table.snapshot() else { return }
    state.version = "\(snapshot.version)"
    state.changed = snapshot.timestamp
    state.rowCount = snapshot.rowCount
    state.byteCount = snapshot.byteCount
    state.fileCount = snapshot.files.count
    state.backlog = backlog(of: dataset, snapshot, ends)
  }

  /// How many files of its streams a streaming table has not taken yet.
  private func backlog(
    of dataset: Dataset, _ snapshot: Snapshot, _ ends: [LakeTableName: Int64]
  ) -> Int? {
    let waiting = dataset.flows.flatMap { flow in
      workspace.jobs.streams(of: flow).map { contract in
        let application = "flow:\(dataset.name):\(flow.name):\(contract.name)"
        let position = snapshot.transactionVersion(application) ?? 0
        return max(0, (ends[contract.name] ?? 0) - position)
      }
    }
    return waiting.isEmpty ? nil : Int(waiting.reduce(0, +))
  }

  private func look(atWarehouse names: [String]) throws -> [OperationFacts.TableState] {
    var states = names.map { OperationFacts.TableState("warehouse.\($0)", layer: "warehouse") }
    guard let star = try WarehouseTables(warehouse, fileSystem: workspace.lake.fileSystem) else {
      return states
    }
    for load in try star.lastLoads() {
      guard let index = names.firstIndex(of: load.table) else { continue }
      states[index].changed = load.time
      states[index].rowCount = load.rowCount
      states[index].version = "\(load.number)"
    }
    return states
  }

  private func sparing(_ work: () throws -> Void) {
    do {
      try work()
    } catch {
      warn(error)
    }
  }
}
