import Core

/// Positions of rows as runs: ascending, none touching the next.
struct PositionRuns: Hashable, Sendable {
  private(set) var runs: [Range<UInt64>] = []

  init() {}

  /// Runs that ascend and do not touch.
  init(_ runs: [Range<UInt64>]) { self.runs = runs }

  /// Ascending positions.
  init(positions: [Int64]) { for position in positions { append(UInt64(position)) } }

  /// All positions below `end`.
  init(upTo end: Int) { if end > 0 { runs = [0..<UInt64(end)] } }

  /// How many positions there are; as many as can be counted if damage claims more.
  var count: Int { runs.reduce(0) { $0.saturatingAdd(Int(clamping: $1.count)) } }

  /// What all positions are below.
  var end: UInt64 { runs.last?.upperBound ?? 0 }

  /// Those of either.
  func union(_ other: PositionRuns) -> PositionRuns {
    var result = PositionRuns()
    var (left, right) = (runs[...], other.runs[...])
    while true {
      let isLeft = (left.first?.lowerBound ?? .max) <= (right.first?.lowerBound ?? .max)
      guard let run = isLeft ? left.popFirst() : right.popFirst() else { return result }
      result.append(run)
    }
  }

  /// Those that `other` has not.
  func subtracting(_ other: PositionRuns) -> PositionRuns {
    var result = PositionRuns()
    var taken = other.runs[...]
    for run in runs {
      var start = run.lowerBound
      while let next = taken.first, next.upperBound <= start { taken.removeFirst() }
      var later = taken
      while let next = later.first, next.lowerBound < run.upperBound {
        if start < next.lowerBound { result.append(start..<next.lowerBound) }
        start = max(start, next.upperBound)
        later.removeFirst()
      }
      if start < run.upperBound { result.append(start..<run.upperBound) }
    }
    return result
  }

  private mutating func append(_ position: UInt64) { append(position..<position + 1) }

  /// Adds a run that begins no earlier than the last.
  private mutating func append(_ run: Range<UInt64>) {
    if let last = runs.last, run.lowerBound <= last.upperBound {
      runs[runs.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
    } else {
      runs.append(run)
    }
  }
}
