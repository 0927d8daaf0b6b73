import TextFormats

/// The numbers that some events bear, as the runs that they make for each sender.
struct NumberedEvents: Sendable {
  private(set) var runs: [(sender: Int, numbers: ClosedRange<Int64>)] = []
  /// Numbers that came more than once.
  private(set) var repeatedCount = 0
  private(set) var unnumberedCount = 0

  init() {}

  init(_ lines: [JSONLineCheck.Noted]) {
    var pairs: [(sender: Int, number: Int64)] = []
    pairs.reserveCapacity(lines.count)
    for line in lines {
      if let number = line.number {
        pairs.append((line.sender, number))
      } else {
        unnumberedCount += 1
      }
    }
    pairs.sort { $0 < $1 }
    for (sender, number) in pairs {
      guard let last = runs.last, last.sender == sender, number - last.numbers.upperBound <= 1
      else {
        runs.append((sender, number...number))
        continue
      }
      if number == last.numbers.upperBound {
        repeatedCount += 1
      } else {
        runs[runs.count - 1].numbers = last.numbers.lowerBound...number
      }
    }
  }
}
