/// What an event says of a member: how it is from a moment on, or that it is gone.
package struct MemberEvent: Hashable, Sendable {
  /// The columns beside the key, in the order of `values`.
  package static let columns = ["old_id", "born", "city", "tier", "phone"]

  package var id: String
  /// The day from which it holds, which is its sequence.
  package var day: Int64
  package var values: [String?]
  package var isDelete = false

  /// Few members on few days, so that ties, late events and repeats are many.
  package static func random(using random: inout SeededRandom) -> [MemberEvent] {
    let keyCount = Int.random(in: 1...4, using: &random)
    let dayCount = Int64.random(in: 3...24, using: &random)
    let nullShare = Double.random(in: 0..<0.5, using: &random)
    let deleteShare = Bool.random(using: &random) ? 0.25 : 0
    let hasLinks = Bool.random(using: &random)
    var events: [MemberEvent] = []
    for _ in 0..<Int.random(in: 1...24, using: &random) {
      if let old = events.randomElement(using: &random), Int.random(in: 0..<5, using: &random) == 0
      {
        events.append(old)
        continue
      }
      func value(_ words: [String]) -> String? {
        Double.random(in: 0..<1, using: &random) < nullShare
          ? nil : words.randomElement(using: &random)
      }
      let id = "k\(Int.random(in: 0..<keyCount, using: &random))"
      let before = hasLinks ? value((0..<keyCount).map { "k\($0)" } + ["nobody"]) : nil
      events.append(
        MemberEvent(
          id: id, day: Int64.random(in: 0..<dayCount, using: &random),
          values: [
            before, value(["1970", "1971"]), value(["Bonn", "Ulm", ""]), value(["basic", "gold"]),
            value(["1", "2", "3"]),
          ], isDelete: Double.random(in: 0..<1, using: &random) < deleteShare))
    }
    return events
  }
}

/// What a member was for a time, as a job's query gives it; days for moments.
package struct PlainVersion: Hashable, Sendable {
  package var id: String
  package var values: [String?]
  package var from: Int64
  package var to: Int64?

  package init(id: String, values: [String?], from: Int64, to: Int64? = nil) {
    self.id = id
    self.values = values
    self.from = from
    self.to = to
  }
}

/// Slowly changing dimensions as one would write them down: of all events that ever came, in
/// whatever order, what a source's history and a dimension over it hold. It looks at nothing but
/// the events.
///
/// Of the columns of `MemberEvent` the dimension keeps `born`, tracks `city`, overwrites `tier` in
/// all versions and `phone` in the current one; `old_id` is the key of before.
package struct PlainMembers {
  /// Whether a value that is not given leaves what was.
  package var ignoresNulls = false
  /// Whether a delete leaves a version of its own in the dimension.
  package var showsDeletes = true

  package init(ignoresNulls: Bool = false, showsDeletes: Bool = true) {
    self.ignoresNulls = ignoresNulls
    self.showsDeletes = showsDeletes
  }

  // MARK: The source's history

  /// A version as the source's history has it, and which of its values were ever given.
  private struct Piece {
    var version: PlainVersion
    var given: [Bool]
  }

  /// The versions of all members: one for each change of any column.
  package func history(_ events: [MemberEvent]) -> [PlainVersion] {
    Dictionary(grouping: events, by: \.id).sorted { $0.key < $1.key }.flatMap { id, events in
      history(of: id, settled(events))
    }
  }

  /// One event a day: a delete stands before others, of these the one of the greatest values.
  private func settled(_ events: [MemberEvent]) -> [MemberEvent] {
    Dictionary(grouping: events, by: \.day).values.compactMap { events in
      events.max { left, right in
        if left.isDelete != right.isDelete { return right.isDelete }
        for (one, other) in zip(left.values, right.values) where one != other {
          guard let one else { return true }
          guard let other else { return false }
          return one < other
        }
        return false
      }
    }.sorted { $0.day < $1.day }
  }

  private func history(of id: String, _ events: [MemberEvent]) -> [PlainVersion] {
    var versions: [PlainVersion] = []
    var open: Piece?
    func close(_ day: Int64) {
      guard var piece = open else { return }
      piece.version.to = day
      versions.append(piece.version)
      open = nil
    }
    for event in events {
      if event.isDelete {
        close(event.day)
        continue
      }
      var next = Piece(
        version: PlainVersion(id: id, values: event.values, from: event.day),
        given: event.values.map { !ignoresNulls || $0 != nil })
      if let last = open {
        for place in next.given.indices where !next.given[place] {
          next.version.values[place] = last.version.values[place]
          next.given[place] = last.given[place]
        }
        let isSame = next.version.values.indices.allSatisfy {
          next.version.values[$0] == last.version.values[$0] || !last.given[$0]
        }
        if isSame {
          next.version.from = last.version.from
          open = next
          continue
        }
        close(event.day)
      }
      open = next
    }
    if let open { versions.append(open.version) }
    return versions
  }

  // MARK: The dimension

  /// A row of the dimension.
  private struct Row {
    var values: [String?]
    var from: Int64
    var to: Int64?
    var isDeleted: Bool
  }

  /// The rows of the dimension over a history, each as a line of text, in order.
  package func dimension(_ history: [PlainVersion]) -> [String] {
    Dictionary(grouping: history, by: \.id).sorted { $0.key < $1.key }.flatMap { id, versions in
      rows(versions.sorted { $0.from < $1.from }).map { text(id, $0) }
    }
  }

  private func rows(_ versions: [PlainVersion]) -> [Row] {
    var rows: [Row] = []
    for version in versions {
      if let last = rows.last, let end = last.to, end < version.from {
        rows.append(
          Row(values: last.values, from: end, to: version.from, isDeleted: true))
      }
      if let last = rows.last, !last.isDeleted, last.values[2] == version.values[2] {
        rows[rows.count - 1].values = version.values
        rows[rows.count - 1].to = version.to
      } else {
        rows.append(
          Row(values: version.values, from: version.from, to: version.to, isDeleted: false))
      }
    }
    if let last = rows.last, let end = last.to {
      rows.append(Row(values: last.values, from: end, to: nil, isDeleted: true))
    }
    if !showsDeletes { rows.removeAll(where: \.isDeleted) }
    for place in rows.indices {
      for kept in [0, 1] {
        rows[place].values[kept] = versions.lazy.compactMap { $0.values[kept] }.first
      }
      rows[place].values[3] = versions.last?.values[3]
    }
    return rows
  }

  private func text(_ id: String, _ row: Row) -> String {
    let words = [id] + row.values[1...].map { $0 ?? "-" }
    let marks = (row.to == nil ? "current" : "") + (row.isDeleted ? " deleted" : "")
    return (words + ["\(row.from)", row.to.map { "\($0)" } ?? "", marks]).joined(separator: " ")
  }

  /// For each member the first one that it was, or the one before it: `key first before`.
  package func links(_ history: [PlainVersion]) -> [String] {
    let members = Dictionary(grouping: history, by: \.id).mapValues { versions in
      versions.sorted { $0.from < $1.from }.lazy.compactMap { $0.values[0] }.first
    }
    return members.keys.sorted().map { id in
      func before(_ id: String) -> String? {
        guard let found = members[id] ?? nil, found != id, members[found] != nil else { return nil }
        return found
      }
      var chain = [id]
      while let next = before(chain[chain.count - 1]) {
        if let start = chain.firstIndex(of: next) {
          chain = [chain[start...].min() ?? id]
          break
        }
        chain.append(next)
      }
      return "\(id) \(chain[chain.count - 1]) \(before(id) ?? "-")"
    }
  }
}
