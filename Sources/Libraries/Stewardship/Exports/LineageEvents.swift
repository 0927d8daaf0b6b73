import Core
import Governance

/// The catalog as OpenLineage's dataset events.
struct LineageEvents {
  private let catalog: TableCatalog

  init(_ catalog: TableCatalog) { self.catalog = catalog }

  var events: [DatasetEvent] {
    catalog.told.filter { $0.standing != .dropped }.map { entry in
      // The event is as old as what it tells, so that the same state gives the same text.
      let time = entry.state?.changed ?? entry.past.firstSeen ?? catalog.time
      return DatasetEvent(at: time, dataset(entry))
    }
  }

  private func dataset(_ entry: CatalogEntry) -> LineageDataset {
    var facets = Facets()
    let fields = entry.columns.map {
      SchemaFacet.Field($0.name, $0.type ?? "", description: $0.description)
    }
    if !fields.isEmpty { facets.set(SchemaFacet(fields)) }
    if let text = entry.description { facets.set(DocumentationFacet(text)) }
    if let owner = entry.owner { facets.set(OwnershipFacet([owner])) }
    if let version = entry.state?.version { facets.set(VersionFacet(version)) }
    facets.set(StorageFacet(entry.layer, fileFormat: entry.format))
    let edges = entry.columns.flatMap { self.edges(into: $0, of: entry) }
    if !edges.isEmpty { facets.set(ColumnLineageFacet(of: entry.dataset, edges)) }
    return LineageDataset(entry.dataset, facets)
  }

  private func edges(into column: CatalogColumn, of entry: CatalogEntry) -> [ColumnEdge] {
    column.origins.map { origin in
      let input = catalog.entry(named: origin.table)?.dataset ?? DatasetName(origin.table)
      return ColumnEdge(
        from: input, origin.column, to: entry.dataset, column.name, origin.influence)
    }
  }
}

extension CatalogColumn.Origin {
  /// How it takes part, as its words say.
  var influence: Influence {
    let kind = words.prefix { $0 != "," }.uppercased().replacing(" ", with: "_")
    return Influence(
      Influence.Kind(rawValue: kind) ?? .transformation, masks: words.hasSuffix("masked"))
  }
}
