import Core
import Database
import LakeJobs
import LakeTool
import Operations
import OperationsTool
import Runs
import UnixTool
import WarehouseJobs
import WarehouseTool

/// One look at everything, and what is to be told of it.
struct AlertWatch {
  /// Trends need some weeks.
  private static let days = 35
  /// Of the last days' events so many tell how often something came, and what was last checked.
  private static let eventDays = 8

  private let lake: Lake
  private let file: AlertsFile
  private let tool: AlertTool
  private let console: Console

  init(_ lake: Lake, _ file: AlertsFile, _ tool: AlertTool, _ console: Console) {
    self.lake = lake
    self.file = file
    self.tool = tool
    self.console = console
  }

  /// Finds what stands, tells what is new of it, and delivers what waits.
  func run(onlyDeadlines: Bool) throws {
    let warehouse = try tool.place.warehousePlace(inLake: lake.root)
    let ledger = openLedger()
    let gatherer = FactGatherer(
      lake, jobsFolder: tool.lake.jobs, warehouse: warehouse, console: console)
    var facts = gatherer.facts(
      ledger, file, days: onlyDeadlines ? 3 : Self.days,
      eventDays: onlyDeadlines ? 2 : Self.eventDays, onlyDeadlines ? .times : .sizes)
    if !onlyDeadlines { facts.worth = worth(warehouse) }
    let conditions = onlyDeadlines ? ProblemFinder.ofDeadlines : ProblemFinder.ofFacts
    let problems = ProblemFinder(facts, file).problems(conditions)
    for problem in problems { console.note("\(problem.condition.rawValue): \(problem.title)") }
    if tool.trial.dryRun {
      for problem in problems where problem.parent == nil { try console.write(problem.title) }
      return
    }
    // Two at once would tell everything twice.
    let lock = try ledger.map { _ in
      try lake.fileSystem.lock(
        "\(RunLedger.folder(inLake: lake.root))/alert.lock", patience: .seconds(60))
    }
    defer { lock?.unlock() }
    let connection = try ledger?.connection ?? SQLiteConnection(":memory:", .create)
    let book = try AlertBook(connection)
    let round = AlertRound(book, file, source: facts.source, at: console.clock.now)
    try round.take(problems, of: conditions)
    if ledger != nil { try round.giveSignOfLife() }
    let dispatch = Dispatch(
      book, file, tool.courier(lake, console), source: facts.source, at: console.clock.now)
    for fault in try dispatch.run() { console.fail(fault) }
  }

  /// The ledger; without one, which is told, alerts are delivered and not remembered.
  private func openLedger() -> RunLedger? {
    do {
      return try RunLedger(lake: lake.root)
    } catch {
      console.fail(error)
      return nil
    }
  }

  /// What is at stake, by table, as the query of the job folder has it.
  private func worth(_ warehouse: WarehousePlace) -> [String: String] {
    guard let path = file.worthFile else { return [:] }
    do {
      let workspace = try Workspace(lake: lake, jobsFolder: tool.lake.jobs, needing: .readable)
      let table = try AnswerTable(
        file: "\(tool.lake.jobs)/\(path)", workspace, tool.lake, warehouse: warehouse, console)
      return Dictionary(
        table.rows.filter { $0.count >= 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
    } catch let fault as Fault where fault.kind == .missing {
      // A lake that is not built yet has nothing at stake.
      console.note("\(fault)")
    } catch {
      console.warn(error as? Fault ?? Fault(.internal, "\(error)", remedy: "report it"))
    }
    return [:]
  }
}
