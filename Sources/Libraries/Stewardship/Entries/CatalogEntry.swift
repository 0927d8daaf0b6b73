package import Core
package import Governance

// Stewardship: what there is, whose it is, what it means, and where it came from.
//
// The rooms, in this order: `Entries/` (what is known of a table and its columns), `Gathering/`
// (reads it from job files, logs, warehouse and run events);
// `Classification/` says what columns hold of people, from some of their values, `Proposals/` takes
// these from the lake and writes lines of `labels.yml`, `Rehearsal/` tries it on made-up people.
//
// Begin with `CatalogEntry`, then `CatalogGatherer`. It reads all layers and changes no table. How
// a tool lays answers out is not known here.

/// A thing that holds rows: a table of a layer or of a source, files of a partner.
package struct CatalogEntry: Sendable, Equatable {
  /// What it is.
  package enum Kind: String, Sendable, CaseIterable {
    case sourceTable = "source table"
    case files
    case bronzeTable = "bronze table"
    case streamingTable = "streaming table"
    case materializedView = "materialized view"
    case quarantine
    case dimension
    case fact
    case warehouseTable = "warehouse table"
    /// A table of the lake that no job file names.
    case strayTable = "table without a job"
  }

  /// What it is called in lineage.
  package let dataset: DatasetName
  package var kind: Kind
  /// `source`, `bronze`, `silver`, `gold`, `quarantine` or `warehouse`.
  package var layer: String
  package var description: String?
  package var owner: String?
  /// Where the job folder declares it.
  package var place: Place?
  package var columns: [CatalogColumn] = []
  /// The datasets that it is made from, and those made from it, one step away.
  package var upstream: [DatasetName] = []
  package var downstream: [DatasetName] = []

  package init(_ dataset: DatasetName, _ kind: Kind, layer: String) {
    self.dataset = dataset
    self.kind = kind
    self.layer = layer
  }

  /// The name by which people ask for it.
  package var name: String { dataset.description }

  /// The column called `name`, letter case aside.
  package func column(named name: String) -> CatalogColumn? {
    let wanted = name.lowercased()
    return columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == wanted }
  }
}
