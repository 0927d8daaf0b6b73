import Core

/// Writes receipts as the JSON lines that tills send.
struct EventWriter {
  let book: ReceiptBook
  private let money: MoneyForm
  private var lines: [ReceiptLine] = []
  /// The date written last, as it is written.
  private var dateText: [UInt8] = []
  private var dateDay = Int.min
  private var isSummer = false

  init(_ book: ReceiptBook, _ money: MoneyForm) {
    self.book = book
    self.money = money
    lines.reserveCapacity(book.longestReceipt)
  }

  /// No event has more bytes.
  var longestEvent: Int { 1_024 + 320 * book.longestReceipt }

  /// Writes the event of a receipt and a newline.
  @inline(__always)
  mutating func write(_ receipt: Receipt, to bytes: inout EventBytes) {
    if receipt.kind == .spoiled {
      writeSpoiled(receipt, to: &bytes)
    } else {
      writeWhole(receipt, to: &bytes)
    }
    bytes.put(byte: UInt8(ascii: "\n"))
  }

  private mutating func writeSpoiled(_ receipt: Receipt, to bytes: inout EventBytes) {
    let whole = [UInt8](unsafeUninitializedCapacity: longestEvent) { buffer, count in
      guard let start = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
      var event = EventBytes(start)
      writeWhole(receipt, to: &event)
      count = event.end - start
    }
    let roll = key(book.business.seed, .spoiling, receipt.day, receipt.slot)
    bytes.put(Flaw(roll).spoil(whole, roll))
  }

  private mutating func writeWhole(_ receipt: Receipt, to bytes: inout EventBytes) {
    let seed = book.business.seed
    let store = book.business.chain.stores[receipt.store]
    let id = key(seed, .eventID, receipt.day, receipt.slot)
    bytes.put("{\"schema_version\":1,\"event_id\":\"")
    bytes.put(uuid: id, mixed(id ^ 0x9E37_79B9_7F4A_7C15))
    switch receipt.kind {
    case .sale, .spoiled: bytes.put("\",\"event_type\":\"sale\",\"event_time\":\"")
    case .return: bytes.put("\",\"event_type\":\"return\",\"event_time\":\"")
    case .void: bytes.put("\",\"event_type\":\"void\",\"event_time\":\"")
    }
    putTime(receipt, store, to: &bytes)
    bytes.put("\",")
    bytes.put(store.fragment)
    bytes.put(",\"register_id\":\"R")
    bytes.put(receipt.register + 1, width: 2)
    bytes.put("\",\"cashier_id\":\"C")
    bytes.put(receipt.store * 100 + receipt.cashier, width: 6)
    bytes.put("\",\"transaction_id\":\"")
    putTransaction(receipt.day, receipt.slot, to: &bytes)
    switch receipt.kind {
    case .sale, .spoiled: bytes.put("\",\"original_transaction_id\":null,")
    case .return, .void:
      bytes.put("\",\"original_transaction_id\":\"")
      putTransaction(receipt.originalDay, receipt.originalSlot, to: &bytes)
      bytes.put("\",")
    }
    if receipt.member < 0 {
      bytes.put("\"loyalty_id\":null,\"currency\":\"USD\",\"lines\":[")
    } else {
      bytes.put("\"loyalty_id\":\"L")
      bytes.put(receipt.member + 1, width: 8)
      bytes.put("\",\"currency\":\"USD\",\"lines\":[")
    }
    let total = putLines(receipt, store, to: &bytes)
    bytes.put("],\"payments\":[")
    if receipt.kind != .void { putPayments(of: total, receipt, store, to: &bytes) }
    bytes.put("]}")
  }

