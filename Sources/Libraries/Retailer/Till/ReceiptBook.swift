import Core

/// Every receipt there ever was, each to be looked up without the others.
package struct ReceiptBook: Sendable {
  /// A day's page: how many receipts it has and what its hours are.
  struct Page {
    let day: Int
    let count: Int
    let hours: OpenDay
  }

  let business: Business
  /// All that the receipts follow from, as text.
  let signature: String
  private let volume: Volume
  private let sizes: BasketSizes
  private let late: Chance
  /// Upper bounds in 2³² of the kinds, one after the other.
  private let spoiledBound: UInt64
  private let returnBound: UInt64
  private let voidBound: UInt64

  /// `averageLines` is how many lines a sale has, 1 to 50.
  package init(_ business: Business, _ volume: Volume, _ rates: Rates, averageLines: Double = 3) {
    self.business = business
    self.volume = volume
    signature = "\(business.scale.signature) \(volume.signature) \(rates.signature) \(averageLines)"
    sizes = BasketSizes(average: averageLines)
    late = Chance(rates.late)
    spoiledBound = Chance(rates.bad).share
    returnBound = spoiledBound + Chance(rates.returns).share
    voidBound = returnBound + Chance(rates.voids).share
  }

  /// The longest receipt has so many lines.
  var longestReceipt: Int { sizes.longest }

  func page(_ day: Int) -> Page {
    let date = CivilDate(dayNumber: Int32(clamping: day))
    return Page(
      day: day, count: volume.count(date), hours: business.chain.day(DayKind(date)))
  }

  /// The receipt number `slot` of a page. A return or a void for which no sale is found is a sale.
  func receipt(_ slot: Int, of page: Page) -> Receipt {
    var receipt = sale(slot, of: page)
    switch kind(slot, of: page) {
    case .sale: break
    case .spoiled: receipt.kind = .spoiled
    case .return: bringBack(&receipt)
    case .void: takeBack(&receipt, of: page)
    }
    return receipt
  }

  /// Puts the lines of a receipt into `lines`.
  func readLines(of receipt: Receipt, into lines: inout [ReceiptLine]) {
    switch receipt.kind {
    case .void: lines.removeAll(keepingCapacity: true)
    case .sale: readSale(receipt, count: nil, into: &lines)
    case .spoiled: readSale(receipt, count: 1, into: &lines)
    case .return:
      let page = page(receipt.originalDay)
      readSale(sale(receipt.originalSlot, of: page), count: nil, into: &lines)
      keepReturned(receipt, in: &lines)
    }
  }

  // MARK: heads

  @inline(__always)
  private func kind(_ slot: Int, of page: Page) -> Receipt.Kind {
    kind(key(business.seed, .receipt, page.day, slot))
  }

  @inline(__always)
  private func kind(_ roll: UInt64) -> Receipt.Kind {
    let share = roll & 0xFFFF_FFFF
    if share >= voidBound { return .sale }
    return share < spoiledBound ? .spoiled : share < returnBound ? .return : .void
  }

  /// A sale may be returned or voided, never both.
  private func isReturnable(_ roll: UInt64) -> Bool { roll & 1 == 1 }

  @inline(__always)
  private func sale(_ slot: Int, of page: Page) -> Receipt {
    let roll = key(business.seed, .receipt, page.day, slot)
    var dice = Dice(roll)
    let bits = dice.next()
    let position = (UInt64(slot) << 32 | roll >> 32) / UInt64(max(1, page.count))
    let millisecond = page.hours.millisecond(position)
    let store = page.hours.drawStore(dice.next(), at: millisecond)
    let lateness = late.holds(bits) ? 1 + scaled(bits, to: 3) : 0
    let eventDay = page.day - lateness
    let tillCount = business.chain.stores[store].kind.tillCount
    let desk = dice.next()
    let register = scaled(desk, to: tillCount)
    // Who sits at the till changes with the day and the shift.
    let shift = eventDay * 3 + millisecond / 21_600_000
    let cashier = scaled(
      key(business.seed, .register, store << 8 | register, shift), to: tillCount * 4)
    let hasCard = desk & 0xFF < 118  // 46 %
    return Receipt(
      day: page.day, slot: slot, kind: .sale, eventDay: eventDay, millisecond: millisecond,
      store: store, register: register, cashier: cashier,
      member: hasCard ? business.membership.draw(&dice, in: store, on: eventDay) : -1)
  }

  /// Makes a sale a return of goods bought four to thirty-three days before.
  private func bringBack(_ receipt: inout Receipt) {
    var dice = Dice(key(business.seed, .original, receipt.day, receipt.slot))
    let page = page(receipt.day - 4 - dice.below(30))
    guard page.count > 0 else { return }
    var slot = dice.below(page.count)
    for _ in 0..<ReceiptBook.patience {
      let roll = key(business.seed, .receipt, page.day, slot)
      if kind(roll) == .sale, isReturnable(roll) {
        refer(&receipt, to: sale(slot, of: page), as: .return)
        return
      }
      slot = slot + 1 < page.count ? slot + 1 : 0
    }
  }

  /// Makes a sale a void of a receipt shortly before.
  private func takeBack(_ receipt: inout Receipt, of page: Page) {
    guard receipt.slot > 0 else { return }
    var dice = Dice(key(business.seed, .original, receipt.day, receipt.slot))
    var slot = receipt.slot - 1 - dice.below(min(receipt.slot, 200))
    for _ in 0..<ReceiptBook.patience {
      let roll = key(business.seed, .receipt, page.day, slot)
      if kind(roll) == .sale, !isReturnable(roll) {
        let original = sale(slot, of: page)
        receipt.register = original.register
        receipt.eventDay = receipt.day
        refer(&receipt, to: original, as: .void)
        return
      }
      guard slot > 0 else { return }
      slot -= 1
    }
  }

  private func refer(_ receipt: inout Receipt, to original: Receipt, as kind: Receipt.Kind) {
    receipt.kind = kind
    receipt.store = original.store
    receipt.member = original.member
    receipt.originalDay = original.day
    receipt.originalSlot = original.slot
    let tillCount = business.chain.stores[original.store].kind.tillCount
    receipt.register %= tillCount
    receipt.cashier %= tillCount * 4
  }

  /// So many receipts in a row are looked at for one that may be returned or voided.
  private static let patience = 16

  // MARK: lines

  @inline(__always)
  private func readSale(_ receipt: Receipt, count: Int?, into lines: inout [ReceiptLine]) {
    lines.removeAll(keepingCapacity: true)
    var dice = Dice(key(business.seed, .receiptLines, receipt.day, receipt.slot))
    let taxRate = business.chain.stores[receipt.store].taxRate
    let count = count ?? sizes.draw(dice.next())
    for _ in 0..<count {
      lines.append(line(&dice, on: receipt.eventDay, taxRate: taxRate))
    }
  }

  @inline(__always)
  private func line(_ dice: inout Dice, on day: Int, taxRate: Int) -> ReceiptLine {
    let assortment = business.assortment
    let product = assortment.draw(dice.next(), on: day)
    let isWeighed = assortment.items[product].isWeighed
    let quantity = isWeighed ? weight(dice.next()) : pieces(dice.next())
    let price = assortment.price(product, on: day)
    let gross = (quantity * price + 500) / 1_000
    let discount = (gross * assortment.promotion(product, on: day) + 50) / 100
    let net = gross - discount
    let tax = assortment.items[product].isTaxed ? (net * taxRate + 5_000) / 10_000 : 0
    return ReceiptLine(
      product: product, quantity: quantity, price: price, discount: discount, tax: tax, net: net)
  }

  /// Thousandths, 0.080 to 2.580, the small more frequent.
  @inline(__always)
  private func weight(_ bits: UInt64) -> Int {
    80 + (scaled(bits, to: 2_500) * Int(bits & 0xFFFF)) >> 16
  }

  @inline(__always)
  private func pieces(_ bits: UInt64) -> Int {
    switch bits & 0xFF {
    case 0..<185: 1_000
    case 185..<232: 2_000
    case 232..<246: 3_000
    case 246..<252: 4_000
    default: 6_000
    }
  }

  /// Leaves one line of a sale, or now and then all.
  private func keepReturned(_ receipt: Receipt, in lines: inout [ReceiptLine]) {
    var dice = Dice(key(business.seed, .original, receipt.day, receipt.slot))
    _ = (dice.next(), dice.next())
    let roll = dice.next()
    if roll & 7 == 0 { return }
    let kept = scaled(roll, to: lines.count)
    lines.replaceSubrange(0..<lines.count, with: CollectionOfOne(lines[kept]))
  }
}

/// How many lines sales have: one is the most frequent, each more is less so by the same factor.
struct BasketSizes {
  private static let bits: UInt64 = 12
  private let counts: [Int]

  init(average: Double) {
    let goesOn = 1 - 1 / max(1, average)
    let pieces = 1 << Int(BasketSizes.bits)
    var counts: [Int] = []
    var count = 1
    // The share of sales with more than `count` lines.
    var longer = goesOn
    for piece in 0..<pieces {
      while 1 - longer < (Double(piece) + 0.5) / Double(pieces) {
        count += 1
        longer *= goesOn
      }
      counts.append(count)
    }
    self.counts = counts
  }

  var longest: Int { counts.last ?? 1 }

  @inline(__always)
  func draw(_ bits: UInt64) -> Int {
    counts[Int(truncatingIfNeeded: bits >> (64 - BasketSizes.bits))]
  }
}
