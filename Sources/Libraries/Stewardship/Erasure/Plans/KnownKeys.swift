import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import WarehouseJobs

/// The keys of persons that a lake and its warehouse have, held against those that were erased.
struct KnownKeys {
  private let catalog: LakeCatalog
  private let runner: QueryRunner

  init(_ workspace: Workspace, _ warehouse: WarehousePlace?, _ context: QueryContext) {
    catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    if let warehouse { catalog.showWarehouse(at: warehouse) }
    runner = QueryRunner(catalog: catalog, context: context, views: workspace.jobs.viewSyntax)
  }

  /// Which keys that `records` tell of are there, with what took their place: by the record's
  /// fingerprint and by column. Each table is read once, however many records there are.
  func matching(
    _ records: [ErasureRecord], secret: [UInt8]
  ) throws -> [String: [String: [String: String]]] {
    var erased: [String: [String: (fingerprint: String, substitute: String)]] = [:]
    for record in records {
      for (column, tokens) in record.substitutes {
        for (token, substitute) in tokens {
          erased[column, default: [:]][token] = (record.fingerprint, substitute)
        }
      }
    }
    var found: [String: [String: [String: String]]] = [:]
    for name in try catalog.listedTables() where name.parts.count == 2 {
      guard let schema = try catalog.presentTable(name)?.schema else { continue }
      for field in schema.fields {
        let column = field.name.lowercased()
        guard let tokens = erased[column], PersonSearch.canHold(field.type) else { continue }
        for key in try keys(in: field.name, of: name) {
          guard let hit = tokens[ErasureRecord.token(of: key, in: column, secret: secret)] else {
            continue
          }
          found[hit.fingerprint, default: [:]][column, default: [:]][key] = hit.substitute
        }
      }
    }
    return found
  }

  private func keys(in column: String, of name: TableName) throws -> [String] {
    let table = name.parts.map(Identifier.quoted).joined(separator: ".")
    let rows = try runner.table(
      "SELECT DISTINCT \(PersonSearch.text(of: column)) FROM \(table)", name: "\(name)")
    return rows.batches.flatMap { batch in
      (0..<batch.rowCount).compactMap { row in
        if case .string(let key) = batch.columns[0].scalar(at: row) { key } else { nil }
      }
    }
  }
}

extension LakeCatalog {
  /// A table as it is now; nil where it is not there yet.
  func presentTable(_ name: TableName) throws -> (any TableProvider)? {
    do {
      return try table(name, reading: .whole)
    } catch let fault as Fault where fault.kind == .missing {
      return nil
    }
  }
}
