import Core

/// What is remembered of all entries, up to some look.
package struct CatalogMemory: Sendable {
  /// What is remembered of one.
  package struct Remembered: Sendable, Equatable {
    package var shape: EntryShape
    package var past: CatalogEntry.Past
    package var unread: String?
    package var schemas: [CatalogEntry.SchemaVersion] = []
  }

  /// By name.
  package private(set) var entries: [String: Remembered] = [:]
  /// The number of the last look; -1 before the first.
  package private(set) var version: Int64 = -1

  /// Nothing.
  package init() {}

  /// What `commits` tell.
  package init(_ commits: [CatalogCommit]) {
    for commit in commits { add(commit) }
  }

  mutating func add(_ commit: CatalogCommit) {
    version = commit.version
    for change in commit.changes { add(change, commit.time) }
  }

  private mutating func add(_ change: CatalogChange, _ time: Timestamp) {
    switch change {
    case .appeared(let shape): see(shape, time)
    case .changed(let shape): see(shape, entries[shape.name]?.past.firstSeen ?? time)
    case .found(let shape), .revived(let shape):
      see(shape, time)
      entries[shape.name]?.past.missingSince = nil
      entries[shape.name]?.past.dropped = nil
    case .renamed(let former, let shape):
      var known = entries.removeValue(forKey: former)
      known?.shape = shape
      known?.past.formerNames.append(former)
      known?.past.missingSince = nil
      entries[shape.name] = known
      see(shape, time)
    case .missing(let name):
      entries[name]?.past.missingSince = time
      stopUnread(name)
    case .dropped(let name, let by, let why):
      entries[name]?.past.dropped = CatalogEntry.Removal(time, by: by, why: why)
      stopUnread(name)
    case .unread(let name, let why):
      entries[name]?.unread = why
      entries[name]?.past.unreadSince = time
    case .readAgain(let name): stopUnread(name)
    case .schema(let name, let version): entries[name]?.schemas.append(version)
    }
  }

  /// Takes in what an entry looks like, first seen at `time` if it is new.
  private mutating func see(_ shape: EntryShape, _ time: Timestamp) {
    var known = entries[shape.name] ?? Remembered(shape: shape, past: .init())
    known.shape = shape
    known.past.firstSeen = known.past.firstSeen ?? time
    entries[shape.name] = known
  }

  private mutating func stopUnread(_ name: String) {
    entries[name]?.unread = nil
    entries[name]?.past.unreadSince = nil
  }
}
