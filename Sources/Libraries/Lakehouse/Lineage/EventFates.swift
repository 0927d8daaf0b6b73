import Columnar

/// Works out what became of the events of one key, by the rules by which they were folded.
struct EventFates {
  /// An event as it lies in bronze.
  struct Found {
    var sequence: Scalar
    var isDelete: Bool
    /// The columns of the table, in its order; what a delete carries counts for nothing.
    var values: [Scalar]
    /// Whether it gives each of them.
    var given: [Bool]
    /// Which step of its transaction it is, where these are numbered.
    var step: Int64?
    var file: String
    /// Its line's text, and what it says as a JSON object.
    var raw: String
    var said: String
    /// By which it came before others.
    var arrival: (file: Int, line: Int64)
    /// The rule that set it aside, and why.
    var setAside: (rule: String, reason: String)?

    /// Its file and line.
    var place: String { "\(file):\(arrival.line)" }

    /// Takes a NULL for nothing said.
    mutating func ignoreNulls() {
      for column in values.indices where values[column].isNull { given[column] = false }
    }
  }

  /// What makes two events of one sequence the same.
  private struct Content: Hashable {
    var sequence: Scalar
    var isDelete: Bool
    var values: [Scalar]
    var given: [Bool]
  }

  /// The positions of the columns whose changes begin a version.
  let tracked: [Int]

  /// The events in order of their sequences, each with its fate and whether it came late.
  func settle(_ events: [Found]) -> [(event: Found, fate: EventFate, isLate: Bool)] {
    let sorted = events.sorted(by: Self.isBefore)
    var fates = [EventFate?](repeating: nil, count: sorted.count)
    markSetAside(sorted, &fates)
    markRepeats(sorted, &fates)
    markOvertaken(sorted, &fates)
    fold(sorted, &fates)
    return sorted.indices.map { place in
      (sorted[place], fates[place] ?? .version, isLate(sorted[place], among: sorted))
    }
  }

  private static func isBefore(_ left: Found, _ right: Found) -> Bool {
    if left.sequence != right.sequence { return left.sequence.precedes(right.sequence) }
    if left.step != right.step { return left.step ?? .min < right.step ?? .min }
    if left.isDelete != right.isDelete { return right.isDelete }
    return left.arrival < right.arrival
  }

  private func content(_ event: Found) -> Content {
    Content(
      sequence: event.sequence, isDelete: event.isDelete,
      values: event.isDelete ? [] : event.values, given: event.isDelete ? [] : event.given)
  }

  /// What was set aside, and what says the same as a conflict that was.
  private func markSetAside(_ events: [Found], _ fates: inout [EventFate?]) {
    var lost: [Content: (rule: String, reason: String)] = [:]
    for event in events {
      if let setAside = event.setAside, setAside.rule == "conflict" {
        lost[content(event)] = setAside
      }
    }
    for (place, event) in events.enumerated() {
      guard let setAside = event.setAside ?? lost[content(event)] else { continue }
      fates[place] = .setAside(rule: setAside.rule, reason: setAside.reason)
    }
  }

  private func markRepeats(_ events: [Found], _ fates: inout [EventFate?]) {
    var first: [Content: Found] = [:]
    for (place, event) in events.enumerated() where fates[place] == nil {
      if let known = first[content(event)] {
        fates[place] = .duplicate(of: known.place)
      } else {
        first[content(event)] = event
      }
    }
  }

  /// Of several steps at one sequence the last stands.
  private func markOvertaken(_ events: [Found], _ fates: inout [EventFate?]) {
    let standing = events.indices.filter { fates[$0] == nil }
    for (place, next) in zip(standing, standing.dropFirst())
    where events[place].sequence == events[next].sequence {
      fates[place] = .overtaken
    }
  }

  private func fold(_ events: [Found], _ fates: inout [EventFate?]) {
    var open: (start: Scalar, values: [Scalar], given: [Bool])?
    var isKnown = false
    for (place, event) in events.enumerated() where fates[place] == nil {
      if event.isDelete {
        fates[place] =
          open.map { .end(of: $0.start.shown) } ?? (isKnown ? .repeatedDelete : .unknownDelete)
        open = nil
        continue
      }
      isKnown = true
      guard let last = open else {
        fates[place] = .version
        open = (event.sequence, event.values, event.given)
        continue
      }
      var next = (start: event.sequence, values: event.values, given: event.given)
      for column in next.values.indices where !next.given[column] {
        next.values[column] = last.values[column]
        next.given[column] = last.given[column]
      }
      let isSame = tracked.allSatisfy {
        next.values[$0] == last.values[$0] || !last.given[$0]
      }
      if isSame { next.start = last.start }
      fates[place] = isSame ? .unchanged(since: last.start.shown) : .version
      open = next
    }
  }

  private func isLate(_ event: Found, among events: [Found]) -> Bool {
    events.contains { $0.arrival < event.arrival && event.sequence.precedes($0.sequence) }
  }
}

extension Scalar {
  /// Whether a sequence comes before another of its type.
  fileprivate func precedes(_ other: Scalar) -> Bool {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): left < right
    case (.timestamp(let left), .timestamp(let right)): left < right
    case (.date(let left), .date(let right)): left < right
    case (.decimal(let left), .decimal(let right)): left < right
    case (.double(let left), .double(let right)): left < right
    case (.string(let left), .string(let right)):
      left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.null, .null): false
    case (.null, _): true
    default: false
    }
  }

  /// A sequence as people read it.
  var shown: String {
    switch self {
    case .integer(let number): "\(number)"
    case .timestamp(let moment): "\(moment)"
    case .date(let date): "\(date)"
    case .decimal(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text
    case .null: "NULL"
    default: "\(self)"
    }
  }
}
