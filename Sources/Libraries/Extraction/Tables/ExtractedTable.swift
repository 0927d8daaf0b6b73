import Bronze
import Columnar
import Core
import Database
package import LakeJobs

/// A table of a source, and where its changes go.
package struct ExtractedTable: Sendable {
  /// `orders.customers`.
  package let name: String
  /// What `sources.yml` says of it.
  package let source: SourcesFile.SourceTable
  /// The bronze dataset that takes its changes.
  package let contract: BronzeContract

  /// What bronze calls the columns of the key.
  var bronzeKeys: [String] {
    ChangeColumns.bronzeNames(of: source.keys, reserved: reservedColumns)
  }

  /// Names that a column of the source may not have in bronze, beside those of change rows.
  var reservedColumns: [String] {
    contract.partitionColumns + BronzeTable.Provenance.fields.map(\.name)
  }

  /// `table` of `system` with what bronze says of it; `.configuration` when it has no keys, or
  /// bronze does not know it.
  init(
    _ table: SourcesFile.SourceTable, of system: SourcesFile.SourceSystem, _ workspace: Workspace
  ) throws(Fault) {
    guard !table.keys.isEmpty else {
      throw Fault(
        .configuration, at: table.place, "the table '\(table.name)' has no keys",
        remedy: "add 'keys: [COLUMN]', the columns that tell its rows apart")
    }
    name = "\(system.name).\(table.name)"
    source = table
    contract = try workspace.contract(system: system.name, entity: table.name, at: table.place)
  }
}
