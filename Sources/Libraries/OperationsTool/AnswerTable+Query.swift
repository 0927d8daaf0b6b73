import Columnar
import Core
import Engine
package import LakeJobs
import LakeQuery
import LakeTool
import Lakehouse
package import Operations
package import UnixTool
package import WarehouseJobs

extension AnswerTable {
  /// So many rows are enough at a glance.
  private static let mostRows = 500

  /// Asks the only query in the file at `path`, over the lake and the warehouse at `warehouse`.
  package init(
    file path: String, _ workspace: Workspace, _ options: LakeOptions, warehouse: WarehousePlace,
    _ console: Console
  ) throws {
    let bytes = try workspace.lake.fileSystem.readHandwritten(path)
    let catalog = LakeCatalog(lake: workspace.lake, jobs: workspace.jobs)
    catalog.showWarehouse(at: warehouse)
    let runner = QueryRunner(
      catalog: catalog, context: options.queryContext(console),
      views: workspace.jobs.viewSyntax)
    let query = try SQLScript.parseQuery(
      text: String(decoding: bytes, as: UTF8.self), file: path)
    let plan = try runner.plan(query)
    // A page that is published, or a message, shows nothing of people, whoever asks for it.
    let cover = try LabelCover(of: workspace) {
      try BoundJobs(workspace, complete: StarLineage.complete)
    }
    let words = cover.words(for: plan)
    let source = try runner.run(plan)
    var rows: [[String]] = []
    func next() throws -> Batch? {
      do {
        return try source.next().map { cover.covered($0, words) }
      } catch let fault as Fault {
        throw cover.covered(fault, of: plan)
      }
    }
    while rows.count < Self.mostRows, let batch = try next() {
      for row in 0..<min(batch.rowCount, Self.mostRows - rows.count) {
        rows.append(batch.scalars(at: row).map(Self.text))
      }
    }
    self.init(source.schema.names, rows)
  }

  private static func text(_ value: Scalar) -> String {
    switch value {
    case .null: ""
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    case .decimal(let value): "\(value)"
    case .string(let value): value
    case .date(let value): "\(value)"
    case .timestamp(let value): "\(value)"
    case .binary(let value): hexText(value)
    case .list(let values), .structure(let values): values.map(text).joined(separator: ", ")
    }
  }
}
