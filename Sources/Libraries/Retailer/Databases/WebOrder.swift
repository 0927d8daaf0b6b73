import Columnar
import Core

/// An order of the web shop, with all that will become of it. Times are milliseconds since the
/// epoch.
struct WebOrder {
  enum Status: String {
    case placed
    case paid
    case shipped
    case delivered
    case cancelled
  }

  /// How an order stands at some time.
  struct State: Equatable {
    var status: Status
    var changed: Int
  }

  /// Days after its day on which an order may still change.
  static let longestLife = 12

  let id: String
  let customer: Int
  let placed: Int
  let paid: Int
  let shipped: Int
  let delivered: Int
  /// When the customer called it off; nil for most.
  let cancelled: Int?
  let lines: [ReceiptLine]

  /// Order number `number` of the `count` of `day`.
  init(_ number: Int, of count: Int, on day: Int, _ customers: CustomerBook) {
    let business = customers.business
    var dice = Dice(key(business.seed, .order, day, number))
    id = "O\(day)\(padded(number, 6))"
    customer = customers.draw(dice.next(), on: day)
    let midnight = day * WebOrder.day
    placed = midnight + Int(UInt64(number) * UInt64(WebOrder.day) / UInt64(count)) / 1_000 * 1_000
    paid = placed + (60 + dice.below(6 * 3_600)) * 1_000
    shipped = paid + (6 * 3_600 + dice.below(54 * 3_600)) * 1_000
    delivered = shipped + (12 * 3_600 + dice.below(84 * 3_600)) * 1_000
    let cancelTime = placed + (600 + dice.below(5 * 3_600)) * 1_000
    cancelled = dice.below(100) < 6 ? cancelTime : nil
    let lineCount = 1 + min(dice.below(5), dice.below(5))
    lines = (0..<lineCount).map { _ in WebOrder.line(&dice, business, on: day) }
  }

  /// The state at the time `now`, which is not before the order was placed.
  func state(at now: Int) -> State {
    if let cancelled, now >= cancelled { return State(status: .cancelled, changed: cancelled) }
    let milestones: [(Status, Int)] = [(.delivered, delivered), (.shipped, shipped), (.paid, paid)]
    for (status, time) in milestones where now >= time && (cancelled == nil || status == .paid) {
      return State(status: status, changed: time)
    }
    return State(status: .placed, changed: placed)
  }

  /// A cancelled order is taken out of the books a week later.
  func isGone(at now: Int) -> Bool { cancelled.map { now >= $0 + 7 * WebOrder.day } ?? false }

  /// Free for larger orders.
  var shipping: Int { lines.reduce(0) { $0 + $1.net } >= 5_000 ? 0 : 599 }

  /// Milliseconds.
  static let day = 86_400_000

  private static func line(_ dice: inout Dice, _ business: Business, on day: Int) -> ReceiptLine {
    let product = business.assortment.draw(dice.next(), on: day)
    let quantity = 1 + min(dice.below(4), dice.below(4))
    let price = business.assortment.price(product, on: day)
    let gross = quantity * price
    let discount = (gross * business.assortment.promotion(product, on: day) + 50) / 100
    let net = gross - discount
    let tax = business.assortment.items[product].isTaxed ? (net * 825 + 5_000) / 10_000 : 0
    return ReceiptLine(
      product: product, quantity: quantity * 1_000, price: price, discount: discount, tax: tax,
      net: net)
  }
}

extension WebOrder {
  /// The order and its lines as rows, as they stand at the time `now`.
  func insertions(at now: Int) -> [SourceChange] {
    let state = state(at: now)
    let head = SourceChange(
      "INSERT INTO orders (order_id, customer_id, store_id, ordered_at, status, currency, "
        + "shipping_amount, shipped_at, delivered_at, updated_at) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .string(id), .string(CustomerBook.id(customer)), .string(ShopBook.online),
        .instant(0, placed), .string(state.status.rawValue), .string("USD"), .money(shipping),
        shippedAt(state), deliveredAt(state), .instant(0, state.changed),
      ])
    return [head]
      + lines.enumerated().map { index, line in
        SourceChange(
          "INSERT INTO order_lines (order_id, line_no, sku, quantity, unit_price, discount, tax, "
            + "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          [
            .string(id), .integer(Int64(index + 1)), .string(Assortment.sku(line.product)),
            .count(line.quantity / 1_000), .money(line.price), .money(line.discount),
            .money(line.tax), .instant(0, placed),
          ])
      }
  }

  /// The row's change to its state at the time `now`.
  func update(at now: Int) -> SourceChange {
    let state = state(at: now)
    return SourceChange(
      "UPDATE orders SET status = ?, shipped_at = ?, delivered_at = ?, updated_at = ? "
        + "WHERE order_id = ?",
      [
        .string(state.status.rawValue), shippedAt(state), deliveredAt(state),
        .instant(0, state.changed), .string(id),
      ])
  }

  /// The removal of the order and its lines.
  var deletions: [SourceChange] {
    [
      SourceChange("DELETE FROM order_lines WHERE order_id = ?", [.string(id)]),
      SourceChange("DELETE FROM orders WHERE order_id = ?", [.string(id)]),
    ]
  }

  private func shippedAt(_ state: State) -> Scalar {
    state.status == .shipped || state.status == .delivered ? .instant(0, shipped) : .null
  }

  private func deliveredAt(_ state: State) -> Scalar {
    state.status == .delivered ? .instant(0, delivered) : .null
  }
}
