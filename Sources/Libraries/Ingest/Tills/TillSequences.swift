import Core
import JSON

/// The sequence numbers that each till has sent, so that those missing are known.
///
/// Stands in the state of the bronze commit that took the events, so that both are there or
/// neither; `seen` is the first and last number of each run, ascending:
///
///     {"sequences": {"register_sequence by store_id, register_id": [
///       {"till": ["S1", "R1"], "seen": [1, 17, 19, 40], "given_up": 3}]}}
///
/// A till has at most `runLimit` runs: when there are more, its least gap is given up, that is
/// counted and then taken as filled. Of more than `tillLimit` tills the others are not counted.
package struct TillSequences: Equatable, Sendable {
  /// A run of numbers that a till has not sent, though it has sent lesser and greater ones.
  package struct Gap: Equatable, Sendable {
    package let till: Till
    package let numbers: ClosedRange<Int64>
  }

  /// What one till has sent.
  struct Seen: Equatable, Sendable {
    var numbers = NumberSet()
    /// How many numbers were given up.
    var givenUpCount = 0
  }

  static let runLimit = 256
  static let tillLimit = 50_000

  /// The fields of the number and of the till.
  package let field: String
  package let tillFields: [String]
  private(set) var tills: [Till: Seen] = [:]

  /// What has changed since the state was read.
  struct Changes: Equatable, Sendable {
    /// Tills that sent a number, and the greatest one given up of those that had too many gaps.
    var tills: [Till: Int64?] = [:]
    var repeatedCount = 0
    var givenUpCount = 0
    /// Events that have no number, or do not say which till sent them, or are of a till too many.
    var uncountedCount = 0
  }
  private(set) var changes = Changes()

  /// The sequences of events whose number is `field`, as the state of a commit tells them.
  init(_ state: JSONValue?, field: String, tillFields: [String]) {
    self.field = field
    self.tillFields = tillFields
    for entry in state?[Self.member]?[key]?.array ?? [] {
      let names = (entry["till"]?.array ?? []).map(\.string)
      let bounds = (entry["seen"]?.array ?? []).compactMap(\.int64)
      guard let numbers = NumberSet(bounds: bounds) else { continue }
      tills[Till(names)] = Seen(
        numbers: numbers, givenUpCount: entry["given_up"]?.int ?? 0)
    }
  }

  private static let member = "sequences"

  private var key: String { "\(field) by \(tillFields.joined(separator: ", "))" }

  /// `state` with these sequences; all else in it stays.
  func state(in state: JSONValue?) -> JSONValue {
    if changes.tills.isEmpty { return state ?? .null }
    var all = state?.object ?? JSONObject()
    var sequences = all[Self.member]?.object ?? JSONObject()
    sequences[key] = .array(
      tills.sorted { $0.key < $1.key }.map { till, seen in
        var entry: JSONObject = [
          "till": .array(till.names.map { $0.map { .string($0) } ?? .null }),
          "seen": .array(
            seen.numbers.runs.flatMap { [JSONValue($0.lowerBound), JSONValue($0.upperBound)] }),
        ]
        if seen.givenUpCount > 0 { entry["given_up"] = JSONValue(seen.givenUpCount) }
        return .object(entry)
      })
    all[Self.member] = .object(sequences)
    return .object(all)
  }

  /// Counts the numbers of some events.
  mutating func add(_ events: NumberedEvents, senders: [[String?]]) {
    changes.repeatedCount += events.repeatedCount
    changes.uncountedCount += events.unnumberedCount
    for (sender, run) in events.runs {
      let till = Till(senders[sender])
      guard till.isNamed, tills[till] != nil || !isFull else {
        changes.uncountedCount += run.count
        continue
      }
      insert(run, of: till)
    }
  }

  private mutating func insert(_ run: ClosedRange<Int64>, of till: Till) {
    var givenUp = changes.tills[till] ?? nil
    var closed = 0
    changes.repeatedCount += run.count - tills[till, default: Seen()].numbers.insert(run)
    while let count = tills[till]?.numbers.runs.count, count > Self.runLimit,
      let gap = tills[till]?.numbers.closeLeastGap()
    {
      closed = closed.saturatingAdd(gap.count)
      givenUp = gap.upperBound
    }
    if closed > 0 {
      let earlier = tills[till]?.givenUpCount ?? 0
      tills[till]?.givenUpCount = earlier.saturatingAdd(closed)
      changes.givenUpCount = changes.givenUpCount.saturatingAdd(closed)
    }
    changes.tills.updateValue(givenUp, forKey: till)
  }

  /// Whether no more tills are counted.
  var isFull: Bool { tills.count >= Self.tillLimit }

  /// All numbers that are missing, till by till.
  package var gaps: [Gap] { tills.keys.sorted().flatMap { gaps(of: $0) } }

  /// How many numbers were given up, by till.
  package var givenUp: [(till: Till, count: Int)] {
    tills.filter { $0.value.givenUpCount > 0 }.map { ($0.key, $0.value.givenUpCount) }
      .sorted { $0.till < $1.till }
  }

  private func gaps(of till: Till) -> [Gap] {
    (tills[till]?.numbers.gaps ?? []).map { Gap(till: till, numbers: $0) }
  }

  /// What is missing now and was not missing `before`, and what was missing and has come.
  func gaps(since before: TillSequences) -> (opened: [Gap], filled: [Gap]) {
    var opened: [Gap] = []
    var filled: [Gap] = []
    for till in changes.tills.keys.sorted() {
      let old = before.tills[till]?.numbers.gaps ?? []
      let new = tills[till]?.numbers.gaps ?? []
      let givenUp = changes.tills[till] ?? nil
      opened += new.subtracting(old).map { Gap(till: till, numbers: $0) }
      // What was given up has not come.
      filled += old.subtracting(new).filter { $0.lowerBound > givenUp ?? -1 }
        .map { Gap(till: till, numbers: $0) }
    }
    return (opened, filled)
  }
}

extension NumberSet {
  /// The set of the runs of which `bounds` are the first and last numbers; nil when they are none.
  fileprivate init?(bounds: [Int64]) {
    guard bounds.count.isMultiple(of: 2), bounds.allSatisfy({ $0 >= 0 && $0 < .max }) else {
      return nil
    }
    var runs: [ClosedRange<Int64>] = []
    for index in stride(from: 0, to: bounds.count, by: 2) {
      guard bounds[index] <= bounds[index + 1] else { return nil }
      runs.append(bounds[index]...bounds[index + 1])
    }
    self.init(runs: runs)
  }
}
