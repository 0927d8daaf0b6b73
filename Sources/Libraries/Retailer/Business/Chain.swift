import Core

/// The stores: where they stand, when they are open, how many come at what hour.
struct Chain {
  /// What a till's event takes from its store.
  struct Store {
    var kind: StoreKind
    var city: Int
    /// Ten-thousandths.
    var taxRate: Int
    /// The till writes milliseconds.
    var hasMilliseconds: Bool
    /// The till writes money as JSON numbers, where tills of both kinds are wanted.
    var writesNumbers: Bool
    /// `-05:00` in winter and in summer.
    var winterOffset: [UInt8]
    var summerOffset: [UInt8]
    /// `"store_id":"S0001"`
    var fragment: [UInt8]
  }

  let stores: [Store]
  /// The hours of a day, by kind of day.
  private let days: [OpenDay]

  init(_ scale: Scale) {
    stores = (0..<scale.stores).map { Chain.store($0, scale.seed) }
    let stores = stores
    days = DayKind.allCases.map { OpenDay(stores, $0, scale.seed) }
  }

  func day(_ kind: DayKind) -> OpenDay { days[kind.rawValue] }

  static func storeID(_ store: Int) -> String { identifier("S", store, 4) }

  private static func store(_ number: Int, _ seed: UInt64) -> Store {
    var dice = Dice(key(seed, .store, number))
    let roll = dice.below(10)
    let kind: StoreKind = roll < 5 ? .supermarket : roll < 8 ? .convenience : .hypermarket
    let city = number % City.all.count
    let zone = City.all[city].zone
    return Store(
      kind: kind, city: city, taxRate: City.all[city].taxRate,
      hasMilliseconds: dice.below(3) == 0, writesNumbers: number % 3 == 1,
      winterOffset: offset(zone.hours(isSummer: false)),
      summerOffset: offset(zone.hours(isSummer: true)),
      fragment: [UInt8]("\"store_id\":\"\(storeID(number))\"".utf8))
  }

  private static func offset(_ hours: Int) -> [UInt8] {
    [UInt8]("-\(padded(hours, 2)):00".utf8)
  }
}

/// One kind of day: how receipts spread over its hours and over the stores open then.
struct OpenDay {
  private static let pieceBits: UInt64 = 10
  /// How many come at each hour, 0 to 23.
  private static let demand: [UInt64] = [
    0, 0, 0, 0, 0, 0, 14, 30, 44, 55, 64, 76, 88, 80, 70, 72, 86, 104, 100, 78, 52, 34, 18, 0,
  ]

  /// Of each hour; nil when all stores are closed.
  private let storesByHour: [AliasTable?]
  /// The millisecond of the day before which a share of k/1024 of the receipts lies.
  private let quantiles: [Int]

  init(_ stores: [Chain.Store], _ kind: DayKind, _ seed: UInt64) {
    let appeals = stores.indices.map { number in
      // A store's own luck, between a half and one and a half.
      stores[number].kind.appeal * UInt64(50 + scaled(key(seed, .store, number, 1), to: 100))
    }
    var tables: [AliasTable?] = []
    var weights: [UInt64] = []
    for hour in 0..<24 {
      let ofStores = stores.indices.map { number in
        stores[number].kind.hours(kind).contains(hour) ? appeals[number] * OpenDay.demand[hour] : 0
      }
      weights.append(ofStores.reduce(0, +))
      tables.append(weights[hour] > 0 ? AliasTable(ofStores) : nil)
    }
    storesByHour = tables
    quantiles = OpenDay.quantiles(weights)
  }

  /// The millisecond of the day at which a share of `position`/2³² of its receipts are done.
  @inline(__always)
  func millisecond(_ position: UInt64) -> Int {
    let piece = Int(truncatingIfNeeded: position >> (32 - OpenDay.pieceBits))
    let within = Int(position & (1 << (32 - OpenDay.pieceBits) - 1))
    let start = quantiles[piece]
    let length = quantiles[piece + 1] - start
    return start + (length * within) >> Int(32 - OpenDay.pieceBits)
  }

  /// A store that is open at `millisecond`.
  @inline(__always)
  func drawStore(_ bits: UInt64, at millisecond: Int) -> Int {
    storesByHour[millisecond / 3_600_000]?.draw(bits) ?? 0
  }

  private static func quantiles(_ weights: [UInt64]) -> [Int] {
    let total = weights.reduce(0, +)
    let pieces = 1 << Int(pieceBits)
    let hours = weights.indices.filter { weights[$0] > 0 }
    var hour = hours.startIndex
    var before: UInt64 = 0
    return (0...pieces).map { piece in
      let wanted = total * UInt64(piece) / UInt64(pieces)
      while hour < hours.endIndex - 1, before + weights[hours[hour]] <= wanted {
        before += weights[hours[hour]]
        hour += 1
      }
      let weight = weights[hours[hour]]
      let within = Int((wanted - before) * 3_600_000 / weight)
      return hours[hour] * 3_600_000 + min(within, 3_599_999)
    }
  }
}
