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
    let end = from.adding(days: days) ?? from
    guard Business.lifetime.contains(from), end <= Business.lifetime.upperBound else {
      throw Fault(
        .usage, "there are no days from \(from) up to \(end)",
        remedy: "ask for days from \(Business.lifetime.lowerBound) up to "
          + "\(Business.lifetime.upperBound)")
    }
    return from..<end
  }
}

/// Refuses a number outside of `range` as a value of the option `name`.
func check(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "'\(value)' is not a value of '--\(name)'; give a number from \(range.lowerBound) to "
        + "\(range.upperBound)")
  }
}
