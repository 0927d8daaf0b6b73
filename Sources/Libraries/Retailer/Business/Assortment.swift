/// The products, and what they cost on any day.
///
/// Products of even number are always there; an odd one may be seasonal or not yet introduced, and
/// what would be sold of it is then sold of its even neighbour.
struct Assortment {
  /// What a till needs to know of a product.
  struct Item {
    /// Cents, about which the list price moves.
    var basePrice: Int32
    /// Percent of the base price.
    var costPercent: Int32
    /// The list price may change after so many days.
    var pricePeriod: Int32
    var wares: Int16
    var isWeighed: Bool
    var isTaxed: Bool
    /// Where the product's piece of an event begins and ends in `fragments`.
    var fragmentStart: Int32
    var fragmentEnd: Int32
  }

  let seed: UInt64
  let items: [Item]
  /// `"sku":"P0000012","description":"Bluebird Butter 8 oz","quantity":` of each product.
  let fragments: [UInt8]
  private let popularity: AliasTable

  init(_ scale: Scale) {
    seed = scale.seed
    var items: [Item] = []
    var fragments: [UInt8] = []
    items.reserveCapacity(scale.products)
    fragments.reserveCapacity(scale.products * 80)
    for number in 0..<scale.products {
      let start = fragments.count
      let (item, name) = Assortment.item(number, scale.seed)
      let description = number % 50 == 7 ? "null" : "\"\(name)\""
      fragments += "\"sku\":\"\(Assortment.sku(number))\",\"description\":\(description)".utf8
      fragments += ",\"quantity\":".utf8
      items.append(item)
      items[number].fragmentStart = Int32(start)
      items[number].fragmentEnd = Int32(fragments.count)
    }
    self.items = items
    self.fragments = fragments
    popularity = AliasTable(Assortment.weights(scale))
  }

  /// The product a customer takes.
  @inline(__always)
  func draw(_ bits: UInt64, on day: Int) -> Int {
    let product = popularity.draw(bits)
    return product & 1 == 0 || isListed(product, on: day) ? product : product - 1
  }

  /// Whether a product can be bought on a day.
  func isListed(_ product: Int, on day: Int) -> Bool {
    if let introduction = introduction(of: product) { return day >= introduction }
    guard product & 15 == 1 else { return true }
    let start = scaled(key(seed, .listing, product), to: 366)
    return (Season.yearDay(day) - start + 366) % 366 < 120
  }

  /// The day on which a novelty comes; nil for what has always been there.
  func introduction(of product: Int) -> Int? {
    guard product & 15 == 9 else { return nil }
    return 17_897 + scaled(key(seed, .listing, product), to: 4_383)
  }

  /// The list price in cents; it changes every few weeks.
  @inline(__always)
  func price(_ product: Int, on day: Int) -> Int {
    let item = items[product]
    let roll = key(seed, .price, product)
    let age = day &+ Int(roll & 0xFFFF)
    let period = age / Int(item.pricePeriod)
    let percent = 92 + scaled(mixed(roll &+ UInt64(truncatingIfNeeded: period)), to: 17)
    return Int(item.basePrice) * percent / 1_000 * 10 + 9
  }

  /// Percent off the list price; 0 most of the time. A promotion lasts from Monday to Sunday.
  @inline(__always)
  func promotion(_ product: Int, on day: Int) -> Int {
    let roll = mixed(key(seed, .promotion, product) &+ UInt64(bitPattern: Int64(Season.week(day))))
    // From mid November to Christmas twice as many.
    let share: UInt64 = Season.yearDay(day) >= 318 && Season.yearDay(day) < 359 ? 10_500 : 5_200
    guard roll & 0xFFFF < share else { return 0 }
    let percents: UInt64 = 0x32_1E_19_14_0F_0A  // 10, 15, 20, 25, 30, 50
    return Int(percents >> (UInt64(scaled(roll, to: 6)) * 8) & 0xFF)
  }

  /// What the retailer pays for one, in cents; always below the list price.
  func cost(_ product: Int) -> Int {
    Int(items[product].basePrice) * Int(items[product].costPercent) / 100
  }

  static func sku(_ product: Int) -> String { identifier("P", product, 7) }

  /// The name of a product, as JSON writes it inside its quotes.
  static func name(_ product: Int, _ seed: UInt64) -> String { item(product, seed).name }

  static func brand(_ product: Int, _ seed: UInt64) -> String {
    var dice = Dice(key(seed, .product, product))
    return Wares.brands[dice.below(Wares.brands.count)]
  }

  private static func item(_ number: Int, _ seed: UInt64) -> (item: Item, name: String) {
    var dice = Dice(key(seed, .product, number))
    let brand = Wares.brands[dice.below(Wares.brands.count)]
    // Neighbours stand for each other, so they are of one kind.
    let kind = scaled(key(seed, .product, number / 2, 1), to: Wares.all.count)
    let wares = Wares.all[kind]
    let name =
      "\(brand) \(Wares.kinds[dice.below(Wares.kinds.count)])"
      + "\(wares.names[dice.below(wares.names.count)])\(wares.sizes[dice.below(wares.sizes.count)])"
    let span = wares.prices.upperBound - wares.prices.lowerBound
    // Cheap ones are more frequent: the smaller of two draws.
    let price = wares.prices.lowerBound + min(dice.below(span), dice.below(span))
    let item = Item(
      basePrice: Int32(price), costPercent: Int32(52 + dice.below(28)),
      pricePeriod: Int32(28 + dice.below(90)), wares: Int16(kind), isWeighed: wares.isWeighed,
      isTaxed: wares.isTaxed, fragmentStart: 0, fragmentEnd: 0)
    return (item, name)
  }

  /// Zipf's law: a product's popularity is one over its rank, and ranks are dealt by the seed.
  private static func weights(_ scale: Scale) -> [UInt64] {
    var ranks = Array(0..<scale.products)
    var dice = Dice(key(scale.seed, .ranking))
    for index in ranks.indices.reversed() { ranks.swapAt(index, dice.below(index + 1)) }
    return ranks.map { (1 << 36) / UInt64($0 + 12) }
  }
}

/// A letter and a number from 1 with leading zeros.
func identifier(_ letter: String, _ number: Int, _ width: Int) -> String {
  let digits = String(number + 1)
  return letter + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
