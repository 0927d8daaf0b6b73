package import Core

/// The order database: customers, products, stores, orders with their lines, stock.
///
/// It starts with the orders of the four weeks before its first day.
package struct OrderHistory: SourceHistory {
  private let customers: CustomerBook
  private let shop: ShopBook
  private let stock: StockBook
  private let volume: Volume
  package let signature: String

  /// `ordersPerDay` is how many orders the web shop has on an average day.
  package init(_ business: Business, ordersPerDay: Int) {
    customers = CustomerBook(business)
    shop = ShopBook(business: business)
    stock = StockBook(business: business)
    volume = Volume(averageCount: ordersPerDay)
    signature = "orders \(business.scale.signature) \(volume.signature)"
  }

  package let tables = [
    SourceTable(
      "customers", "customer_id TEXT PRIMARY KEY", "email TEXT", "first_name TEXT",
      "last_name TEXT", "phone TEXT", "street TEXT", "city TEXT", "region TEXT",
      "postal_code TEXT", "country TEXT", "created_at TIMESTAMPTZ NOT NULL",
      "updated_at TIMESTAMPTZ NOT NULL"),
    SourceTable(
      "products", "sku TEXT PRIMARY KEY", "name TEXT", "category TEXT", "brand TEXT",
      "list_price NUMERIC(12,2)", "unit_cost NUMERIC(12,2)", "active BOOLEAN NOT NULL",
      "updated_at TIMESTAMPTZ NOT NULL"),
    SourceTable(
      "stores", "store_id TEXT PRIMARY KEY", "name TEXT", "store_type TEXT", "street TEXT",
      "city TEXT", "region TEXT", "postal_code TEXT", "country TEXT", "opened_on DATE",
      "closed_on DATE", "updated_at TIMESTAMPTZ NOT NULL"),
    SourceTable(
      "orders", "order_id TEXT PRIMARY KEY", "customer_id TEXT", "store_id TEXT",
      "ordered_at TIMESTAMPTZ NOT NULL", "status TEXT NOT NULL", "currency TEXT NOT NULL",
      "shipping_amount NUMERIC(12,2)", "shipped_at TIMESTAMPTZ", "delivered_at TIMESTAMPTZ",
      "updated_at TIMESTAMPTZ NOT NULL"),
    SourceTable(
      "order_lines", "order_id TEXT NOT NULL", "line_no INTEGER NOT NULL", "sku TEXT NOT NULL",
      "quantity NUMERIC(12,3) NOT NULL", "unit_price NUMERIC(12,2) NOT NULL",
      "discount NUMERIC(12,2) NOT NULL", "tax NUMERIC(12,2) NOT NULL",
      "updated_at TIMESTAMPTZ NOT NULL", "PRIMARY KEY (order_id, line_no)"),
    SourceTable(
      "inventory_levels", "store_id TEXT NOT NULL", "sku TEXT NOT NULL",
      "on_hand NUMERIC(12,3) NOT NULL", "on_order NUMERIC(12,3) NOT NULL",
      "updated_at TIMESTAMPTZ NOT NULL", "PRIMARY KEY (store_id, sku)"),
  ]

  package func start(at day: CivilDate, _ put: (SourceChange) throws -> Void) throws {
    let today = Int(day.dayNumber)
    try customers.start(at: today, put)
    try shop.start(at: today, put)
    try stock.start(at: today, put)
    let now = OrderHistory.end(of: today)
    try orders(of: today - 27...today) { order in
      if !order.isGone(at: now) { try order.insertions(at: now).forEach(put) }
    }
  }

  package func advance(to day: CivilDate, _ put: (SourceChange) throws -> Void) throws {
    let today = Int(day.dayNumber)
    try customers.advance(to: today, put)
    try shop.advance(to: today, put)
    try stock.advance(to: today, put)
    let before = OrderHistory.end(of: today - 1)
    let now = OrderHistory.end(of: today)
    try orders(of: today - WebOrder.longestLife...today - 1) { order in
      if order.isGone(at: before) { return }
      if order.isGone(at: now) {
        try order.deletions.forEach(put)
      } else if order.state(at: now) != order.state(at: before) {
        try put(order.update(at: now))
      }
    }
    try orders(of: today...today) { try $0.insertions(at: now).forEach(put) }
  }

  private func orders(of days: ClosedRange<Int>, _ body: (WebOrder) throws -> Void) rethrows {
    for day in days {
      let count = volume.count(CivilDate(dayNumber: Int32(clamping: day)))
      for number in 0..<count { try body(WebOrder(number, of: count, on: day, customers)) }
    }
  }

  /// The last millisecond of a day.
  private static func end(of day: Int) -> Int { (day + 1) * WebOrder.day - 1 }
}
