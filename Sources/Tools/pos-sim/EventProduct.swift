import Core
import Retailer
import UnixTool

/// Till events on standard output, or as a file for each day.
struct EventProduct {
  private let days: Range<CivilDate>
  private let book: ReceiptBook
  private let tills: TillOptions
  private let folder: String?

  init(days: Range<CivilDate>, _ retailer: RetailerOptions, _ tills: TillOptions, folder: String?) {
    self.days = days
    self.tills = tills
    self.folder = folder
    book = ReceiptBook(
      Business(retailer.scale), tills.volume(days), tills.rates, averageLines: tills.lines)
  }

  func write(_ console: Console) throws(Fault) {
    var lineCount = 0
    for number in days.lowerBound.dayNumber..<days.upperBound.dayNumber {
      let day = CivilDate(dayNumber: number)
      let events = EventStream(book, on: day, duplicates: tills.duplicates, money: tills.money)
      if let folder {
        let path = "\(folder)/pos-\(day).ndjson"
        let file = try LocalFileSystem().draft(path, replacing: true)
        while let piece = events.next() { try file.append(piece) }
        _ = try file.publish()
        try console.write(path)
      } else {
        while let piece = events.next() { try console.output.write(piece) }
      }
      lineCount += events.lineCount
      console.progress("\(day): \(lineCount) lines")
    }
    console.note("\(lineCount) lines")
  }
}
