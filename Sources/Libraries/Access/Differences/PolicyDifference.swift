package import Core
package import LakeJobs

/// Who sees more, and who sees less, when a policy takes the place of another.
///
/// Roles and users of both are compared on each table, column by column. A thing is told once for
/// each of them: what a role loses all its members without another role lose too.
package struct PolicyDifference: Sendable {
  /// Which way it goes.
  package enum Direction: String, Sendable {
    case gains
    case loses
    /// Neither more nor less, but another thing.
    case differs
  }

  /// One thing that somebody sees otherwise.
  package struct Item: Sendable, Hashable {
    package let subject: String
    package let direction: Direction
    package let table: LakeTableName
    /// The column; nil where it is about rows.
    package let column: String?
    /// What is seen of it before and after.
    package let before: String
    package let after: String
  }

  package let items: [Item]

  /// `old` is nil where there was no policy: nobody saw anything by one.
  package init(
    from old: AccessPolicy?, to new: AccessPolicy,
    tables: [(name: LakeTableName, columns: [LabelledColumn])], day: CivilDate
  ) {
    let policies = [old, new].compactMap { $0 }
    let subjects = Set(policies.flatMap { $0.roles.map(\.name) + $0.users }).sorted()
    var items: [Item] = []
    for subject in subjects {
      for (table, columns) in tables {
        let before = old?.ruling(for: subject, on: table, columns: columns, day: day)
        let after = new.ruling(for: subject, on: table, columns: columns, day: day)
        items += Self.items(subject, table, columns, before ?? .denied(rule: ""), after)
      }
    }
    self.items = items
  }

  private static func items(
    _ subject: String, _ table: LakeTableName, _ columns: [LabelledColumn], _ before: TableRuling,
    _ after: TableRuling
  ) -> [Item] {
    var items: [Item] = []
    let rows = (RowSight(before), RowSight(after))
    if rows.0 != rows.1 {
      items.append(
        Item(
          subject: subject, direction: rows.1.direction(from: rows.0), table: table, column: nil,
          before: rows.0.words, after: rows.1.words))
    }
    for column in columns {
      let looks = (before.look(of: column.name), after.look(of: column.name))
      guard !looks.0.isSame(as: looks.1) else { continue }
      let ranks = (looks.0.rank, looks.1.rank)
      items.append(
        Item(
          subject: subject,
          direction: ranks.0 < ranks.1 ? .gains : ranks.0 > ranks.1 ? .loses : .differs,
          table: table, column: column.name, before: looks.0.words, after: looks.1.words))
    }
    return items
  }
}

/// Which rows are seen.
private enum RowSight: Equatable {
  case none
  case some(Set<RowFilter>)
  case all

  init(_ ruling: TableRuling) {
    switch ruling {
    case .denied: self = .none
    case .granted(let rows, _): self = rows.isEmpty ? .all : .some(Set(rows))
    }
  }

  func direction(from before: RowSight) -> PolicyDifference.Direction {
    switch (before, self) {
    case (.none, _), (_, .all): .gains
    case (_, .none), (.all, _): .loses
    case (.some(let old), .some(let new)):
      old.isSubset(of: new) ? .gains : new.isSubset(of: old) ? .loses : .differs
    }
  }

  var words: String {
    switch self {
    case .none: "no rows"
    case .some(let rows): "rows where " + rows.map(\.text).sorted().joined(separator: " or ")
    case .all: "all rows"
    }
  }
}

extension ColumnRuling.Look {
  /// How much is seen: nothing, a mask, some rows, all.
  fileprivate var rank: Int {
    switch self {
    case .hidden: 0
    case .masked(.null): 1
    case .masked: 2
    case .mixed: 3
    case .shown: 4
    }
  }

  /// Whether the same is seen, in whichever order rows are told of.
  fileprivate func isSame(as other: ColumnRuling.Look) -> Bool {
    guard case .mixed(let shown, let masked, let form) = self,
      case .mixed(let otherShown, let otherMasked, let otherForm) = other
    else { return self == other }
    return Set(shown) == Set(otherShown) && masked.map { Set($0) } == otherMasked.map { Set($0) }
      && (form == otherForm || masked == [])
  }

  /// As people are told of it.
  package var words: String {
    switch self {
    case .hidden: return "hidden"
    case .shown: return "shown"
    case .masked(let form): return "masked: \(form)"
    case .mixed(let shown, let masked, let form):
      var parts: [String] = []
      if !shown.isEmpty { parts.append("shown where \(Self.words(shown))") }
      if let masked, !masked.isEmpty { parts.append("masked where \(Self.words(masked)): \(form)") }
      if masked == nil { parts.append("else masked: \(form)") }
      return parts.joined(separator: ", ")
    }
  }

  private static func words(_ rows: [RowFilter]) -> String {
    rows.map(\.text).joined(separator: " or ")
  }
}
