import Core
import LakeJobs
import LakeTool
import Operations
import OperationsTool
import UnixTool
import WarehouseJobs

/// Asks what the report shows at a glance. A query that cannot be answered leaves the rest alone:
/// the page says why, and so does the tool.
struct GlanceAsker {
  private let lake: Lake
  private let options: LakeOptions
  private let warehouse: WarehousePlace
  private let console: Console

  init(_ lake: Lake, _ options: LakeOptions, warehouse: WarehousePlace, _ console: Console) {
    self.lake = lake
    self.options = options
    self.warehouse = warehouse
    self.console = console
  }

  func answer(
    _ glance: ReportPlan.Glance
  ) -> (glance: ReportPlan.Glance, answer: AnswerTable?, reason: String) {
    console.progress(glance.title)
    do {
      return (glance, try table(glance.queryFile), "")
    } catch {
      let fault = told(error)
      return (glance, nil, "\(fault.problem); \(fault.remedy)")
    }
  }

  /// What is at stake by table, in words: the first two columns of the query in `file`.
  func worth(_ file: String) -> [String: String] {
    do {
      let rows = try table(file).rows.filter { $0.count >= 2 }
      return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
    } catch {
      _ = told(error)
      return [:]
    }
  }

  private func table(_ file: String) throws -> AnswerTable {
    let workspace = try Workspace(lake: lake, jobsFolder: options.jobs, needing: .readable)
    return try AnswerTable(
      file: "\(options.jobs)/\(file)", workspace, options, warehouse: warehouse, console)
  }

  private func told(_ error: any Error) -> Fault {
    let fault = error as? Fault ?? Fault(.internal, "\(error)", remedy: "report it")
    console.warn(fault)
    return fault
  }
}
