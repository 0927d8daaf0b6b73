import ArgumentParser
import Core
import Governance
import JSON
import LakeJobs
import LakeTool
import Lakehouse
import UnixTool
import WarehouseJobs
import WarehouseTool

/// What came from what.
@main struct LineageTool: MedallionTool {
  static let manual = ToolManual(
    "lineage", "tells what a table or column is made from, and what is made from it",
    operands: "upstream|downstream|impact|row TABLE[.COLUMN] [VALUE…]",
    verdict: "with --contract: a change breaks what is promised",
    examples: [
      ("lineage upstream gold.sales.net_amount", "the columns that a column is made from"),
      ("lineage impact silver.customers.email", "all that a change of a column touches"),
      ("lineage impact silver.customers.email --contract", "the same, for a pipeline of changes"),
      ("lineage downstream silver.sales_lines --format dot | dot -Tsvg", "draws it"),
      (
        "lineage row fact_sales transaction_id=T1 line_no=2",
        "what a row was made from, down to lines of raw files"
      ),
      ("lineage --make", "writes the rules by which make builds each table"),
    ])

  /// Which way to look.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    case upstream
    case downstream
    case impact
    case row
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup var sight: SightOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format = LineageFormat.text

  @OptionGroup var formulas: FormulaOption

  @Option(help: ArgumentHelp("go at most so many steps", valueName: "N"))
  var depth: Int?

  @Flag(help: "also the columns that decide over rows: filters, joins, groups")
  var indirect = false

  @Flag(help: "of impact: end with 1 where a change breaks what is promised")
  var contract = false

  @Flag(help: "write the rules by which make builds each table")
  var make = false

  @Option(help: ArgumentHelp("show at most so many rows of a table", valueName: "N"))
  var limit = 10

  @Argument(help: "what is asked")
  var question: Question?

  @Argument(help: "a table, or a column of one")
  var name: String?

  @Argument(help: "what a row has, each as COLUMN=VALUE")
  var values: [String] = []

  private var form: LineageForm {
    LineageForm(format: format, escapesFormulas: formulas.isSet(or: true))
  }

  func run(_ console: Console) throws {
    let warehouse = try place.warehousePlace(inLake: lake.lake)
    let workspace = try lake.workspace(console)
    if make {
      guard question == nil, format == .text else {
        throw Fault(
          .usage, "--make with a question or a form", remedy: "give one of them")
      }
      return try console.output.write(TableRules(workspace.jobs).makefile())
    }
    guard let question, let name else {
      throw Fault(
        .usage, "there is no question", remedy: "ask 'lineage upstream TABLE', or give --make")
    }
    guard depth.map({ $0 > 0 }) ?? true else {
      throw Fault(.usage, "'\(depth ?? 0)' is no number of steps", remedy: "give one from 1")
    }
    let jobs = try BoundJobs(workspace, complete: StarLineage.complete)
    for fault in jobs.faults { console.fail(fault) }
    if question == .row {
      let answer = try RowQuestion(name, values).answer(
        workspace, jobs, warehouse: warehouse, limit: max(1, limit), rowSight(workspace, jobs), form
      ) { try lake.record($0.told(asking: $1), console) }
      return try console.output.write(answer)
    }
    guard values.isEmpty else {
      throw Fault(.usage, "'\(values[0])' is too much", remedy: "ask 'lineage row' for rows")
    }
    let map = try LineageMap(workspace, jobs)
    let node = try map.node(named: name)
    let product = LineageProduct(map: map, form: form)
    switch question {
    case .upstream, .downstream:
      let direction: LineageGraph.Direction = question == .upstream ? .upstream : .downstream
      try console.output.write(
        product.text(
          of: map.graph.lineage(
            of: node, direction, depth: depth ?? .max, directOnly: !indirect)))
    case .impact, .row:
      let impact = try Impact(of: node, in: map)
      try console.output.write(product.text(of: impact))
      if contract { try LineageProduct.hold(impact) }
    }
  }
}
