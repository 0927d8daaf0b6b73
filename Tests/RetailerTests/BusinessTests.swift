import Core
import Testing

@testable import Retailer

/// What stands still about a retailer.
@Suite struct BusinessTests {
  @Test func `an average day of a year is an average day`() {
    let shares = (20_454..<20_454 + 365).map { Season.share(CivilDate(dayNumber: $0)) }
    #expect((970...1_030).contains(shares.reduce(0, +) / 365))
  }

  @Test func `a total is shared out among its days to the last event`() throws {
    let start = try #require(CivilDate(year: 2026, month: 11, day: 20))
    let days = (0..<40).map { CivilDate(dayNumber: start.dayNumber + $0) }
    for total in [1, 39, 1_000, 1_234_567] {
      let volume = Volume(total: total, in: start..<CivilDate(dayNumber: start.dayNumber + 40))
      #expect(days.map(volume.count).reduce(0, +) == total)
    }
    let volume = Volume(total: 40_000, in: start..<CivilDate(dayNumber: start.dayNumber + 40))
    // Black Friday against Christmas Day.
    #expect(volume.count(days[7]) > 8 * volume.count(days[35]))
  }

  @Test(arguments: [
    (2026, 3, 7, false), (2026, 3, 8, true), (2026, 10, 31, true), (2026, 11, 1, false),
    (2027, 3, 13, false), (2027, 3, 14, true), (2027, 11, 6, true), (2027, 11, 7, false),
    (2026, 7, 4, true), (2026, 1, 1, false),
  ])
  func `summer time is kept`(_ year: Int, _ month: Int, _ day: Int, _ isSummer: Bool) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    #expect(TimeZoneRule.isSummer(date) == isSummer)
  }

  @Test func `the alias method draws by weight`() {
    let weights: [UInt64] = [1, 0, 10, 4, 5]
    let table = AliasTable(weights)
    var dice = Dice(7)
    var counts = [Int](repeating: 0, count: weights.count)
    for _ in 0..<100_000 { counts[table.draw(dice.next())] += 1 }
    for (count, weight) in zip(counts, weights) {
      #expect(abs(count - Int(weight) * 5_000) < 700)
    }
    #expect(counts[1] == 0)
  }

  @Test func `stores sell while they are open only`() {
    let business = Business(Scale(seed: 3))
    var dice = Dice(5)
    for kind in DayKind.allCases {
      let day = business.chain.day(kind)
      for _ in 0..<10_000 {
        let millisecond = day.millisecond(dice.next() >> 32)
        let store = business.chain.stores[day.drawStore(dice.next(), at: millisecond)]
        #expect(store.kind.hours(kind).contains(millisecond / 3_600_000))
      }
    }
  }

  @Test func `prices move now and then and stay above cost`() {
    let assortment = Business(Scale(seed: 1, products: 300)).assortment
    var changes = 0
    for product in 0..<300 {
      for day in 20_000..<20_365 {
        let price = assortment.price(product, on: day)
        #expect(price > assortment.cost(product))
        if price != assortment.price(product, on: day + 1) { changes += 1 }
      }
    }
    #expect((600...3_000).contains(changes))
  }

  @Test func `only what is listed is sold, and only members who stay shop`() {
    let business = Business(Scale(seed: 9, products: 200, members: 500))
    var dice = Dice(1)
    for day in stride(from: 20_000, to: 22_000, by: 10) {
      for _ in 0..<50 {
        let product = business.assortment.draw(dice.next(), on: day)
        #expect(business.assortment.isListed(product, on: day))
        let member = business.membership.draw(&dice, in: dice.below(20), on: day)
        #expect(business.membership.isMember(member, on: day))
        #expect(business.membership.isMember(member, on: day + 9_000))
      }
    }
  }
}
