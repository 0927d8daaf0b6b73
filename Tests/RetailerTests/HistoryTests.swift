import Columnar
import Core
import Database
import JSON
import TestSupport
import Testing

@testable import Retailer

/// The source databases from day to day.
@Suite struct HistoryTests {
  private static let business = Business(
    Scale(seed: 4, stores: 3, products: 100, members: 600))
  private static let book = ReceiptBook(business, Volume(averageCount: 150), Rates())
  private static let histories: [any SourceHistory] = [
    OrderHistory(business, ordersPerDay: 10), RewardsHistory(book),
  ]

  private func days(_ count: Int32) -> Range<CivilDate> {
    Tills.firstDay..<CivilDate(dayNumber: Tills.firstDay.dayNumber + count)
  }

  /// All rows of a database, by table.
  private func content(_ path: String) throws -> [String: [[Scalar]]] {
    let database = try SQLiteConnection(path, .readOnly)
    return try database.tables().reduce(into: [:]) {
      $0[$1] = try database.rows("SELECT * FROM \($1) ORDER BY 1, 2")
    }
  }

  @discardableResult
  private func evolve(
    _ path: String, _ history: any SourceHistory, _ count: Int32
  ) throws -> SQLiteConnection {
    let books = try SQLiteBooks(path, of: history)
    try Evolution(history).run(days(count), after: books.lastDay, into: books) { _ in }
    return try SQLiteConnection(path, .readOnly)
  }

  @Test(arguments: 0..<2)
  func `a database taken on day by day is the one made at once`(_ index: Int) throws {
    let work = Workdir()
    let history = HistoryTests.histories[index]
    for count: Int32 in [1, 2, 9, 40] { try evolve(work.file("steps.db"), history, count) }
    try evolve(work.file("once.db"), history, 40)
    #expect(try content(work.file("steps.db")) == content(work.file("once.db")))
  }

  @Test(arguments: 0..<2)
  func `the script makes what the file holds`(_ index: Int) throws {
    let work = Workdir()
    let history = HistoryTests.histories[index]
    try evolve(work.file("file.db"), history, 20)
    let database = try SQLiteConnection(work.file("script.db"), .create)
    let since = CivilDate(dayNumber: Tills.firstDay.dayNumber + 11)
    for (part, since) in [(days(12), nil), (days(20), since)] {
      var text: [UInt8] = []
      let script = SQLScript(since: since) { text += $0 }
      try Evolution(history).run(part, after: nil, into: script) { _ in }
      try database.execute(String(decoding: text, as: UTF8.self))
    }
    #expect(try content(work.file("script.db")) == content(work.file("file.db")))
  }

