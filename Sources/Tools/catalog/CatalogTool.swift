import ArgumentParser
import Core
import LakeJobs
import LakeTool
import Stewardship
import UnixTool

/// What there is, whose it is, and what it means.
@main struct CatalogTool: MedallionTool {
  static let manual = ToolManual(
    "catalog", "tells what tables there are, whose they are and what they mean",
    operands: "show|classify [TABLE[.COLUMN]]",
    verdict: "with --self-check: labels are found less well than they should be",
    examples: [
      ("catalog show gold.sales", "a table, its columns, and what each is made from"),
      (
        "catalog classify orders_customers",
        "proposes lines of labels.yml, with what speaks for them"
      ),
      ("catalog classify --self-check", "prints how well labels are found"),
    ])

  /// What is asked.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    case show
    case classify
  }

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @OptionGroup(title: "Classify") var classifying: ClassifyOptions

  @Argument(help: "what is asked")
  var question: Question

  @Argument(help: "a table, or a column of one")
  var names: [String] = []

  func run(_ console: Console) throws {
    if question == .classify {
      return try ClassifyDesk(lake: lake, options: classifying, console: console)
        .propose(for: names)
    }
    let workspace = try lake.workspace(console, needing: .readable)
    let catalog = try CatalogGatherer(workspace) { console.warn($0) }.catalog()
    switch question {
    case .classify: break
    case .show:
      guard let name = names.first, names.count == 1 else {
        throw Fault(.usage, "it is not said of what", remedy: "name one table, or a column of one")
      }
      let found = try catalog.find(name)
      try console.output.write(EntryText(found.entry, column: found.column).text)
    }
  }
}
