import Columnar
import Core

/// The stock of each store, the web shop among them, and product: it runs down at the pace of the
/// product's sales there, is ordered anew shortly before its end and filled up.
struct StockBook {
  let business: Business

  /// What lies in a store and what is on its way.
  private struct Level: Equatable {
    var onHand: Int
    var onOrder: Int
  }

  /// The stock of all that is listed at the end of `day`.
  func start(at day: Int, _ put: (SourceChange) throws -> Void) rethrows {
    for product in products where isListed(product, day) {
      for store in stores { try put(insertion(store, product, on: day)) }
    }
  }

  /// Levels that change on `day`; of what is no longer listed, no stock is kept.
  func advance(to day: Int, _ put: (SourceChange) throws -> Void) rethrows {
    for product in products {
      switch (isListed(product, day - 1), isListed(product, day)) {
      case (false, true):
        for store in stores { try put(insertion(store, product, on: day)) }
      case (true, false):
        try put(
          SourceChange(
            "DELETE FROM inventory_levels WHERE sku = ?", [.string(Assortment.sku(product))]))
      case (true, true):
        for store in stores where level(store, product, day) != level(store, product, day - 1) {
          try put(update(store, product, on: day))
        }
      default: break
      }
    }
  }

  private var products: Range<Int> { 0..<business.scale.products }

  /// The web shop is store -1.
  private var stores: Range<Int> { -1..<business.scale.stores }

  private func isListed(_ product: Int, _ day: Int) -> Bool {
    business.assortment.isListed(product, on: day)
  }

  private func level(_ store: Int, _ product: Int, _ day: Int) -> Level {
    let chain = key(business.seed, .stock, store, product)
    // Thousandths sold a day: for most less than one, for some ten.
    let pace = 60 + (scaled(chain, to: 100) * scaled(mixed(chain), to: 100))
    let length = 5 + Int(chain & 15)
    let age = day + Int(chain >> 8 & 15)
    let round = age / length
    let surplus = 2 + scaled(mixed(chain &+ UInt64(truncatingIfNeeded: round)), to: 6)
    let filling = pace * length / 1_000
    let daysIn = age % length
    return Level(
      onHand: surplus + filling - pace * daysIn / 1_000,
      onOrder: daysIn >= length - 2 ? filling + 1 : 0)
  }

  private func storeID(_ store: Int) -> Scalar {
    .string(store < 0 ? ShopBook.online : Chain.storeID(store))
  }

  private func updateTime(_ store: Int, _ product: Int, on day: Int) -> Scalar {
    officeTime(day, key(business.seed, .stock, product, store))
  }

  private func insertion(_ store: Int, _ product: Int, on day: Int) -> SourceChange {
    let level = level(store, product, day)
    // A level is filled up within twenty days; a product listed since is as old as its listing.
    var changed = day
    while changed > day - 21, isListed(product, changed - 1),
      self.level(store, product, changed - 1) == level
    {
      changed -= 1
    }
    return SourceChange(
      "INSERT INTO inventory_levels (store_id, sku, on_hand, on_order, updated_at) "
        + "VALUES (?, ?, ?, ?, ?)",
      [
        storeID(store), .string(Assortment.sku(product)), .count(level.onHand),
        .count(level.onOrder), updateTime(store, product, on: changed),
      ])
  }

  private func update(_ store: Int, _ product: Int, on day: Int) -> SourceChange {
    let level = level(store, product, day)
    return SourceChange(
      "UPDATE inventory_levels SET on_hand = ?, on_order = ?, updated_at = ? "
        + "WHERE store_id = ? AND sku = ?",
      [
        .count(level.onHand), .count(level.onOrder), updateTime(store, product, on: day),
        storeID(store), .string(Assortment.sku(product)),
      ])
  }
}
