/// A set of whole numbers from 0, kept as the runs that they make.
struct NumberSet: Equatable, Sendable {
  /// Ascending; between two of them a number is missing.
  private(set) var runs: [ClosedRange<Int64>] = []

  init() {}

  /// The set of the numbers in `runs`; nil when they are not ascending and apart.
  init?(runs: [ClosedRange<Int64>]) {
    for (left, right) in zip(runs, runs.dropFirst()) where right.lowerBound - 1 <= left.upperBound {
      return nil
    }
    self.runs = runs
  }

  /// The runs of numbers that are missing between the least and the greatest.
  var gaps: [ClosedRange<Int64>] {
    zip(runs, runs.dropFirst()).map { ($0.upperBound + 1)...($1.lowerBound - 1) }
  }

  /// Adds the numbers of `run`; how many of them are new.
  @discardableResult
  mutating func insert(_ run: ClosedRange<Int64>) -> Int {
    let first = firstRun(reaching: run.lowerBound - 1)
    var last = first
    var (least, greatest) = (run.lowerBound, run.upperBound)
    var newCount = run.count
    while last < runs.count, runs[last].lowerBound - 1 <= run.upperBound {
      newCount -= runs[last].overlaps(run) ? runs[last].clamped(to: run).count : 0
      least = min(least, runs[last].lowerBound)
      greatest = max(greatest, runs[last].upperBound)
      last += 1
    }
    if last == first + 1 {
      runs[first] = least...greatest
    } else {
      runs.replaceSubrange(first..<last, with: CollectionOfOne(least...greatest))
    }
    return newCount
  }

  /// Takes the least gap as filled; gives it, or nil when there is none.
  mutating func closeLeastGap() -> ClosedRange<Int64>? {
    guard runs.count > 1 else { return nil }
    let gap = (runs[0].upperBound + 1)...(runs[1].lowerBound - 1)
    runs[1] = runs[0].lowerBound...runs[1].upperBound
    runs.removeFirst()
    return gap
  }

  /// The first run that ends at `number` or later.
  private func firstRun(reaching number: Int64) -> Int {
    guard let greatest = runs.last, greatest.upperBound >= number else { return runs.count }
    var low = 0
    var high = runs.count - 1
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound >= number { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension [ClosedRange<Int64>] {
  /// The numbers of these runs that are in none of `others`; both ascend without overlaps.
  func subtracting(_ others: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
    var left: [ClosedRange<Int64>] = []
    var next = 0
    for run in self {
      var start = run.lowerBound
      while next < others.count, others[next].upperBound < start { next += 1 }
      var index = next
      while index < others.count, others[index].lowerBound <= run.upperBound {
        if others[index].lowerBound > start { left.append(start...(others[index].lowerBound - 1)) }
        start = others[index].upperBound + 1
        index += 1
      }
      if start <= run.upperBound { left.append(start...run.upperBound) }
    }
    return left
  }
}
