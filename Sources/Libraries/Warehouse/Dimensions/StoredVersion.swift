/// A version as it stands in the dimension, with its surrogate key.
struct StoredVersion: Hashable {
  var surrogate: Int64
  var version: MemberVersion
}

/// For each wanted version of a member the stored one whose place it takes, by position; nil for
/// one that needs a key of its own. Both are in time order and do not overlap.
///
/// A version keeps its row when it starts at the same moment. One whose start has moved keeps it
/// when its content is the same and the intervals touch: a late event that agrees with the version
/// after it moves that one's start back.
func matching(_ wanted: [MemberVersion], _ stored: [StoredVersion]) -> [Int?] {
  var matches = [Int?](repeating: nil, count: wanted.count)
  var isTaken = [Bool](repeating: false, count: stored.count)
  var index = 0
  for (position, version) in wanted.enumerated() {
    while index < stored.count, stored[index].version.from < version.from { index += 1 }
    guard index < stored.count, stored[index].version.from == version.from else { continue }
    matches[position] = index
    isTaken[index] = true
  }
  var first = 0
  for (position, version) in wanted.enumerated() where matches[position] == nil {
    while first < stored.count, stored[first].version.to <= version.from { first += 1 }
    var candidate = first
    while candidate < stored.count, stored[candidate].version.from < version.to {
      let other = stored[candidate].version
      if !isTaken[candidate], other.isDeleted == version.isDeleted,
        other.tracked == version.tracked
      {
        matches[position] = candidate
        isTaken[candidate] = true
        break
      }
      candidate += 1
    }
  }
  return matches
}

/// The stretch of time in which a lookup finds each version: the first reaches back to the
/// beginning, the last to the end.
func lookupRanges(_ versions: [StoredVersion]) -> [Int64: ClosedRange<Int64>] {
  var ranges: [Int64: ClosedRange<Int64>] = [:]
  for (position, stored) in versions.enumerated() {
    let start = position == 0 ? Int64.min : stored.version.from
    let end = position == versions.count - 1 ? Int64.max : versions[position + 1].version.from - 1
    if start <= end { ranges[stored.surrogate] = start...end }
  }
  return ranges
}
