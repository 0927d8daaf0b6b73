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
  private let fold: HistoryFold
  private var writing: VersionWriting
  private var keys: SurrogateKeys
  private var waiting: [Settlement] = []
  private var waitingCount = 0
  private var absent: AbsentMembers

  /// What becomes of a member of which something changes.
  private struct Settlement {
    var member: Member
    var wanted: [MemberVersion]
    var old: [StoredVersion]
    /// The place in `old` of each wanted version that has one.
    var matches: [Int?]
  }

  /// So many versions of such members are kept in memory before their keys are asked for.
  private static let waitingLimit = 50_000

  init(
    _ loader: DimensionLoader, _ staging: Staging, _ absence: MemberAbsence
  ) throws(Fault) {
    self.loader = loader
    absent = AbsentMembers(absence)
    load = loader.load
    let tracked = loader.dimension.tracked
    let untracked = loader.attributes.filter { !tracked.contains($0) }
    // Both make tables, which they cannot while a query is half read.
    keys = try SurrogateKeys(loader.table.name, load)
    writing = try VersionWriting(loader, tracked, untracked)
    fold = HistoryFold(
      rules: untracked.map(loader.dimension.rule(of:)), deleteStyle: loader.dimension.deleteStyle)
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
        try take(member, nil, &outcome)
        new = try delivered.nextMember()
      } else if let before = old, new.map({ textIsBefore(before.key, $0.key) }) ?? true {
        for member in absent.take(before) { try leave(member, &outcome) }
        old = try stored.nextMember()
      } else if let member = new, let before = old {
        absent.storedCount += 1
        try take(member, before, &outcome)
        new = try delivered.nextMember()
        old = try stored.nextMember()
      }
      if waitingCount >= Self.waitingLimit { try settleWaiting(&outcome, &changed) }
    }
    let (vanished, untold) = absent.settled()
    for member in untold { try leave(member, &outcome) }
    for member in vanished { settle(member, [], member) }
    outcome.vanished = vanished.count
    try settleWaiting(&outcome, &changed)
    try writing.write()
    try keys.write()
    return changed
  }

  /// Nobody said when a member ended that is no longer delivered: it keeps its history, until a
  /// load is asked to end what is absent.
  private mutating func leave(_ member: Member, _ outcome: inout LoadOutcome) throws(Fault) {
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
    settle(ended, try folded(ended).versions, member)
  }

  private mutating func take(
    _ member: Member, _ before: Member?, _ outcome: inout LoadOutcome
  ) throws(Fault) {
    let made = try folded(member)
    outcome.tally.add(made.tally)
    settle(member, made.versions, before)
  }

  /// Has a member settled with others, if anything of it changes.
  private mutating func settle(_ member: Member, _ wanted: [MemberVersion], _ before: Member?) {
    let old = before?.storedVersions ?? []
    if wanted == old.map(\.version) { return }
    let matches = matching(wanted, old)
    waiting.append(Settlement(member: member, wanted: wanted, old: old, matches: matches))
    waitingCount += wanted.count + old.count
  }

  private mutating func settleWaiting(
    _ outcome: inout LoadOutcome, _ changed: inout ChangedMembers
  ) throws(Fault) {
    try keys.learn(waiting.lazy.map(\.member.key))
    for settlement in waiting {
      let changedCount = outcome.changedCount
      let new = try write(settlement, &outcome)
      if outcome.changedCount != changedCount { changed.touch(settlement.member.keyValues) }
      if settlement.old.isEmpty, !new.isEmpty { changed.hasNewMembers = true }
      let after = lookupRanges(new)
      for (surrogate, range) in lookupRanges(settlement.old) where after[surrogate] != range {
        changed.moved[surrogate] = settlement.member.key
      }
    }
    waiting.removeAll(keepingCapacity: true)
    waitingCount = 0
  }

  /// Brings the stored versions to the wanted ones; these with their surrogate keys.
  private mutating func write(
    _ settlement: Settlement, _ outcome: inout LoadOutcome
  ) throws(Fault) -> [StoredVersion] {
    let member = settlement.member
    let old = settlement.old
    let kept = Set(settlement.matches.compactMap { $0 })
    for index in old.indices where !kept.contains(index) {
      try writing.delete(old[index].surrogate)
      keys.leave(old[index].surrogate)
      outcome.deleted += 1
    }
    var new: [StoredVersion] = []
    var taken = Set(kept.map { old[$0].surrogate })
    for (version, match) in zip(settlement.wanted, settlement.matches) {
      guard let match else {
        let surrogate = try insert(version, member, &taken)
        new.append(StoredVersion(surrogate: surrogate, version: version))
        outcome.inserted += 1
        continue
      }
      new.append(StoredVersion(surrogate: old[match].surrogate, version: version))
      guard old[match].version != version else { continue }
      try writing.update(old[match].surrogate, version)
      try noteMove(old[match], version, member.key)
      outcome.updated += 1
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
    let surrogate = try keys.surrogate(of: member.key, from: start, besides: taken)
    taken.insert(surrogate)
    let durable = if let known = keys.durable(member.key) { known } else { try keys.makeDurable() }
    try keys.note(surrogate, durable: durable, of: member.key, from: start)
    try writing.insert(surrogate, durable, member.keyValues, version)
    return surrogate
  }

  private mutating func noteMove(
    _ old: StoredVersion, _ version: MemberVersion, _ key: String
  ) throws(Fault) {
    guard old.version.from != version.from, let durable = keys.durable(key) else { return }
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
