import Columnar
package import Core
import Engine
import Governance
package import LakeJobs
import Lakehouse
import WarehouseJobs

/// Puts together what the job folder, the lake and its logs say.
package struct CatalogGatherer {
  private let workspace: Workspace
  private let jobs: BoundJobs

  /// Looks at `workspace`; `fail` is told what is wrong with job files that it can do without.
  package init(_ workspace: Workspace, fail: (Fault) -> Void) throws {
    self.workspace = workspace
    jobs = try BoundJobs(workspace, complete: StarLineage.complete)
    for fault in jobs.faults { fail(fault) }
  }

  /// All there is.
  package func catalog() throws -> TableCatalog {
    let map = try LineageMap(workspace, jobs)
    var entries = declaredEntries()
    for index in entries.indices {
      let node = LineageNode(entries[index].dataset)
      entries[index].upstream = map.graph.lineage(of: node, .upstream, depth: 1).neighbours
      entries[index].downstream = map.graph.lineage(of: node, .downstream, depth: 1).neighbours
    }
    return TableCatalog(entries, map)
  }

  private func declaredEntries() -> [CatalogEntry] {
    workspace.jobs.contracts.values.map(entry) + jobs.datasets.map(entry)
  }

  private func entry(_ contract: BronzeContract) -> CatalogEntry {
    var entry = CatalogEntry(
      DatasetName("\(contract.name)"), .bronzeTable, layer: contract.name.schema)
    entry.place = contract.place
    entry.owner = contract.properties["owner"]
    entry.columns = contract.schema.fields.map(CatalogColumn.init)
    return entry
  }

  private func entry(_ bound: BoundDataset) -> CatalogEntry {
    let dataset = bound.dataset
    var entry = CatalogEntry(
      DatasetName("\(dataset.name)"), kind(of: dataset), layer: dataset.name.schema)
    entry.description = dataset.comment
    entry.place = dataset.place
    entry.owner = dataset.property("owner")
    entry.columns = bound.schema.fields.map(CatalogColumn.init)
    for index in entry.columns.indices {
      let name = entry.columns[index].name
      entry.columns[index].origins = bound.edges.filter { edge in
        edge.outputColumn == name && edge.influence.kind.isDirect
      }.map { .init(LineageNode($0.input, $0.inputColumn), $0.influence.words) }
    }
    return entry
  }

  private func kind(of dataset: Dataset) -> CatalogEntry.Kind {
    if dataset.property("dimension") != nil { return .dimension }
    if dataset.property("fact") != nil { return .fact }
    return dataset.flows.isEmpty ? .materializedView : .streamingTable
  }
}

extension CatalogColumn {
  /// The column that `field` declares.
  init(_ field: Field) {
    self.init(field.name, field.type.sql)
    description = field.metadata["comment"]
  }
}

extension Lineage {
  /// The datasets that were reached.
  fileprivate var neighbours: [DatasetName] {
    Set(reached.map(\.dataset)).subtracting([root.dataset]).sorted()
  }
}
