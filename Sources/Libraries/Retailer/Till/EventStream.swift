package import Core

/// The till events that arrive on one day, as JSON lines in the order of the clocks on the walls of
/// the stores, piece by piece: memory does not grow with the day.
package final class EventStream: ByteSource {
  /// How many lines were given so far, those sent twice among them.
  package private(set) var lineCount = 0

  private var writer: EventWriter
  private let page: ReceiptBook.Page
  private let dayBefore: ReceiptBook.Page
  private let duplicates: Chance
  private var slot = 0

  /// The events of `day`. A day is the same whatever days come before or after it.
  package init(
    _ book: ReceiptBook, on day: CivilDate, duplicates rate: Double, money: MoneyForm = .text
  ) {
    writer = EventWriter(book, money)
    page = book.page(Int(day.dayNumber))
    dayBefore = book.page(Int(day.dayNumber) - 1)
    duplicates = Chance(rate)
  }

  package func next() -> [UInt8]? {
    guard slot < page.count else { return nil }
    // An event may be followed by one sent again.
    let capacity = EventStream.pieceByteCount + 2 * writer.longestEvent
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      guard let start = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
      var bytes = EventBytes(start)
      let full = start + EventStream.pieceByteCount
      while slot < page.count, bytes.end < full { writeNext(to: &bytes) }
      count = bytes.end - start
    }
  }

  private static let pieceByteCount = 1 << 18

  private func writeNext(to bytes: inout EventBytes) {
    writer.write(writer.book.receipt(slot, of: page), to: &bytes)
    lineCount += 1
    let roll = key(writer.book.business.seed, .duplicate, page.day, slot)
    if duplicates.holds(roll) { writeAgain(roll, to: &bytes) }
    slot += 1
  }

  /// Writes an event that was sent before: on this day, or for one in ten on the day before.
  private func writeAgain(_ roll: UInt64, to bytes: inout EventBytes) {
    var dice = Dice(roll)
    let isOfDayBefore = slot == 0 || dice.below(10) == 0
    let page = isOfDayBefore ? dayBefore : page
    guard page.count > 0 else { return }
    let slot =
      isOfDayBefore ? dice.below(page.count) : slot - 1 - dice.below(min(slot, 2_000))
    let receipt = writer.book.receipt(slot, of: page)
    guard receipt.kind != .spoiled else { return }
    writer.write(receipt, to: &bytes)
    lineCount += 1
  }
}
