import ArgumentParser
import Columnar
import Core
import Engine
import LakeJobs
import LakeQuery
import LakeTool
import UnixTool
import WarehouseJobs
import WarehouseTool

/// Questions to the lake in Spark SQL.
@main struct LakeSQL: MedallionTool {
  static let manual = ToolManual(
    "lake-sql", "asks the lake, the warehouse or files in Spark SQL", operands: "[QUERY|-]",
    examples: [
      ("lake-sql 'SELECT count(*) FROM silver.sales_lines'", "asks one question"),
      ("lake-sql --file jobs/demo.sql", "runs the queries of a script"),
      ("lake-sql 'SHOW TABLES'", "lists the tables; DESCRIBE TABLE tells of one"),
      ("lake-sql 'EXPLAIN SELECT * FROM gold.sales'", "shows the plan, and which files it reads"),
      ("lake-sql 'SELECT * FROM csv.`partner/prices.csv`' --format json", "reads a file"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup var state: AsOfOption
  @OptionGroup(title: "Run") var options: RunOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("run the queries of this file", valueName: "FILE"))
  var file: String?

  /// A table on a terminal, else JSON.
  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format: ResultFormat?

  @OptionGroup var formulas: FormulaOption

  @Argument(help: "queries, or - for standard input (the default)")
  var query: String?

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let script = try script(console)
    let lakehouse = lake.lakehouse(console)
    let jobs = try jobs(of: lakehouse, console)
    let catalog = LakeCatalog(lake: lakehouse, jobs: jobs)
    try catalog.read(
      version: state.asOf?.version, time: state.asOf?.time, now: console.clock.now)
    catalog.unknownTableRemedy = "see which there are: lake-sql 'SHOW TABLES'"
    catalog.note = { console.say($0) }
    catalog.defaultSchema = "warehouse"
    catalog.showWarehouse(at: warehouse)
    let context = lake.queryContext(console)
    let writer = ResultWriter(
      format ?? (console.output.isTerminal ? .table : .json),
      escapesFormulas: formulas.isSet(or: false), console)
    try script.run(
      over: catalog, context, views: jobs?.viewSyntax ?? [], steps: console.steps
    ) { try writer.write($0) }
  }

  /// A query that begins with a comment is one, though options begin so: it stands behind a mark
  /// that ends them.
  static func arranged(_ arguments: [String]) -> [String] {
    let isQuery = { (argument: String) in
      argument.hasPrefix("--")
        && (argument.contains("\n") || argument.prefix { $0 != "=" }.contains(" "))
    }
    guard !arguments.contains("--"), let query = arguments.first(where: isQuery) else {
      return arguments
    }
    return arguments.filter { $0 != query } + ["--", query]
  }

  func script(_ console: Console) throws(Fault) -> QueryScript {
    if let file, file != "-" {
      guard query == nil else {
        throw Fault(
          .usage, "a query and --file together", remedy: "give one of them")
      }
      let bytes = try PipeInput.bytes(
        of: try FileAddress.path(file), limit: SQLScript.byteLimit)
      return try QueryScript(
        String(decoding: bytes, as: UTF8.self), file: file == "-" ? "standard input" : file)
    }
    if let query, query != "-" { return try QueryScript(query, file: "query") }
    if PipeInput.isTerminal {
      console.say("type queries, a ; behind each, then Ctrl-D to have them answered")
    }
    let bytes = try PipeInput.bytes(of: "-", limit: SQLScript.byteLimit)
    return try QueryScript(String(decoding: bytes, as: UTF8.self), file: "standard input")
  }

  /// The job files, where there are any; when they are wrong, what they declare is unknown here.
  /// Settings that cannot be obeyed are never passed over: answers would be others.
  func jobs(of lakehouse: Lake, _ console: Console) throws -> JobFolder? {
    if lake.jobs == "jobs", try !lakehouse.fileSystem.exists(lake.jobs) { return nil }
    let jobs: JobFolder
    do {
      jobs = try JobFolder(lake.jobs, lake: lakehouse, needing: .readable)
    } catch let fault as Fault where fault.kind == .configuration || fault.kind == .missing {
      console.warn(fault)
      return nil
    }
    try jobs.checkSettings()
    for fault in jobs.faults { console.warn(fault) }
    return jobs
  }
}
