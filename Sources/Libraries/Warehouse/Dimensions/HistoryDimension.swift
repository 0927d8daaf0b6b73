import Columnar
import Core
import Database

/// A dimension with history: folds each member's delivered versions and applies the smallest set of
/// changes to the stored ones. Members are walked in key order on both sides, one at a time.
struct HistoryDimension {
  private let loader: DimensionLoader
  private let load: LoadContext
  private let delivered: MemberRows
  private let stored: MemberRows
  private let writing: VersionWriting
  private let fold: HistoryFold
  private var keys: SurrogateKeys

  init(_ loader: DimensionLoader, _ staging: Staging) throws(Fault) {
    self.loader = loader
    load = loader.load
    let tracked = loader.dimension.tracked
    let untracked = loader.attributes.filter { !tracked.contains($0) }
    keys = try SurrogateKeys(loader.table.name, load)
    fold = HistoryFold(
      rules: untracked.map(loader.dimension.rule(of:)), deleteStyle: loader.dimension.deleteStyle)
    writing = try VersionWriting(loader, tracked, untracked)
    delivered = try MemberRows(loader, staging.name, tracked, untracked, isStored: false)
    stored = try MemberRows(loader, loader.table.name, tracked, untracked, isStored: true)
  }

  func apply(_ outcome: inout LoadOutcome) throws(Fault) -> ChangedMembers {
    var copy = self
    return try copy.walk(&outcome)
  }

  private mutating func walk(_ outcome: inout LoadOutcome) throws(Fault) -> ChangedMembers {
    var changed = ChangedMembers()
    var new = try delivered.nextMember()
    var old = try stored.nextMember()
    while new != nil || old != nil {
      if let member = new, old.map({ textIsBefore(member.key, $0.key) }) ?? true {
        try take(member, nil, &outcome, &changed)
        new = try delivered.nextMember()
      } else if let before = old, new.map({ textIsBefore(before.key, $0.key) }) ?? true {
        // Nobody said when a member ended that is no longer delivered: it keeps its history, until
        // a load is asked to end what is absent.
        try leave(before, &outcome, &changed)
        old = try stored.nextMember()
      } else if let member = new, let before = old {
        try take(member, before, &outcome, &changed)
        new = try delivered.nextMember()
        old = try stored.nextMember()
      }
    }
    return changed
  }

  private mutating func leave(
    _ member: Member, _ outcome: inout LoadOutcome, _ changed: inout ChangedMembers
  ) throws(Fault) {
    guard let last = member.storedVersions.last, last.version.isCurrent, !last.version.isDeleted
    else { return }
    guard load.endsAbsentMembers else {
      outcome.absent += 1
      return
    }
    var ended = member
    let later = Timestamp(microseconds: last.version.from).adding(microseconds: 1)
    let now = max(load.clock.now.microseconds, later?.microseconds ?? .max)
    ended.versions = member.storedVersions.map(\.version).filter { !$0.isDeleted }
    ended.versions[ended.versions.count - 1].to = now
    try settle(ended, try folded(ended).versions, member, &outcome, &changed)
  }

  private mutating func take(
    _ member: Member, _ before: Member?, _ outcome: inout LoadOutcome,
    _ changed: inout ChangedMembers
  ) throws(Fault) {
    let made = try folded(member)
    outcome.tally.add(made.tally)
    try settle(member, made.versions, before, &outcome, &changed)
  }

  private mutating func settle(
    _ member: Member, _ wanted: [MemberVersion], _ before: Member?, _ outcome: inout LoadOutcome,
    _ changed: inout ChangedMembers
  ) throws(Fault) {
    let old = before?.storedVersions ?? []
    let matches = matching(wanted, old)
    let changedCount = outcome.changedCount
    let new = try write(wanted, matches, old, member, &outcome)
    if outcome.changedCount != changedCount { changed.touch(member.keyValues) }
    if old.isEmpty, !new.isEmpty { changed.hasNewMembers = true }
    let after = lookupRanges(new)
    for (surrogate, range) in lookupRanges(old) where after[surrogate] != range {
      changed.moved[surrogate] = member.key
    }
  }

  /// Brings the stored versions to the wanted ones; these with their surrogate keys.
  private mutating func write(
    _ wanted: [MemberVersion], _ matches: [Int?], _ old: [StoredVersion], _ member: Member,
    _ outcome: inout LoadOutcome
  ) throws(Fault) -> [StoredVersion] {
    let kept = Set(matches.compactMap { $0 })
    for index in old.indices where !kept.contains(index) {
      try writing.delete(old[index].surrogate)
      outcome.deleted += 1
    }
    var new: [StoredVersion] = []
    var taken = Set(kept.map { old[$0].surrogate })
    // Rows that stay are moved before others are added: no two may start at the same moment.
    for (version, match) in zip(wanted, matches) {
      guard let match, old[match].version != version else { continue }
      try writing.update(old[match].surrogate, version)
      try noteMove(old[match], version, member.key)
      outcome.updated += 1
    }
    for (version, match) in zip(wanted, matches) {
      if let match {
        new.append(StoredVersion(surrogate: old[match].surrogate, version: version))
        continue
      }
      let surrogate = try insert(version, member, &taken)
      new.append(StoredVersion(surrogate: surrogate, version: version))
      outcome.inserted += 1
    }
    return new
  }

  private func folded(_ member: Member) throws(Fault) -> HistoryFold.Outcome {
    let problem: String
    do {
      return try fold.outcome(of: member.versions)
    } catch {
      switch error {
      case .overlap(let moment):
        problem = "has two versions at \(Timestamp(microseconds: moment))"
      case .backward(let moment):
        problem = "has a version that ends before it begins, at \(Timestamp(microseconds: moment))"
      }
    }
    throw Fault(
      .verdict, at: loader.table.place, "\(named(member)) \(problem)",
      remedy: "make the SELECT give one version a moment")
  }

  private func named(_ member: Member) -> String {
    "\(loader.table.name): \(loader.table.keyWords(member.keyValues))"
  }

  private mutating func insert(
    _ version: MemberVersion, _ member: Member, _ taken: inout Set<Int64>
  ) throws(Fault) -> Int64 {
    let start = startText(version.from)
    let surrogate: Int64
    if let known = try keys.known(member.key, from: start).first(where: { !taken.contains($0) }),
      try !writing.isStored(known)
    {
      surrogate = known
    } else {
      surrogate = try keys.makeSurrogate()
    }
    taken.insert(surrogate)
    let durable: Int64
    if let known = try keys.durable(member.key) {
      durable = known
    } else {
      durable = try keys.makeDurable()
    }
    try keys.note(surrogate, durable: durable, of: member.key, from: start)
    try writing.insert(surrogate, durable, member.keyValues, version)
    return surrogate
  }

  private func noteMove(
    _ old: StoredVersion, _ version: MemberVersion, _ key: String
  ) throws(Fault) {
    guard old.version.from != version.from, let durable = try keys.durable(key) else { return }
    try keys.note(old.surrogate, durable: durable, of: key, from: startText(version.from))
  }
}

/// The text under which a moment stands in the warehouse.
func startText(_ microseconds: Int64) -> String {
  microseconds == MemberVersion.open
    ? MemberVersion.openText : ValueText.text(instant: Timestamp(microseconds: microseconds))
}

/// Whether `left` comes before `right` as SQLite orders text.
private func textIsBefore(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
