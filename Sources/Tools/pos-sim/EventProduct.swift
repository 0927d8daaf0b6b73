import Core
import Retailer
import UnixTool

/// Till events on standard output, or as a file for each day.
struct EventProduct {
  private let tills: TillOptions
  private let days: Range<CivilDate>

  init(_ tills: TillOptions, days: Range<CivilDate>) {
    self.tills = tills
    self.days = days
  }

  func write(_ book: ReceiptBook, _ console: Console) throws(Fault) {
    var lineCount = 0
    for number in days.lowerBound.dayNumber..<days.upperBound.dayNumber {
      let day = CivilDate(dayNumber: number)
      let events = EventStream(book, on: day, duplicates: tills.duplicates, money: tills.money)
      if let folder = tills.output {
        let path = "\(folder)/pos-\(day).ndjson"
        let file = try LocalFileSystem().draft(path, replacing: true)
        while let piece = events.next() { try file.append(piece) }
        _ = try file.publish()
        try console.write(path)
      } else {
        while let piece = events.next() { try console.output.write(piece) }
      }
      lineCount += events.lineCount
      console.progress("\(day): \(counted(lineCount, "line"))")
    }
    console.note(counted(lineCount, "line"))
  }
}
