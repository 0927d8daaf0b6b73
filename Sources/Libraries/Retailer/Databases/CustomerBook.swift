import Columnar
import Core

/// The customers: when they came, where they live, when they went.
///
/// Those of even number were always there; of the odd ones some come one day and some ask to be
/// forgotten. One who goes has never ordered anything.
struct CustomerBook {
  let business: Business
  let count: Int

  init(_ business: Business) {
    self.business = business
    count = business.scale.members
  }

  static func id(_ customer: Int) -> String { identifier("K", customer, 8) }

  /// Whether the customer is in the books at the end of `day`.
  func isKnown(_ customer: Int, on day: Int) -> Bool {
    day >= arrival(customer) && (!goes(customer) || day < departure(customer))
  }

  /// One who can order on `day`.
  func draw(_ bits: UInt64, on day: Int) -> Int {
    let customer = scaled(bits, to: count)
    guard customer & 1 == 1 else { return customer }
    return goes(customer) || day <= arrival(customer) ? customer - 1 : customer
  }

  /// All customers at the end of `day`.
  func start(at day: Int, _ put: (SourceChange) throws -> Void) rethrows {
    for customer in 0..<count where isKnown(customer, on: day) {
      try put(insertion(customer, on: day))
    }
  }

  /// Those who come, move, get another address for mails or go on `day`.
  func advance(to day: Int, _ put: (SourceChange) throws -> Void) rethrows {
    for customer in 0..<count {
      switch (isKnown(customer, on: day - 1), isKnown(customer, on: day)) {
      case (false, true): try put(insertion(customer, on: day))
      case (true, false):
        try put(
          SourceChange(
            "DELETE FROM customers WHERE customer_id = ?", [.string(CustomerBook.id(customer))]))
      case (true, true) where lastChange(customer, on: day) == day:
        try put(update(customer, on: day))
      default: break
      }
    }
  }

  /// The email address, which members share with the customers they are.
  func email(_ customer: Int, on day: Int) -> String {
    let (first, last) = name(customer)
    let provider = CustomerBook.providers[
      scaled(mailSpell(customer, day).key, to: CustomerBook.providers.count)]
    let mailbox = "\(first).\(last)".lowercased().compactMap(CustomerBook.mailLetter)
    return "\(String(mailbox)).\(customer + 1)@\(provider)"
  }

  /// The last day up to `day` on which the row changed.
  private func lastChange(_ customer: Int, on day: Int) -> Int {
    max(arrival(customer), addressSpell(customer, day).start, mailSpell(customer, day).start)
  }

  private func arrival(_ customer: Int) -> Int {
    let roll = key(business.seed, .customer, customer, 1)
    guard customer & 15 == 3 || customer & 15 == 11 else { return 15_340 + scaled(roll, to: 2_500) }
    return 17_897 + scaled(roll, to: 4_383)
  }

  private func goes(_ customer: Int) -> Bool { customer & 31 == 29 }

  private func departure(_ customer: Int) -> Int {
    17_897 + scaled(key(business.seed, .erasure, customer), to: 4_383)
  }

  /// People move every three to ten years.
  private func addressSpell(_ customer: Int, _ day: Int) -> Spell {
    Spell(key(business.seed, .address, customer), between: 1_100...3_600, on: day)
  }

  private func mailSpell(_ customer: Int, _ day: Int) -> Spell {
    Spell(key(business.seed, .address, customer, 1), between: 2_000...6_000, on: day)
  }

  private func name(_ customer: Int) -> (first: String, last: String) {
    var dice = Dice(key(business.seed, .customer, customer))
    return (
      People.firstNames[dice.below(People.firstNames.count)],
      People.lastNames[dice.below(People.lastNames.count)]
    )
  }

  private func address(_ customer: Int, _ day: Int) -> Address {
    let spell = addressSpell(customer, day)
    // Most stay near the store they know; some leave town.
    let home = customer % business.scale.stores
    let city = spell.key & 7 == 0 ? scaled(spell.key, to: City.all.count) : home
    return Address(spell.key, in: City.all[city % City.all.count])
  }

  private func insertion(_ customer: Int, on day: Int) -> SourceChange {
    let (first, last) = name(customer)
    let roll = key(business.seed, .customer, customer, 2)
    let address = address(customer, day)
    let arrival = arrival(customer)
    let changed = lastChange(customer, on: day)
    let number = scaled(roll, to: 10_000_000)
    let phone = "555-\(padded(number / 10_000, 3))-\(padded(number % 10_000, 4))"
    return SourceChange(
      "INSERT INTO customers (customer_id, email, first_name, last_name, phone, street, city, "
        + "region, postal_code, country, created_at, updated_at) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .string(CustomerBook.id(customer)), .string(email(customer, on: day)), .string(first),
        .string(last), roll & 7 == 0 ? .null : .string(phone), .string(address.street),
        .string(address.city.name),
        .string(address.city.region), .string(address.postalCode), .string("USA"),
        officeTime(arrival, roll), officeTime(changed, changed == arrival ? roll : mixed(roll)),
      ])
  }

  private func update(_ customer: Int, on day: Int) -> SourceChange {
    let address = address(customer, day)
    let roll = key(business.seed, .customer, customer, 2)
    return SourceChange(
      "UPDATE customers SET email = ?, street = ?, city = ?, region = ?, postal_code = ?, "
        + "updated_at = ? WHERE customer_id = ?",
      [
        .string(email(customer, on: day)), .string(address.street), .string(address.city.name),
        .string(address.city.region), .string(address.postalCode), officeTime(day, mixed(roll)),
        .string(CustomerBook.id(customer)),
      ])
  }

  /// The letter that stands for one of a name in a mailbox's; nil for what has no place there.
  private static func mailLetter(_ letter: Character) -> Character? {
    switch letter {
    case "á": "a"
    case "é", "ë": "e"
    case "í": "i"
    case "ó": "o"
    case "ü": "u"
    default: letter.isLetter || letter == "." ? letter : nil
    }
  }

  private static let providers = [
    "example.com", "example.net", "example.org", "mail.example", "post.example",
  ]
}
