import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery

/// The keys of persons that a lake has, held against those that were erased.
struct KnownKeys {
  private let catalog: LakeCatalog
  private let runner: QueryRunner

  init(_ workspace: Workspace, _ context: QueryContext) {
    catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    runner = QueryRunner(catalog: catalog, context: context, views: workspace.jobs.viewSyntax)
  }

  /// Which keys that the record tells of the lake has, with what took their place.
  func matching(
    _ record: ErasureRecord, _ kind: SubjectsFile.Kind, secret: [UInt8]
  ) throws -> [String: [String: String]] {
    var found: [String: [String: String]] = [:]
    for name in try catalog.listedTables() {
      guard let schema = try? catalog.table(name, reading: .whole)?.schema else { continue }
      for field in schema.fields where kind.keys.contains(field.name.lowercased()) {
        let column = field.name.lowercased()
        guard let substitutes = record.substitutes[column], name.parts.count == 2 else { continue }
        let table = name.parts.map(Identifier.quoted).joined(separator: ".")
        let text = "CAST(\(Identifier.quoted(field.name)) AS STRING)"
        let rows = try runner.table("SELECT DISTINCT \(text) FROM \(table)", name: "\(name)")
        for batch in rows.batches {
          for row in 0..<batch.rowCount {
            guard case .string(let key) = batch.columns[0].scalar(at: row) else { continue }
            let token = ErasureRecord.token(of: key, in: column, secret: secret)
            if let substitute = substitutes[token] { found[column, default: [:]][key] = substitute }
          }
        }
      }
    }
    return found
  }
}
