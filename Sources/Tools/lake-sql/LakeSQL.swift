import ArgumentParser
import Engine
import LakeQuery
import LakeTool
import Lakehouse
import UnixTool
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
      ("lake-sql --role analyst 'SELECT * FROM gold.sales'", "asks as this role may see it"),
      ("lake-sql 'SELECT * FROM csv.`partner/prices.csv`' --format json", "reads a file"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup var state: AsOfOption
  @OptionGroup var eyes: RoleOption
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
    let context = lake.queryContext(console)
    let tables = try tables(warehouse, context, console)
    let writer = ResultWriter(
      format ?? (console.output.isTerminal ? .table : .json),
      escapesFormulas: formulas.isSet(or: false), console)
    try script.run(
      over: tables.catalog, context, views: tables.views, steps: console.steps,
      resolved: { plans in
        var reads = tables.reads
        guard reads.isPossible else { return }
        for plan in plans { try reads.add(Optimizer(clock: context.clock).optimize(plan)) }
        try lake.record(reads.told(asking: script.text), console)
      }, take: { try writer.write($0) })
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
}
