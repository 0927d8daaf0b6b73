import Columnar
import Core

/// Products and stores, as the order database has them.
struct ShopBook {
  let business: Business

  /// The store of what is ordered and not taken along.
  static let online = "ONLINE"

  /// All products and stores at the end of `day`.
  func start(at day: Int, _ put: (SourceChange) throws -> Void) rethrows {
    for product in products where isKnown(product, on: day) {
      try put(insertion(product, on: day))
    }
    try put(
      ShopBook.insertion(
        [
          .string(ShopBook.online), .string("Web shop"), .string("online"), .null, .null, .null,
          .null, .string("USA"), .day(14_610),
        ], officeTime(14_610, business.seed)))
    for store in business.chain.stores.indices { try put(insertion(store: store, on: day)) }
  }

  /// New products and prices, seasonal goods that come and go, stores that move.
  func advance(to day: Int, _ put: (SourceChange) throws -> Void) rethrows {
    for product in products where isKnown(product, on: day) {
      if !isKnown(product, on: day - 1) {
        try put(insertion(product, on: day))
      } else if changes(product, on: day) {
        try put(update(product, on: day))
      }
    }
    for store in business.chain.stores.indices where place(store, day).start == day {
      try put(update(store: store, on: day))
    }
  }

  // MARK: products

  private var products: Range<Int> { 0..<business.scale.products }
  private var assortment: Assortment { business.assortment }

  /// A product is in the books from its introduction, for ever.
  private func isKnown(_ product: Int, on day: Int) -> Bool {
    assortment.introduction(of: product).map { $0 <= day } ?? true
  }

  /// Whether the price or the listing of a product is another than the day before.
  private func changes(_ product: Int, on day: Int) -> Bool {
    assortment.price(product, on: day) != assortment.price(product, on: day - 1)
      || assortment.isListed(product, on: day) != assortment.isListed(product, on: day - 1)
  }

  private func updateTime(_ product: Int, on day: Int) -> Scalar {
    officeTime(day, key(business.seed, .product, product, 2))
  }

  private func insertion(_ product: Int, on day: Int) -> SourceChange {
    // The price changes within four months, and so does the time of the row's last change.
    let earliest = max(day - 200, assortment.introduction(of: product) ?? .min)
    var changed = day
    while changed > earliest, !changes(product, on: changed) { changed -= 1 }
    let category = Wares.all[Int(assortment.items[product].wares)].category
    return SourceChange(
      "INSERT INTO products (sku, name, category, brand, list_price, unit_cost, active, "
        + "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .string(Assortment.sku(product)),
        .string(Assortment.name(product, business.seed).replacing("\\\"", with: "\"")),
        .string(category), .string(Assortment.brand(product, business.seed)),
        .money(assortment.price(product, on: day)), .money(assortment.cost(product)),
        .boolean(assortment.isListed(product, on: day)), updateTime(product, on: changed),
      ])
  }

  private func update(_ product: Int, on day: Int) -> SourceChange {
    SourceChange(
      "UPDATE products SET list_price = ?, active = ?, updated_at = ? WHERE sku = ?",
      [
        .money(assortment.price(product, on: day)),
        .boolean(assortment.isListed(product, on: day)), updateTime(product, on: day),
        .string(Assortment.sku(product)),
      ])
  }

  // MARK: stores

  /// A store stays in a place for years.
  private func place(_ store: Int, _ day: Int) -> Spell {
    Spell(key(business.seed, .storeChange, store), between: 900...2_500, on: day)
  }

  private func name(_ store: Int, _ place: Spell) -> String {
    let suffixes = ["Center", "Plaza", "Market", "Corner", "Square", "Mall"]
    let city = City.all[business.chain.stores[store].city].name
    return "\(city) \(suffixes[scaled(place.key, to: suffixes.count)])"
  }

  private func insertion(store: Int, on day: Int) -> SourceChange {
    let place = place(store, day)
    let address = Address(place.key, in: City.all[business.chain.stores[store].city])
    let roll = key(business.seed, .storeChange, store, 1)
    let opening = 12_800 + scaled(roll, to: 5_000)
    return ShopBook.insertion(
      [
        .string(Chain.storeID(store)), .string(name(store, place)),
        .string(business.chain.stores[store].kind.name), .string(address.street),
        .string(address.city.name), .string(address.city.region), .string(address.postalCode),
        .string("USA"), .day(opening),
      ], officeTime(max(opening, place.start), roll))
  }

  private static func insertion(_ values: [Scalar], _ updated: Scalar) -> SourceChange {
    SourceChange(
      "INSERT INTO stores (store_id, name, store_type, street, city, region, postal_code, "
        + "country, opened_on, closed_on, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      values + [.null, updated])
  }

  private func update(store: Int, on day: Int) -> SourceChange {
    let place = place(store, day)
    let address = Address(place.key, in: City.all[business.chain.stores[store].city])
    return SourceChange(
      "UPDATE stores SET name = ?, street = ?, postal_code = ?, updated_at = ? "
        + "WHERE store_id = ?",
      [
        .string(name(store, place)), .string(address.street), .string(address.postalCode),
        officeTime(day, key(business.seed, .storeChange, store, 1)),
        .string(Chain.storeID(store)),
      ])
  }
}
