package import Core
import JSON

// Bronze: the raw layer, as it came.
//
// Rooms, each on those before it: `Quarantine/` says what a set-aside row is and where a line came
// from; `Log/` is the commit log of a bronze table, with the ledger of inputs that were taken;
// `Tiers/` says where the files of days lie that are not as they were written;
// `Writing/` makes its files, of lines that were taken or rejected, and of replays; `Reading/`
// gives the files back as a table, whole, from a position on, or a slice at a time.
//
// Begin with `BronzeLog`: files first, then one commit that names them. What an event or a file of
// a partner must be is decided above, in Ingest; it knows no flows and no Delta tables of its own.

/// A bronze dataset's commit log. A file of the dataset counts only when a commit names it.
///
///     _commits/<20 digits>.json    a commit, numbered from 0 without a gap
///     _states/…                    what the last commits remember, when it is much
///     _ledger/<20 digits>.inputs   what the commits before that number took in
///     _ledger/passed.looks         files that hold nothing new, so that they are not read again
///
/// A ledger is written every so many commits and replaces the one before, so that no run reads
/// more commits than that to know what is new.
package struct BronzeLog: Sendable {
  /// A ledger is written when this many commits are not in the last one.
  static let ledgerInterval: Int64 = 64

  /// The dataset's folder: `lake/bronze/pos/events`.
  package let folder: String
  let fileSystem: any FileSystem

  package init(folder: String, fileSystem: any FileSystem) {
    self.folder = folder
    self.fileSystem = fileSystem
  }

  /// Whether the dataset has a log at all; a folder of foreign files has none.
  package func exists() throws(Fault) -> Bool { try fileSystem.exists(commitsFolder) }

  /// The newest commit, or nil when there is none.
  package func latest() throws(Fault) -> BronzeCommit? {
    let count = try commitCount()
    return count > 0 ? try readingState(of: commit(count - 1)) : nil
  }

  /// All commits, oldest first.
  package func commits() throws(Fault) -> [BronzeCommit] {
    var commits: [BronzeCommit] = []
    for version in try versions() { commits.append(try commit(version)) }
    return commits
  }

  /// The commits that name files at or past `position`, oldest first.
  package func commits(fromFile position: Int64) throws(Fault) -> [BronzeCommit] {
    if position == 0 { return try commits() }
    var found: [BronzeCommit] = []
    var version = try commitCount() - 1
    while version >= 0 {
      let commit = try commit(version)
      guard found.last.map({ $0.firstFile == commit.endFile }) ?? true else {
        throw Fault(
          .data, at: Place(path(of: version)), "the commit after this one does not follow it",
          remedy: "restore the dataset from one backup")
      }
      guard commit.endFile > position else { break }
      found.append(commit)
      version -= 1
    }
    return found.reversed()
  }

  /// What all commits took in.
  package func inputs() throws(Fault) -> InputLedger {
    var ledger = try newestLedger()
    ledger.append(try commits(after: ledger))
    return ledger
  }

  /// What all commits took in, for a run that takes in more.
  package func knownInputs() throws(Fault) -> KnownInputs {
    let looks =
      try fileSystem.exists(passedOverPath)
      ? PassedOverLooks(fileSystem.read(passedOverPath)) : PassedOverLooks()
    return KnownInputs(try inputs(), looks)
  }

  /// Remembers the files that a run found to hold nothing new; under the lock.
  package func keepPassedOver(_ known: KnownInputs) throws(Fault) {
    guard known.passedOver.isNew else { return }
    try fileSystem.replace(passedOverPath, known.passedOver.bytes)
  }

  /// Adds `commit` as the next version; false when another writer had that version first.
  package func append(_ commit: BronzeCommit) throws(Fault) -> Bool {
    let stored = try storingState(of: commit)
    let bytes = JSONWriter.bytes(stored.json) + [UInt8(ascii: "\n")]
    guard try fileSystem.create(path(of: commit.version), bytes) == .published else {
      return false
    }
    // The commit stands, whatever becomes of files that nobody reads.
    try? dropStates(before: stored)
    return true
  }

  /// Writes a new ledger if there is much that the last one does not tell of; under the lock.
  func keepLedger() throws(Fault) {
    let count = try commitCount()
    let names = try ledgerCounts()
    var told: Int64 = 0
    if let last = names.last, try isCurrent(ledgerPath(last)) { told = last }
    guard count - told >= Self.ledgerInterval else { return }
    let ledger = try inputs()
    guard ledger.commitCount == count else { return }
    try fileSystem.replace(ledgerPath(count), ledger.bytes)
    for old in names where old != count { try fileSystem.remove(ledgerPath(old)) }
  }

  /// Keeps other writers of this dataset away while the lock is held.
  package func lock() throws(Fault) -> any FileLock {
    try fileSystem.createDirectory(commitsFolder)
    return try fileSystem.lock("\(commitsFolder)/.lock", patience: .seconds(10))
  }

  var commitsFolder: String { "\(folder)/_commits" }

  var ledgerFolder: String { "\(folder)/_ledger" }

  private func path(of version: Int64) -> String {
    "\(commitsFolder)/\(padded(Int(version), 20)).json"
  }

  private var passedOverPath: String { "\(ledgerFolder)/passed.looks" }

  /// Whether a ledger was written by this version: one of an earlier is no use.
  private func isCurrent(_ ledger: String) throws(Fault) -> Bool {
    guard try fileSystem.exists(ledger) else { return false }
    let mark = InputLedger.mark
    return try fileSystem.open(ledger).read(at: 0, count: mark.count) == mark
  }

  private func ledgerPath(_ count: Int64) -> String {
    "\(ledgerFolder)/\(padded(Int(count), 20)).inputs"
  }

  /// How many commits there are.
  func commitCount() throws(Fault) -> Int64 {
    Int64(try versions().count)
  }

  /// The numbers of the commits; `.data` when one is missing before another.
  private func versions() throws(Fault) -> [Int64] {
    let found = try fileSystem.list(commitsFolder).compactMap { name in
      name.hasSuffix(".json") && !name.hasPrefix(".") ? Int64(name.dropLast(5)) : nil
    }.sorted()
    for (number, version) in found.enumerated() where version != Int64(number) {
      throw Fault(
        .data, at: Place(path(of: Int64(number))), "this commit is gone, but a later one is there",
        remedy: "restore the file from a backup")
    }
    return found
  }

  /// The commit counts of the ledgers whose commits are there, ascending.
  private func ledgerCounts() throws(Fault) -> [Int64] {
    var counts: [Int64] = []
    for name in try fileSystem.list(ledgerFolder) where name.hasSuffix(".inputs") {
      guard let count = Int64(name.dropLast(7)), count > 0 else { continue }
      if try fileSystem.exists(path(of: count - 1)) { counts.append(count) }
    }
    return counts
  }

  /// The newest ledger that can be read; an empty one when there is none.
  private func newestLedger() throws(Fault) -> InputLedger {
    for count in try ledgerCounts().reversed() {
      // A writer may just have replaced it.
      guard try fileSystem.exists(ledgerPath(count)) else { continue }
      let ledger = InputLedger(try fileSystem.read(ledgerPath(count)))
      if let ledger, ledger.commitCount == count { return ledger }
    }
    return InputLedger()
  }

  private func commits(after ledger: InputLedger) throws(Fault) -> [BronzeCommit] {
    if ledger.commitCount == 0 { return try commits() }
    var commits: [BronzeCommit] = []
    var version = ledger.commitCount
    let count = try commitCount()
    while version < count {
      commits.append(try commit(version))
      version += 1
    }
    return commits
  }

  /// A commit without its state where that has a file of its own.
  func commit(_ version: Int64) throws(Fault) -> BronzeCommit {
    let path = self.path(of: version)
    let json = try JSONValue(parsing: try fileSystem.read(path), at: Place(path))
    // A number of another place would be counted on from.
    guard let commit = BronzeCommit(json), commit.version == version else {
      throw Fault(
        .data, at: Place(path), "this is not a bronze commit",
        remedy: "restore the file from a backup")
    }
    return commit
  }
}
