import Columnar
import Core
import JSON
import Testing

@testable import Retailer

/// What the tills send, as events of the model.
@Suite struct ReceiptTests {
  private static func goodEvents(_ days: Range<Int>, _ rates: Rates = Rates(bad: 0)) -> [JSONObject]
  {
    var tills = Tills()
    tills.rates = rates
    var seen: Set<String> = []
    return tills.events(days).filter { seen.insert($0.text("event_id") ?? "").inserted }
  }

  @Test func `a good event has every field of the model`() throws {
    for event in ReceiptTests.goodEvents(0..<2) {
      #expect(
        event.keys == [
          "schema_version", "event_id", "event_type", "event_time", "store_id", "register_id",
          "cashier_id", "transaction_id", "original_transaction_id", "loyalty_id", "currency",
          "lines", "payments",
        ])
      #expect(event.text("event_id")?.utf8.count == 36)
      let time = try #require(event.text("event_time"))
      #expect(Timestamp(rfc3339Text: time) != nil)
      let isSale = event.text("event_type") == "sale"
      #expect(isSale == (event["original_transaction_id"]?.isNull ?? false))
      let lines = try #require(event["lines"]?.array)
      #expect(lines.isEmpty == (event.text("event_type") == "void"))
      for (index, line) in lines.enumerated() {
        let line = try #require(line.object)
        #expect(line.text("line_no") == "\(index + 1)")
        #expect(line.keys.count == 7)
      }
    }
  }

  @Test func `what is paid is what the lines come to`() throws {
    for event in ReceiptTests.goodEvents(0..<2) {
      var due = Decimal(unscaled: 0, scale: 2)
      for line in try #require(event["lines"]?.array).compactMap(\.object) {
        let amounts = ["quantity", "unit_price", "discount", "tax"].compactMap {
          line.text($0).flatMap { Decimal(parsing: $0) }
        }
        try #require(amounts.count == 4)
        let gross = amounts[0].unscaled * amounts[1].unscaled
        let scale = amounts[0].scale
        // Half up to cents.
        let unit = (0..<scale).reduce(Int128(1)) { value, _ in value * 10 }
        let net = (Int128(gross) + unit / 2) / unit - Int128(amounts[2].unscaled)
        #expect(net > 0)
        due = Decimal(unscaled: due.unscaled + net + amounts[3].unscaled, scale: 2)
      }
      let paid = try #require(event["payments"]?.array).compactMap { payment in
        payment.object?.text("amount").flatMap { Decimal(parsing: $0) }
      }
      #expect(paid.reduce(0) { $0 + $1.unscaled } == due.unscaled)
    }
  }

  @Test func `returns and voids refer to earlier sales of the same store`() throws {
    var sales: [String: JSONObject] = [:]
    var found = ["return": 0, "void": 0]
    for event in ReceiptTests.goodEvents(0..<45) {
      let type = try #require(event.text("event_type"))
      guard let original = event.text("original_transaction_id") else {
        sales[try #require(event.text("transaction_id"))] = event
        continue
      }
      guard let sale = sales[original] else { continue }
      found[type, default: 0] += 1
      #expect(sale.text("store_id") == event.text("store_id"))
      #expect(sale.text("loyalty_id") == event.text("loyalty_id"))
      #expect(
        try #require(Timestamp(rfc3339Text: sale.text("event_time") ?? ""))
          <= #require(Timestamp(rfc3339Text: event.text("event_time") ?? "")))
      let sold = sale["lines"]?.array?.compactMap { $0["sku"]?.string } ?? []
      let returned = event["lines"]?.array?.compactMap { $0["sku"]?.string } ?? []
      #expect(returned.allSatisfy(sold.contains))
    }
    #expect(try #require(found["return"]) > 1_000)
    #expect(try #require(found["void"]) > 500)
  }

  @Test func `rates are kept`() throws {
    let rates = Rates(returns: 0.08, voids: 0.04, duplicates: 0.05, late: 0.06, bad: 0.03)
    var tills = Tills()
    tills.rates = rates
    let lines = tills.lines(0..<20).count
    let count = (0..<20).reduce(0) { sum, day in
      sum + Volume(averageCount: 2_000).count(CivilDate(dayNumber: 20_454 + Int32(day)))
    }
    func near(_ found: Int, _ rate: Double) -> Bool {
      abs(Double(found) / Double(count) - rate) < rate * 0.1
    }
    #expect(near(lines - count, rates.duplicates))
    let good = ReceiptTests.goodEvents(0..<20, rates)
    let types = Dictionary(grouping: good) { $0.text("event_type") ?? "" }.mapValues(\.count)
    #expect(near(types["return"] ?? 0, rates.returns))
    #expect(near(types["void"] ?? 0, rates.voids))
    let late = good.filter { event in
      // A receipt's number bears the day on which it arrives.
      guard let number = event.text("transaction_id")?.dropFirst().prefix(5),
        let day = Int32(number),
        let date = event.text("event_time").flatMap({ CivilDate(parsing: $0) })
      else { return false }
      return date.dayNumber < day
    }
    #expect(near(late.count, rates.late))
    let book = tills.book
    let spoiled = (0..<20).reduce(0) { sum, day in
      let page = book.page(20_454 + day)
      return sum + (0..<page.count).count { book.receipt($0, of: page).kind == .spoiled }
    }
    #expect(near(spoiled, rates.bad))
  }
}
