/// Finds what a misspelt name may have meant.
package enum Suggestion {
  /// The candidate nearest to `name`, if it is near enough to be meant; letter case aside.
  package static func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.lowercased().utf8)
    let limit = max(1, wanted.count * 2 / 5)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let distance = slips(wanted, Array(candidate.lowercased().utf8))
      if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// `did you mean 'x'?` without the mark, or `otherwise`.
  package static func remedy(
    for name: String, among candidates: [String], otherwise: String
  ) -> String {
    nearest(to: name, among: candidates).map { "did you mean '\($0)'?" } ?? otherwise
  }

  /// How many letters must be changed, added, removed or swapped with their neighbour to make one
  /// name of the other; letter case aside.
  static func slips(from left: String, to right: String) -> Int {
    slips(Array(left.lowercased().utf8), Array(right.lowercased().utf8))
  }

  private static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
      var line = [row]
      for column in 1...right.count {
        let cost = left[row - 1] == right[column - 1] ? 0 : 1
        var distance = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + cost)
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          distance = min(distance, beforeLast[column - 2] + 1)
        }
        line.append(distance)
      }
      beforeLast = last
      last = line
    }
    return last[right.count]
  }
}
