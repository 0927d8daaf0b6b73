package import Core

/// Takes a source database through its days.
package struct Evolution {
  private let history: any SourceHistory

  package init(_ history: any SourceHistory) { self.history = history }

  /// Brings the database behind `sink` to the end of the last of `days`. One that stands at the end
  /// of `lastDay` goes on from there; a new one starts at the eve of the first. Says each day it
  /// is done with.
  package func run(
    _ days: Range<CivilDate>, after lastDay: CivilDate?, into sink: any ChangeSink,
    _ done: (CivilDate) -> Void
  ) throws {
    let eve = CivilDate(dayNumber: days.lowerBound.dayNumber - 1)
    if lastDay == nil {
      try sink.apply(eve, tables: history.tables) { put in try history.start(at: eve, put) }
    }
    let first = (lastDay ?? eve).dayNumber + 1
    guard first < days.upperBound.dayNumber else { return }
    for number in first..<days.upperBound.dayNumber {
      let day = CivilDate(dayNumber: number)
      try sink.apply(day, tables: []) { put in try history.advance(to: day, put) }
      done(day)
    }
  }
}
