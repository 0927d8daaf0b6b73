import Columnar
package import Core

/// The rewards database: members, and the points they earn with their receipts and lose when they
/// bring goods back. A member's balance is the sum of the ledger's entries.
package struct RewardsHistory: SourceHistory {
  private let book: ReceiptBook
  private let customers: CustomerBook
  package let signature: String

  /// The members of the business of `book`, who earn their points with its receipts.
  package init(_ book: ReceiptBook) {
    self.book = book
    customers = CustomerBook(book.business)
    signature = "rewards \(book.signature)"
  }

  package let tables = [
    SourceTable(
      "members", "loyalty_id TEXT PRIMARY KEY", "customer_id TEXT", "tier TEXT NOT NULL",
      "enrolled_on DATE", "email TEXT", "points_balance INTEGER NOT NULL",
      "updated_at TIMESTAMPTZ NOT NULL"),
    SourceTable(
      "points_ledger", "entry_id INTEGER KEY", "loyalty_id TEXT NOT NULL", "transaction_id TEXT",
      "points INTEGER NOT NULL", "reason TEXT NOT NULL", "entry_at TIMESTAMPTZ NOT NULL"),
  ]

  package func start(at day: CivilDate, _ put: (SourceChange) throws -> Void) throws {
    let today = Int(day.dayNumber)
    for member in members where membership.isMember(member, on: today) {
      let points = 200 + scaled(key(seed, .member, member, 3), to: 3_000)
      try put(insertion(member, on: today, points: points, changed: lastChange(member, on: today)))
      try put(
        entry(
          member + 1, member, nil, points, "opening", .instant(today, WebOrder.day - 1_000)))
    }
  }

  package func advance(to day: CivilDate, _ put: (SourceChange) throws -> Void) throws {
    let today = Int(day.dayNumber)
    for member in members { try changeOfMembership(member, on: today, put) }
    try earn(on: today, put)
  }

  // MARK: members

  private var seed: UInt64 { book.business.seed }
  private var membership: Membership { book.business.membership }
  private var members: Range<Int> { 0..<book.business.scale.members }

  private func changeOfMembership(
    _ member: Int, on day: Int, _ put: (SourceChange) throws -> Void
  ) throws {
    let id = Scalar.string(Membership.loyaltyID(member))
    switch (membership.isMember(member, on: day - 1), membership.isMember(member, on: day)) {
    case (false, true):
      try put(insertion(member, on: day, points: 100, changed: day))
      let number = day * RewardsHistory.entriesPerDay + RewardsHistory.entriesPerDay / 2 + member
      try put(entry(number, member, nil, 100, "welcome", updateTime(member, on: day)))
    case (true, false):
      try put(SourceChange("DELETE FROM members WHERE loyalty_id = ?", [id]))
      try put(
        SourceChange(
          "DELETE FROM points_ledger WHERE entry_id = ?", [.integer(Int64(member + 1))]))
    case (true, true) where hasChanged(member, on: day):
      try put(
        SourceChange(
          "UPDATE members SET customer_id = ?, tier = ?, email = ?, updated_at = ? "
            + "WHERE loyalty_id = ?",
          [
            customerID(member, day), .string(tier(member, day)), email(member, day),
            updateTime(member, on: day), id,
          ]))
    default: break
    }
  }

  private func hasChanged(_ member: Int, on day: Int) -> Bool {
    tier(member, day) != tier(member, day - 1)
      || customerID(member, day) != customerID(member, day - 1)
      || email(member, day) != email(member, day - 1)
  }

  /// The last day up to `day` on which the tier began, or the member.
  private func lastChange(_ member: Int, on day: Int) -> Int {
    max(membership.enrolment(member), tierSpell(member, day).start)
  }

  private func tierSpell(_ member: Int, _ day: Int) -> Spell {
    Spell(key(seed, .memberTier, member), between: 120...500, on: day)
  }

  private func tier(_ member: Int, _ day: Int) -> String {
    switch tierSpell(member, day).key & 0xFF {
    case 0..<24: "gold"
    case 24..<90: "silver"
    default: "basic"
    }
  }

  /// Three of four members are known as customers.
  private func customerID(_ member: Int, _ day: Int) -> Scalar {
    isCustomer(member, day) ? .string(CustomerBook.id(member)) : .null
  }

  private func isCustomer(_ member: Int, _ day: Int) -> Bool {
    member & 3 != 2 && customers.isKnown(member, on: day)
  }

  private func email(_ member: Int, _ day: Int) -> Scalar {
    isCustomer(member, day) ? .string(customers.email(member, on: day)) : .null
  }

  private func updateTime(_ member: Int, on day: Int) -> Scalar {
    officeTime(day, key(seed, .member, member))
  }

  private func insertion(
    _ member: Int, on day: Int, points: Int, changed: Int
  ) -> SourceChange {
    SourceChange(
      "INSERT INTO members (loyalty_id, customer_id, tier, enrolled_on, email, points_balance, "
        + "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        .string(Membership.loyaltyID(member)), customerID(member, day),
        .string(tier(member, day)), .day(membership.enrolment(member)), email(member, day),
        .integer(Int64(points)), updateTime(member, on: changed),
      ])
  }

  // MARK: ledger

  /// Receipts have numbers below half of it; what else there is on a day comes after.
  private static let entriesPerDay = 100_000_000

  /// The entries of the receipts that arrive on `day`, then the balances that they change.
  private func earn(on day: Int, _ put: (SourceChange) throws -> Void) throws {
    let page = book.page(day)
    let isSummer = TimeZoneRule.isSummer(CivilDate(dayNumber: Int32(clamping: day)))
    var earned = [Int](repeating: 0, count: members.count)
    var lastEntry = [Int](repeating: -1, count: members.count)
    var lines: [ReceiptLine] = []
    for slot in 0..<page.count {
      let receipt = book.receipt(slot, of: page)
      guard receipt.member >= 0, let (points, reason) = points(for: receipt, &lines) else {
        continue
      }
      let zone = City.all[book.business.chain.stores[receipt.store].city].zone
      let time = receipt.millisecond + zone.hours(isSummer: isSummer) * 3_600_000
      earned[receipt.member] += points
      lastEntry[receipt.member] = max(lastEntry[receipt.member], time)
      try put(
        entry(
          day * RewardsHistory.entriesPerDay + slot, receipt.member,
          RewardsHistory.transactionID(receipt), points, reason, .instant(day, time)))
    }
    for member in members where lastEntry[member] >= 0 {
      try put(
        SourceChange(
          "UPDATE members SET points_balance = points_balance + ?, updated_at = ? "
            + "WHERE loyalty_id = ?",
          [
            .integer(Int64(earned[member])), .instant(day, lastEntry[member]),
            .string(Membership.loyaltyID(member)),
          ]))
    }
  }

  /// A point for each dollar; nil for a receipt whose event no reader could take.
  private func points(
    for receipt: Receipt, _ lines: inout [ReceiptLine]
  ) -> (points: Int, reason: String)? {
    switch receipt.kind {
    case .spoiled: return nil
    case .void:
      let original = book.receipt(receipt.originalSlot, of: book.page(receipt.originalDay))
      return (-dollars(original, &lines), "void")
    case .sale: return (dollars(receipt, &lines), "purchase")
    case .return: return (-dollars(receipt, &lines), "return")
    }
  }

  private func dollars(_ receipt: Receipt, _ lines: inout [ReceiptLine]) -> Int {
    book.readLines(of: receipt, into: &lines)
    return lines.reduce(0) { $0 + $1.net } / 100
  }

  private static func transactionID(_ receipt: Receipt) -> String {
    "T\(padded(receipt.day, 5))\(padded(receipt.slot, 8))"
  }

  private func entry(
    _ number: Int, _ member: Int, _ transaction: String?, _ points: Int, _ reason: String,
    _ time: Scalar
  ) -> SourceChange {
    SourceChange(
      "INSERT INTO points_ledger (entry_id, loyalty_id, transaction_id, points, reason, entry_at) "
        + "VALUES (?, ?, ?, ?, ?, ?)",
      [
        .integer(Int64(number)), .string(Membership.loyaltyID(member)),
        transaction.map { .string($0) } ?? .null, .integer(Int64(points)), .string(reason), time,
      ])
  }
}
