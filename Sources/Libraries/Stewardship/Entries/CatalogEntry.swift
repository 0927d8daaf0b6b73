package import Core
package import Governance

// Stewardship: what there is, whose it is, what it means, and where it came from.
//
// The rooms, in this order: `Entries/` (what is known of a table and its columns), `Memory/` (what
// was known before: when a table was first seen, renamed, dropped), `Gathering/` (reads all of it
// from job files, glossary, logs, warehouse and run events), `Answers/` (searches, checks,
// compares), `Exports/` (DataHub, OpenLineage, Atlas), `Site/` (pages that open from disk).
// Beside them, `Classification/` says what columns hold of people, from some of their values,
// `Proposals/` takes these from the lake and writes lines of `labels.yml`, `Rehearsal/` tries it on
// made-up people.
//
// Begin with `CatalogEntry`, then `CatalogGatherer`. It reads all layers and changes no table; what
// it writes lies in `_catalog/`, or where it is told to. How a tool lays answers out is not known
// here.

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
    case strayTable = "table without a job"
  }

  /// The name by which people ask for it: `gold.sales`, `source.orders.customers`.
  package let name: String
  /// What it is called in lineage.
  package let dataset: DatasetName
  package var kind: Kind
  /// `source`, `bronze`, `silver`, `gold`, `quarantine` or `warehouse`.
  package var layer: String
  package var description: String?
  package var owner: String?
  /// The table that it is kept for, whose owner it has where nobody says another.
  package var keptFor: String?
  /// Of which part of the business it is.
  package var domain: String?
  /// Names of terms of the glossary that speak of it as a whole.
  package var terms: [String] = []
  /// Where the job folder declares it.
  package var place: Place?
  package var format: String?
  /// Where its rows lie.
  package var location: String?
  /// What tells it from others though it is renamed; nil where nothing does.
  package var identity: String?
  package var columns: [CatalogColumn] = []
  /// The columns that tell its rows apart, and those it is stored by.
  package var keys: [String] = []
  package var partitions: [String] = []
  package var rules: [Rule] = []
  package var state: TableState?
  package var schemaHistory: [SchemaVersion] = []
  package var lastRun: LastRun?
  package var setAside: [SetAside] = []
  /// The entries that it is made from, and those made from it, one step away.
  package var upstream: [String] = []
  package var downstream: [String] = []
  /// Why its rows and log could not be read just now.
  package var unread: String?
  /// What is remembered of it.
  package var past = Past()

  package init(_ name: String, _ dataset: DatasetName, _ kind: Kind, layer: String) {
    self.name = name
    self.dataset = dataset
    self.kind = kind
    self.layer = layer
  }

  /// A table called alike in lineage.
  package init(table name: String, _ kind: Kind) {
    self.init(name, DatasetName(name), kind, layer: String(name.prefix { $0 != "." }))
  }

  /// The column called `name`, letter case aside.
  package func column(named name: String) -> CatalogColumn? {
    let wanted = name.lowercased()
    return columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == wanted }
  }
}
