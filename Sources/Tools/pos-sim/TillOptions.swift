import ArgumentParser
import Core
import Retailer
import UnixTool

/// How much the tills send, and how often something goes wrong.
struct TillOptions: ParsableArguments {
  @Option(
    name: .customLong("events-per-day"),
    help: ArgumentHelp("events of an average day, more or less by season", valueName: "N"))
  var eventsPerDay = 10_000

  @Option(
    help: ArgumentHelp(
      "events of all days together, instead: duplicates come on top", valueName: "N"))
  var events: Int?

  @Option(help: ArgumentHelp("lines of an average receipt", valueName: "N"))
  var lines = 3.0

  @Option(name: .customLong("return-rate"), help: share("returns of earlier sales"))
  var returns = 0.03

  @Option(name: .customLong("void-rate"), help: share("voids of receipts just written"))
  var voids = 0.01

  @Option(name: .customLong("duplicate-rate"), help: share("lines sent again later"))
  var duplicates = 0.005

  @Option(name: .customLong("late-rate"), help: share("events one to three days late"))
  var late = 0.01

  @Option(name: .customLong("bad-rate"), help: share("lines that break a rule"))
  var bad = 0.001

  @Option(help: ArgumentHelp("how tills write money", valueName: "FORM"))
  var money = MoneyForm.text

  @Option(help: ArgumentHelp("write into this folder, a file for each day", valueName: "DIR"))
  var output: String?

  mutating func validate() throws {
    output = try output.map { try FileAddress.path($0) }
    try check(eventsPerDay, in: 1...50_000_000, "events-per-day")
    if let events { try check(events, in: 1...1_000_000_000_000, "events") }
    guard (1...50).contains(lines) else {
      throw ValidationError("'\(lines)' is not a value of '--lines'; give a number from 1 to 50")
    }
    for (rate, name) in [
      (returns, "return"), (voids, "void"), (duplicates, "duplicate"), (late, "late"), (bad, "bad"),
    ] where !(0...1).contains(rate) {
      throw ValidationError(
        "'\(rate)' is not a value of '--\(name)-rate'; give a share from 0 to 1")
    }
    guard returns + voids + bad <= 1 else {
      throw ValidationError(
        "returns, voids and bad lines are more than all events; give smaller shares")
    }
  }

  private var rates: Rates {
    Rates(returns: returns, voids: voids, duplicates: duplicates, late: late, bad: bad)
  }

  /// All receipts of `business`, `days` having as many as asked for.
  func book(_ business: Business, _ days: Range<CivilDate>) -> ReceiptBook {
    let volume = events.map { Volume(total: $0, in: days) } ?? Volume(averageCount: eventsPerDay)
    return ReceiptBook(business, volume, rates, averageLines: lines)
  }

  private static func share(_ what: String) -> ArgumentHelp {
    ArgumentHelp("\(what), as a share of events", valueName: "SHARE")
  }
}

extension MoneyForm: ExpressibleByArgument {}
