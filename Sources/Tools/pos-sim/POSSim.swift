import ArgumentParser
import Core
import Retailer
import UnixTool

/// A made-up retailer, the same for the same seed.
@main struct POSSim: MedallionTool {
  static let manual = ToolManual(
    "pos-sim", "makes up a retailer's data: the same bytes for the same seed",
    operands: "events|orders|rewards",
    examples: [
      (
        "pos-sim events --events 1000000 --days 30 | zstd > month.ndjson.zst",
        "a million till events of thirty days"
      ),
      ("pos-sim events --from 2026-02-01 --output landing/pos", "a day's events, as a file"),
      (
        "pos-sim orders --from 2026-02-01 --database sources/orders.db",
        "takes the order database on to the end of that day, or makes it"
      ),
      ("pos-sim rewards --days 7 --sql | psql rewards", "a week of the rewards database"),
    ])

  /// What can be made up.
  enum Source: String, CaseIterable, ExpressibleByArgument {
    case events
    case orders
    case rewards
  }

  @OptionGroup(title: "Retailer") var retailer: RetailerOptions
  @OptionGroup(title: "Tills") var tills: TillOptions
  @OptionGroup(title: "Databases") var databases: DatabaseOptions
  @OptionGroup(title: "Run") var options: RunOptions

  @Argument(help: "till events, the order database or the rewards database")
  var source: Source

  func run(_ console: Console) throws {
    let days = try retailer.period()
    let business = Business(retailer.scale)
    switch source {
    case .events:
      try EventProduct(tills, days: days).write(tills.book(business, days), console)
    case .orders:
      let orders = OrderHistory(business, ordersPerDay: databases.ordersPerDay)
      try DatabaseProduct(orders, days: days).write(databases, console)
    case .rewards:
      let rewards = RewardsHistory(tills.book(business, days))
      try DatabaseProduct(rewards, days: days).write(databases, console)
    }
  }
}
