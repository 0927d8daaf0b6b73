import Core
import JSON

@testable import Retailer

/// A small retailer's tills, and their events as a test reads them.
struct Tills {
  var scale = Scale(seed: 1, stores: 12, products: 300, members: 400)
  var rates = Rates()
  var averageCount = 2_000
  var averageLines = 3.0
  var money = MoneyForm.mixed

  static let firstDay = CivilDate(dayNumber: 20_454)  // 2026-01-01

  var book: ReceiptBook {
    ReceiptBook(
      Business(scale), Volume(averageCount: averageCount), rates, averageLines: averageLines)
  }

  func bytes(_ days: Range<Int>) -> [UInt8] {
    let book = book
    return days.flatMap { offset in
      let day = CivilDate(dayNumber: Tills.firstDay.dayNumber + Int32(offset))
      let stream = EventStream(book, on: day, duplicates: rates.duplicates, money: money)
      var bytes: [UInt8] = []
      while let piece = stream.next() { bytes += piece }
      return bytes
    }
  }

  func lines(_ days: Range<Int>) -> [ArraySlice<UInt8>] {
    bytes(days).split(separator: UInt8(ascii: "\n"))
  }

  /// The lines that are JSON objects.
  func events(_ days: Range<Int>) -> [JSONObject] {
    lines(days).compactMap { (try? JSONValue(parsing: Array($0)))?.object }
  }
}

extension JSONObject {
  /// A member's text, or its number's.
  func text(_ key: String) -> String? { self[key]?.string ?? self[key]?.number }
}
