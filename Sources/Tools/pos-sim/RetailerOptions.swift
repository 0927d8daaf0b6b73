import ArgumentParser
import Core
import Retailer
import UnixTool

/// Which retailer, and which days of it.
struct RetailerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("what all else follows from", valueName: "N"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("the first day", valueName: "DAY"))
  var from = CivilDate(dayNumber: 20_454)

  @Option(help: ArgumentHelp("how many days", valueName: "N"))
  var days = 1

  @Option(help: ArgumentHelp("how many stores", valueName: "N"))
  var stores = 20

  @Option(help: ArgumentHelp("how many products", valueName: "N"))
  var products = 2_000

  @Option(help: ArgumentHelp("how many members of the rewards programme", valueName: "N"))
  var members = 10_000

  mutating func validate() throws {
    try check(stores, in: Scale.storeRange, "stores")
    try check(products, in: Scale.productRange, "products")
    try check(members, in: Scale.memberRange, "members")
    try check(days, in: 1...36_500, "days")
  }

  var scale: Scale {
    Scale(seed: seed, stores: stores, products: products, members: members)
  }

  /// The days asked for, which the retailer must have lived.
  func period() throws(Fault) -> Range<CivilDate> {
    let end = CivilDate(dayNumber: from.dayNumber + Int32(days))
    guard Business.lifetime.contains(from), end <= Business.lifetime.upperBound else {
      throw Fault(
        .usage, "there are no days from \(from) up to \(end)",
        remedy: "ask for days from \(Business.lifetime.lowerBound) up to "
          + "\(Business.lifetime.upperBound)")
    }
    return from..<end
  }
}

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

  mutating func validate() throws {
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

  var rates: Rates {
    Rates(returns: returns, voids: voids, duplicates: duplicates, late: late, bad: bad)
  }

  /// The events of `days`.
  func volume(_ days: Range<CivilDate>) -> Volume {
    events.map { Volume(total: $0, in: days) } ?? Volume(averageCount: eventsPerDay)
  }

  private static func share(_ what: String) -> ArgumentHelp {
    ArgumentHelp("\(what), as a share of events", valueName: "SHARE")
  }
}

extension MoneyForm: ExpressibleByArgument {}

private func check(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "'\(value)' is not a value of '--\(name)'; give a number from \(range.lowerBound) to "
        + "\(range.upperBound)")
  }
}
