import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Maintenance
import UnixTool

/// Rewrites files of tables to the right size and order.
@main struct LakeOptimize: MedallionTool {
  static let manual = ToolManual(
    "lake-optimize", "joins small files of tables, and puts rows in the order they are asked by",
    operands: "[TABLE…]",
    examples: [
      ("lake-optimize --dry-run", "says what is worth it, and what comes of it"),
      ("lake-optimize", "does it, for all tables"),
      ("lake-optimize --target-size 64MiB gold.sales", "makes files of that size"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var trial: DryRunOption

  @Option(
    name: .customLong("target-size"),
    help: ArgumentHelp(
      "how large files are to be (default: 128MiB, or as a table says)", valueName: "SIZE"))
  var targetSize: ByteCount?

  @Option(help: ArgumentHelp("form of the report", valueName: "FORM"))
  var format = OptimizeFormat.text

  @Argument(help: "tables, with their auxiliary tables (default: all)")
  var tables: [String] = []

  func run(_ console: Console) throws {
    let workspace = try lake.workspace(console, needing: .readable)
    let run = LayoutRun(
      workspace, lake.queryContext(console), target: targetSize?.bytes)
    let report = OptimizeReport(format, console)
    for table in try workspace.maintainedTables(named: tables) {
      // What is wrong with one table keeps none of the others.
      do {
        if trial.dryRun {
          if let plan = try run.plan(table) { try report.write(plan) }
        } else {
          console.progress("\(table.name)")
          try run.optimize(table) { try report.write($0, of: table) }
        }
      } catch let fault as Fault where fault.kind != .internal {
        console.fail(fault)
      }
    }
  }
}

/// The form of a report that people or programs read.
enum OptimizeFormat: String, CaseIterable, ExpressibleByArgument {
  case text
  case json
}
