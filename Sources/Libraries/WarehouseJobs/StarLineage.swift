import Columnar
package import Core
import Engine
import Governance
import LakeJobs
package import Lakehouse
import Warehouse

/// What the loader adds to a warehouse view's rows, for lineage: surrogate keys, and the keys that
/// facts look up.
package enum StarLineage {
  /// A warehouse view as the table it is loaded into; other datasets as they are.
  package static func complete(_ bound: BoundDataset) throws(Fault) -> BoundDataset {
    let dataset = bound.dataset
    let properties = Dictionary(
      dataset.properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    guard dataset.name.schema == "warehouse", WarehouseTable.isDescribed(by: properties) else {
      return bound
    }
    let table = try WarehouseTable(
      dataset.name.name, properties: properties, schema: bound.schema, at: dataset.place)
    var completed =
      switch table.kind {
      case .dimension(let dimension): complete(bound, dimension, table.key)
      case .fact(let fact): complete(bound, fact)
      }
    completed.addedColumns = table.addedColumns
    return completed
  }

  private static func complete(
    _ bound: BoundDataset, _ dimension: WarehouseTable.Dimension, _ key: [String]
  ) -> BoundDataset {
    var bound = bound
    bound.edges = bound.edges.map { edge in
      guard let column = edge.outputColumn, dimension.hashed.contains(column) else { return edge }
      var edge = edge
      edge.influence.masks = true
      return edge
    }
    var made = [dimension.durableColumn]
    if !dimension.givesSurrogate { made.insert(dimension.surrogateColumn, at: 0) }
    for column in made {
      bound.edges += edges(of: bound, into: key, as: .transformation, to: column)
    }
    bound.schema = Schema(made.map { Field($0, .bigint) } + bound.schema.fields)
    return bound
  }

  private static func complete(
    _ bound: BoundDataset, _ fact: WarehouseTable.Fact
  ) -> BoundDataset {
    var result = bound
    let output = DatasetName("\(bound.dataset.name)")
    let stored = Set(fact.stored.map(\.name))
    result.edges = bound.edges.filter { edge in edge.outputColumn.map(stored.contains) ?? true }
    for lookup in fact.lookups {
      let dimension = LakeTableName(
        schema: bound.dataset.name.schema, name: lookup.dimension)
      if !result.inputs.contains(dimension) { result.inputs.append(dimension) }
      result.edges.append(
        ColumnEdge(
          from: DatasetName("\(dimension)"), DimensionColumns.surrogate(of: lookup.dimension),
          to: output, lookup.column, Influence(.identity)))
      let natural = lookup.naturalColumns + [lookup.asOf].compactMap { $0 }
      result.edges += edges(of: bound, into: natural, as: .join, to: lookup.column)
    }
    result.schema = Schema(fact.lookups.map { Field($0.column, .bigint) } + fact.stored)
    return result
  }

  /// The columns that flow into `columns`, as edges into the one column `target`.
  private static func edges(
    of bound: BoundDataset, into columns: [String], as kind: Influence.Kind, to target: String
  ) -> [ColumnEdge] {
    bound.edges.filter { edge in
      edge.influence.kind.isDirect && edge.outputColumn.map(columns.contains) ?? false
    }.map { edge in
      ColumnEdge(
        from: edge.input, edge.inputColumn, to: edge.output, target,
        Influence(kind, masks: edge.influence.masks))
    }
  }
}
