import Columnar
import Core
import Engine
import Governance
import LakeJobs
import Lakehouse

/// The entries that the job folder declares: bronze tables, datasets, and where data comes from.
struct DeclaredEntries {
  let workspace: Workspace
  let jobs: BoundJobs

  /// Those of bronze and of the layers behind it.
  func tables() -> [CatalogEntry] {
    workspace.jobs.contracts.values.map(entry) + jobs.datasets.map(entry)
  }

  private func entry(_ contract: BronzeContract) -> CatalogEntry {
    var entry = CatalogEntry(table: "\(contract.name)", .bronzeTable)
    entry.description = contract.comment
    entry.place = contract.place
    entry.owner = contract.properties["owner"]
    entry.format = contract.format
    entry.location = contract.folder
    entry.partitions = contract.partitionColumns
    entry.columns = contract.schema.fields.map { field in
      var column = CatalogColumn(field.name, field.type.sql)
      column.description = field.metadata["comment"]
      column.terms = [contract.properties["term.\(field.name.lowercased())"]].compactMap { $0 }
      return column
    }
    return entry
  }

  private func entry(_ bound: BoundDataset) -> CatalogEntry {
    let dataset = bound.dataset
    var entry = CatalogEntry(table: "\(dataset.name)", kind(of: dataset))
    entry.description = dataset.comment
    entry.place = dataset.place
    entry.owner = dataset.property("owner")
    entry.partitions = dataset.partitionColumns
    entry.keys = keys(of: dataset)
    entry.columns = bound.schema.fields.map { column($0, bound) }
    entry.rules = bound.rules.map { rule in
      CatalogEntry.Rule(
        rule.expectation.name, level: rule.expectation.violation.rawValue,
        rule.expectation.condition, place: "\(rule.expectation.place)", columns: rule.columns)
    }
    return entry
  }

  private func column(_ field: Field, _ bound: BoundDataset) -> CatalogColumn {
    let dataset = bound.dataset
    var column = CatalogColumn(field.name, field.type.sql)
    column.description =
      dataset.columnComments.first { $0.key.lowercased() == field.name.lowercased() }?.value
    column.terms = dataset.properties.filter { property in
      property.key.lowercased() == "term.\(field.name.lowercased())"
    }.map(\.value)
    column.origins = bound.edges.filter { edge in
      edge.outputColumn == field.name && edge.influence.kind.isDirect
    }.map { edge in
      CatalogColumn.Origin(edge.input.description, edge.inputColumn, edge.influence.words)
    }
    column.expression =
      dataset.property("lookup.\(field.name)").map { "key of \($0)" }
      ?? bound.expressions[field.name]
    return column
  }

  private func kind(of dataset: Dataset) -> CatalogEntry.Kind {
    if dataset.name.schema == "warehouse" {
      return dataset.property("dimension") != nil ? .dimension : .fact
    }
    return dataset.flows.isEmpty ? .materializedView : .streamingTable
  }

  private func keys(of dataset: Dataset) -> [String] {
    if let key = dataset.property("key") {
      return key.split(separator: ",").map { String($0.trimmed) }
    }
    return dataset.flows.lazy.compactMap { flow in
      if case .autoCDC(let change) = flow.body { change.keys } else { nil }
    }.first ?? []
  }

  // MARK: Sources

  /// Where data comes from; nothing where there is no `sources.yml`. The columns of a table that is
  /// copied are known from its copy.
  func sources() throws(Fault) -> [CatalogEntry] {
    guard try workspace.lake.fileSystem.exists("\(workspace.jobs.path)/sources.yml") else {
      return []
    }
    let file = try workspace.sources()
    let systems = file.systems.flatMap { system in
      system.tables.map { entry(of: $0, in: system) }
    }
    return systems + file.landings.map(entry)
  }

  private func entry(
    of table: SourcesFile.SourceTable, in system: SourcesFile.SourceSystem
  ) -> CatalogEntry {
    let dataset = DatasetName(table.name, in: "\(system.kind):\(system.location)")
    var entry = CatalogEntry(
      "source.\(system.name).\(table.name)", dataset, .sourceTable, layer: "source")
    entry.place = table.place
    entry.format = "\(system.kind)"
    entry.location = system.location
    entry.keys = table.keys
    guard let contract = workspace.contract(system: system.name, entity: table.name) else {
      return entry
    }
    let own = contract.schema.names.filter { name in
      !name.hasPrefix("__") && !contract.partitionColumns.contains(name)
    }
    entry.columns = own.map { CatalogColumn($0, nil) }
    return entry
  }

  private func entry(_ landing: SourcesFile.Landing) -> CatalogEntry {
    var entry = CatalogEntry(
      "source.\(landing.name).\(landing.entity)", DatasetName(landing.folder, in: "file"), .files,
      layer: "source")
    entry.place = landing.place
    entry.location = landing.folder
    entry.format = workspace.contract(system: landing.name, entity: landing.entity)?.format
    return entry
  }
}