  /// `2026-01-05T09:31:07-05:00`, at some tills with milliseconds.
  private mutating func putTime(
    _ receipt: Receipt, _ store: Chain.Store, to bytes: inout EventBytes
  ) {
    if receipt.eventDay != dateDay {
      let date = CivilDate(dayNumber: Int32(clamping: receipt.eventDay))
      dateDay = receipt.eventDay
      dateText = [UInt8]("\(date)T".utf8)
      isSummer = TimeZoneRule.isSummer(date)
    }
    bytes.put(dateText)
    let second = receipt.millisecond / 1_000
    let minute = second / 60
    let hour = minute / 60
    bytes.put(pair: hour)
    bytes.put(byte: UInt8(ascii: ":"))
    bytes.put(pair: minute - hour * 60)
    bytes.put(byte: UInt8(ascii: ":"))
    bytes.put(pair: second - minute * 60)
    if store.hasMilliseconds {
      bytes.put(byte: UInt8(ascii: "."))
      bytes.put(receipt.millisecond - second * 1_000, width: 3)
    }
    bytes.put(isSummer ? store.summerOffset : store.winterOffset)
  }

  @inline(__always)
  private func putTransaction(_ day: Int, _ slot: Int, to bytes: inout EventBytes) {
    bytes.put(byte: UInt8(ascii: "T"))
    bytes.put(day, width: 5)
    bytes.put(slot, width: 8)
  }

  /// Writes the lines; gives what is to be paid for them, in cents.
  private mutating func putLines(
    _ receipt: Receipt, _ store: Chain.Store, to bytes: inout EventBytes
  ) -> Int {
    book.readLines(of: receipt, into: &lines)
    let asText = writesText(store)
    let assortment = book.business.assortment
    var total = 0
    for number in lines.indices {
      let line = lines[number]
      total += line.net + line.tax
      bytes.put(number == 0 ? "{\"line_no\":" : ",{\"line_no\":")
      bytes.put(number + 1)
      bytes.put(byte: UInt8(ascii: ","))
      let item = assortment.items[line.product]
      assortment.fragments.withUnsafeBytes {
        bytes.put(
          UnsafeRawBufferPointer(rebasing: $0[Int(item.fragmentStart)..<Int(item.fragmentEnd)]))
      }
      bytes.put(thousandths: line.quantity)
      if asText {
        bytes.put(",\"unit_price\":\"")
        bytes.put(cents: line.price)
        bytes.put("\",\"discount\":\"")
        bytes.put(cents: line.discount)
        bytes.put("\",\"tax\":\"")
        bytes.put(cents: line.tax)
        bytes.put("\"}")
      } else {
        bytes.put(",\"unit_price\":")
        bytes.put(cents: line.price)
        bytes.put(",\"discount\":")
        bytes.put(cents: line.discount)
        bytes.put(",\"tax\":")
        bytes.put(cents: line.tax)
        bytes.put("}")
      }
    }
    return total
  }

  private func writesText(_ store: Chain.Store) -> Bool {
    switch money {
    case .text: true
    case .number: false
    case .mixed: !store.writesNumbers
    }
  }

  /// One payment, or a gift card's and one for the rest.
  private func putPayments(
    of total: Int, _ receipt: Receipt, _ store: Chain.Store, to bytes: inout EventBytes
  ) {
    let asText = writesText(store)
    let roll = key(book.business.seed, .receiptLines, receipt.day, ~receipt.slot)
    var rest = total
    if roll & 0xFF < 8, total > 2_000, receipt.kind == .sale {
      putPayment("{\"method\":\"gift_card\",\"amount\":", 1_000, asText, to: &bytes)
      bytes.put(byte: UInt8(ascii: ","))
      rest -= 1_000
    }
    switch roll >> 56 {
    case 0..<150: putPayment("{\"method\":\"card\",\"amount\":", rest, asText, to: &bytes)
    case 150..<210: putPayment("{\"method\":\"cash\",\"amount\":", rest, asText, to: &bytes)
    default: putPayment("{\"method\":\"mobile\",\"amount\":", rest, asText, to: &bytes)
    }
  }

  @inline(__always)
  private func putPayment(
    _ head: StaticString, _ cents: Int, _ asText: Bool, to bytes: inout EventBytes
  ) {
    bytes.put(head)
    if asText { bytes.put(byte: UInt8(ascii: "\"")) }
    bytes.put(cents: cents)
    if asText { bytes.put(byte: UInt8(ascii: "\"")) }
    bytes.put(byte: UInt8(ascii: "}"))
  }
}
