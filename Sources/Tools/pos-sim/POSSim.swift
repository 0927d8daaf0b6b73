import ArgumentParser
import Core
import Retailer
import UnixTool

/// A made-up retailer, the same for the same seed.
@main struct POSSim: MedallionTool {
  static let manual = ToolManual(
    "pos-sim", "makes up a retailer's data: the same bytes for the same seed",
    operands: "events",
    examples: [
      (
        "pos-sim events --events 1000000 --days 30 | zstd > month.ndjson.zst",
        "a million till events of thirty days"
      ),
      ("pos-sim events --from 2026-02-01 --output landing/pos", "a day's events, as a file"),
    ])

  /// What can be made up.
  enum Source: String, CaseIterable, ExpressibleByArgument {
    case events
  }

  @OptionGroup(title: "Retailer") var retailer: RetailerOptions
  @OptionGroup(title: "Tills") var tills: TillOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Option(
    help: ArgumentHelp("write into this folder, a file for each day", valueName: "DIR"))
  var output: String?

  @Argument(help: "events: what the tills send, JSON lines in the order of their clocks")
  var source: Source

  func run(_ console: Console) throws {
    let days = try retailer.period()
    switch source {
    case .events: try EventProduct(days: days, retailer, tills, folder: output).write(console)
    }
  }
}
