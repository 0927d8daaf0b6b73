import Core

/// Which epochs are kept: of the last so many hours, days, weeks, months and years that have any,
/// the last of each; and the last so many, whatever their times.
package struct BackupRetention: Sendable, Equatable {
  package var last = 1
  package var daily = 0
  package var weekly = 0
  package var monthly = 0
  package var yearly = 0

  package init() {}

  /// Why an epoch is kept, in a word: `last`, `daily`, ….
  package typealias Reasons = [String: [String]]

  /// The epochs that are kept, by name, and why. The newest always is, whatever the rules say: a
  /// backup without an epoch is none.
  package func kept(of epochs: [Epoch]) -> Reasons {
    var reasons: Reasons = [:]
    let newestFirst = epochs.sorted { ($0.number, $0.name) > ($1.number, $1.name) }
    for epoch in newestFirst.prefix(max(1, last)) {
      reasons[epoch.name, default: []].append("last")
    }
    let rules: [(String, Int, (CivilDate) -> String)] = [
      ("daily", daily, { "\($0)" }),
      // Weeks begin on Monday: the day of 1970-01-05 was one.
      ("weekly", weekly, { "\(floorDivide(Int64($0.dayNumber) - 4, 7))" }),
      ("monthly", monthly, { String("\($0)".dropLast(3)) }),
      ("yearly", yearly, { String("\($0)".dropLast(6)) }),
    ]
    for (word, count, period) in rules where count > 0 {
      var seen: [String] = []
      for epoch in newestFirst {
        let name = period(epoch.time.date)
        guard !seen.contains(name) else { continue }
        if seen.count == count { break }
        seen.append(name)
        reasons[epoch.name, default: []].append(word)
      }
    }
    return reasons
  }
}
