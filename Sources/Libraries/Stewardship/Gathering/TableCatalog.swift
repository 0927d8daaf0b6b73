package import Core
package import Governance
import Lakehouse

/// All that there is at one moment, by name.
package struct TableCatalog {
  /// Sorted by layer and name.
  package let entries: [CatalogEntry]
  private let map: LineageMap

  private static let layers = ["source", "bronze", "silver", "gold", "warehouse", "quarantine"]

  init(_ entries: [CatalogEntry], _ map: LineageMap) {
    self.entries = entries.sorted { left, right in
      (Self.rank(left.layer), left.dataset) < (Self.rank(right.layer), right.dataset)
    }
    self.map = map
  }

  private static func rank(_ layer: String) -> Int {
    layers.firstIndex(of: layer) ?? layers.count
  }

  /// The entry of a dataset.
  package func entry(of dataset: DatasetName) -> CatalogEntry? {
    entries.first { $0.dataset == dataset }
  }

  /// The entry that `text` names, and the column of it if it names one; the schema may be left out
  /// where the rest is unambiguous.
  package func find(
    _ text: String
  ) throws(Fault) -> (entry: CatalogEntry, column: CatalogColumn?) {
    let node = try map.node(named: text)
    guard let entry = entry(of: node.dataset) else {
      throw Fault(
        .missing, "'\(node.dataset)' is known by run events alone",
        remedy: "ask 'lineage downstream \(node.dataset)'")
    }
    return (entry, node.column.flatMap { entry.column(named: $0) })
  }
}
