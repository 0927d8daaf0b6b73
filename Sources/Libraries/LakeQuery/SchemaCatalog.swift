import Bronze
package import Columnar
import Core
import Delta
package import Engine
package import LakeJobs

/// The tables of a job folder by their columns alone: what queries can be bound to without a lake.
///
/// Bronze tables have the columns of their contracts; datasets are added as they are bound.
package final class SchemaCatalog: Catalog {
  private let lake: Lake
  private let jobs: JobFolder
  private var schemas: [LakeTableName: Schema] = [:]

  /// `lake` is where queries of files by path look for them.
  package init(_ jobs: JobFolder, lake: Lake) {
    self.jobs = jobs
    self.lake = lake
    for (name, contract) in jobs.contracts { schemas[name] = contract.schema }
    for name in Array(jobs.contracts.keys) + jobs.datasets.keys {
      let quarantine = Quarantine.name(of: name)
      if schemas[quarantine] == nil { schemas[quarantine] = Quarantine.schema }
    }
  }

  /// Adds a dataset that is bound.
  package func add(_ name: LakeTableName, _ schema: Schema) { schemas[name] = schema }

  /// The columns of a table; nil when it is unknown or not bound.
  package func schema(of name: LakeTableName) -> Schema? { schemas[name] }

  package var tableNames: [String] { jobs.tableNames.map(\.description) }

  package func table(_ name: TableName, reading: TableReading) throws -> (any TableProvider)? {
    if let table = LakeTableName(name.description), var schema = schemas[table] {
      if case .changes = reading { schema = Schema(schema.fields + ChangeColumns.all) }
      return SchemaTable(
        name: "\(table)", schema: schema,
        hiddenColumns: jobs.contracts[table] == nil ? [] : BronzeTable.Provenance.all)
    }
    guard name.parts.count == 2, let format = PathFormat(rawValue: name.parts[0].lowercased())
    else { return nil }
    return try PathTable(format, path: name.parts[1], lake: lake).provider(reading).table
  }
}

/// The columns of a table, without rows.
struct SchemaTable: TableProvider {
  let name: String
  let schema: Schema
  let hiddenColumns: [Field]

  func scan(_ request: ScanRequest) throws -> [any BatchSource] {
    throw Fault(
      .internal, "'\(name)' stands for its columns and has no rows", remedy: "report this as a bug")
  }
}