  @Test func `rows come, change and go`() throws {
    let work = Workdir()
    let path = work.file("orders.db")
    let history = HistoryTests.histories[0]
    try evolve(path, history, 1)
    let before = try content(path)
    try evolve(path, history, 120)
    let after = try content(path)
    for table in ["inventory_levels", "orders", "order_lines"] {
      let old = Set(try #require(before[table]).map { $0.prefix(2) })
      let new = Set(try #require(after[table]).map { $0.prefix(2) })
      #expect(!old.subtracting(new).isEmpty, "\(table)")
      // A product of this small shop hardly ever comes new, and with it its stock.
      if table != "inventory_levels" { #expect(!new.subtracting(old).isEmpty, "\(table)") }
    }
    let prices = try #require(after["products"]).filter { row in
      before["products"]?.contains { $0[0] == row[0] && $0[4] != row[4] } ?? false
    }
    #expect(prices.count > 50)
    let moved = try #require(after["customers"]).filter { row in
      before["customers"]?.contains { $0[0] == row[0] && $0[5] != row[5] } ?? false
    }
    #expect(moved.count > 10)
  }

  @Test func `members and customers come and go`() throws {
    let business = HistoryTests.business
    let start = Int(Tills.firstDay.dayNumber)
    let comes = try #require(
      (0..<600).first { business.membership.enrolment($0) > start && $0 & 31 != 31 })
    let goes = try #require(
      (0..<600).first {
        business.membership.isMember($0, on: start) && !business.membership.isMember($0, on: 22_000)
      })
    let leaving = try #require(
      (start..<22_000).first { !business.membership.isMember(goes, on: $0) })
    func changes(_ day: Int) throws -> [SourceChange] {
      var changes: [SourceChange] = []
      let day = CivilDate(dayNumber: Int32(day))
      try HistoryTests.histories[1].advance(to: day) { changes.append($0) }
      return changes
    }
    let welcome = try changes(business.membership.enrolment(comes)).filter {
      $0.values.contains(.string(Membership.loyaltyID(comes))) && $0.sql.hasPrefix("INSERT")
    }
    #expect(welcome.count == 2)
    let farewell = try changes(leaving).filter {
      $0.values == [.string(Membership.loyaltyID(goes))] && $0.sql.hasPrefix("DELETE")
    }
    #expect(farewell.count == 1)
    let customers = CustomerBook(business)
    let erased = (0..<600).filter {
      customers.isKnown($0, on: start) && !customers.isKnown($0, on: 22_000)
    }
    let arrived = (0..<600).filter {
      !customers.isKnown($0, on: start) && customers.isKnown($0, on: 22_000)
    }
    #expect(!erased.isEmpty && !arrived.isEmpty)
  }

  @Test func `nothing in the databases refers to what is not there`() throws {
    let work = Workdir()
    let orders = try evolve(work.file("orders.db"), HistoryTests.histories[0], 100)
    for (table, column, target) in [
      ("orders", "customer_id", "customers"), ("orders", "store_id", "stores"),
      ("order_lines", "order_id", "orders"), ("order_lines", "sku", "products"),
      ("inventory_levels", "sku", "products"), ("inventory_levels", "store_id", "stores"),
    ] {
      let lost = try orders.integer(
        "SELECT count(*) FROM \(table) WHERE \(column) NOT IN (SELECT \(column) FROM \(target))")
      #expect(lost == 0, "\(table).\(column)")
    }
    let rewards = try evolve(work.file("rewards.db"), HistoryTests.histories[1], 100)
    let strangers = try rewards.integer(
      "SELECT count(*) FROM points_ledger WHERE loyalty_id NOT IN "
        + "(SELECT loyalty_id FROM members)")
    #expect(strangers == 0)
    try orders.execute("ATTACH '\(work.file("rewards.db"))' AS rewards")
    let unknown = try orders.integer(
      "SELECT count(*) FROM members WHERE customer_id NOT IN (SELECT customer_id FROM customers)")
    #expect(unknown == 0)
  }

  @Test func `a balance is the sum of its entries`() throws {
    let work = Workdir()
    let rewards = try evolve(work.file("rewards.db"), HistoryTests.histories[1], 60)
    let wrong = try rewards.integer(
      "SELECT count(*) FROM members m JOIN (SELECT loyalty_id, sum(points) AS points "
        + "FROM points_ledger GROUP BY loyalty_id) l USING (loyalty_id) "
        + "WHERE l.points <> m.points_balance")
    #expect(wrong == 0)
    let reasons = try rewards.rows("SELECT DISTINCT reason FROM points_ledger ORDER BY 1")
    for reason in ["opening", "purchase", "return", "void"] {
      #expect(reasons.contains([.string(reason)]))
    }
  }

  @Test func `what is sold and who buys is in the databases of that day`() throws {
    let work = Workdir()
    let orders = try evolve(work.file("orders.db"), HistoryTests.histories[0], 30)
    let rewards = try evolve(work.file("rewards.db"), HistoryTests.histories[1], 30)
    func names(_ database: SQLiteConnection, _ sql: String) throws -> Set<String> {
      Set(try database.rows(sql).compactMap { if case .string(let s) = $0[0] { s } else { nil } })
    }
    let skus = try names(orders, "SELECT sku FROM products")
    let stores = try names(orders, "SELECT store_id FROM stores")
    let members = try names(rewards, "SELECT loyalty_id FROM members")
    let receipts = try names(
      rewards, "SELECT transaction_id FROM points_ledger WHERE transaction_id IS NOT NULL")
    var tills = Tills()
    tills.scale = HistoryTests.business.scale
    tills.averageCount = 150
    tills.rates.duplicates = 0
    var withCard: Set<String> = []
    for event in tills.events(0..<30) {
      guard let store = event.text("store_id"), let id = event.text("transaction_id") else {
        continue
      }
      #expect(stores.contains(store))
      let sold = event["lines"]?.array?.compactMap { $0["sku"]?.string } ?? []
      #expect(skus.isSuperset(of: sold))
      if let member = event.text("loyalty_id") {
        #expect(members.contains(member))
        withCard.insert(id)
      }
    }
    #expect(receipts.subtracting(withCard) == [])
    #expect(withCard.count - receipts.count < 10)  // Spoiled ones earn nothing.
  }

  @Test func `the prices on receipts are those of the day's list`() throws {
    let work = Workdir()
    let history = HistoryTests.histories[0]
    var tills = Tills()
    tills.scale = HistoryTests.business.scale
    tills.averageCount = 150
    tills.rates = Rates(returns: 0, voids: 0, duplicates: 0, late: 0, bad: 0)
    for day in [0, 25] {
      let orders = try evolve(work.file("orders.db"), history, Int32(day + 1))
      for event in tills.events(day..<day + 1) {
        for line in event["lines"]?.array?.compactMap(\.object) ?? [] {
          let listed = try orders.value(
            "SELECT printf('%.2f', list_price) FROM products WHERE sku = ? AND active",
            [.string(line.text("sku") ?? "")])
          #expect(listed == .string(line.text("unit_price") ?? ""))
        }
      }
    }
  }

  @Test func `a database of another retailer is refused`() throws {
    let work = Workdir()
    try evolve(work.file("orders.db"), HistoryTests.histories[0], 1)
    let other = OrderHistory(HistoryTests.business, ordersPerDay: 11)
    #expect(throws: Fault.self) { try SQLiteBooks(work.file("orders.db"), of: other) }
  }
}
