package import Core
import Synchronization

/// A file system that goes wrong at one chosen step: for tests that stop a run at every step.
///
/// Steps are counted from 1 over all operations that change something, as the local file system
/// does them: a draft that is published takes three (sync, name, sync of the directory), lines that
/// are appended two (write, sync) and one more for a new file, a directory that is made two. Count
/// them with `stepCount` in a run without a fault.
package final class FaultyFileSystem: FileSystem {
  /// What happens at the chosen step.
  package enum Mode: CaseIterable, Sendable {
    /// The step fails once, as on a full disk; later steps succeed.
    case fail
    /// As `fail`, but a step that writes has written the half of its bytes when it fails.
    case shortWrite
    /// The disk is full from this step on: nothing more can be written, but read and removed.
    case full
    /// The process is as good as dead: this step and all operations after it fail, and what was
    /// being written stays as a torn draft.
    case kill
    /// As `kill`, and a name that was given but not yet synced is lost too.
    case killLosingNames
    /// The machine loses power: all that no sync has reached is as if it had not been. Names that
    /// were given are lost, names that were removed are back, drafts are there without a byte, and
    /// lines that were appended are gone.
    case loseUnsynced

    /// Whether nothing works any more after the chosen step.
    fileprivate var isDeadly: Bool { self == .kill || losesNames }

    /// Whether a name is lost until its directory was synced.
    fileprivate var losesNames: Bool { self == .killLosingNames || self == .loseUnsynced }
  }

  private struct State: Sendable {
    var steps = 0
    var isDead = false
    /// What was removed from each directory since it was last synced.
    var removed: [String: [(path: String, bytes: [UInt8])]] = [:]
  }

  private let files: any FileSystem
  private let faultAt: Int?
  fileprivate let mode: Mode
  private let state = Mutex(State())

  package init(
    over files: any FileSystem = LocalFileSystem(), faultAt step: Int? = nil, _ mode: Mode = .fail
  ) {
    self.files = files
    faultAt = step
    self.mode = mode
  }

  /// How many steps were begun.
  package var stepCount: Int { state.withLock { $0.steps } }

  package func status(of path: String) throws(Fault) -> FileStatus? {
    try alive(path)
    return try files.status(of: path)
  }

  package func list(_ directory: String) throws(Fault) -> [String] {
    try alive(directory)
    return try files.list(directory)
  }

  package func realPath(of path: String) throws(Fault) -> String {
    try alive(path)
    return try files.realPath(of: path)
  }

  package func open(_ path: String) throws(Fault) -> any ReadableFile {
    try alive(path)
    return try files.open(path)
  }

  package func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile {
    try createDirectory(parent(of: path))
    try step(path)
    return FaultyDraft(self, over: files, path, replacing: replacing)
  }

  package func appendLines(_ bytes: [UInt8], to path: String) throws(Fault) {
    try createDirectory(parent(of: path))
    let before = try files.exists(path) ? try files.read(path) : []
    if before.isEmpty {
      // The file is made, and its directory synced, before it holds anything.
      try step(path)
      try synced(parent(of: path))
    }
    do {
      try step(path)
    } catch {
      if mode != .fail && mode != .loseUnsynced {
        try files.replace(path, before + bytes.prefix(bytes.count / 2))
      }
      throw error
    }
    try files.appendLines(bytes, to: path)
    do {
      try step(path)
    } catch {
      if mode == .loseUnsynced { try files.replace(path, before) }
      throw error
    }
  }

  package func createDirectory(_ path: String) throws(Fault) {
    try alive(path)
    if path.isEmpty || path == "/" || path == "." { return }
    guard try !files.exists(path) else { return try files.createDirectory(path) }
    try createDirectory(parent(of: path))
    try step(path)
    try files.createDirectory(path)
    do {
      try step(path)
    } catch {
      if mode.losesNames { try files.remove(path) }
      throw error
    }
    try synced(parent(of: path))
  }

  package func remove(_ path: String) throws(Fault) {
    if mode != .full { try step(path) }
    if mode == .loseUnsynced, let status = try files.status(of: path), !status.isDirectory {
      let bytes = try files.read(path)
      state.withLock { $0.removed[parent(of: path), default: []].append((path, bytes)) }
    }
    try files.remove(path)
  }

  package func removeUnlessHeld(_ path: String) throws(Fault) {
    if mode != .full { try step(path) }
    try files.removeUnlessHeld(path)
  }

  package func rename(_ source: String, to target: String) throws(Fault) {
    try step(source)
    let moved = mode.losesNames ? try files.read(source) : []
    let isReplaced = mode.losesNames ? try files.exists(target) : false
    let before = isReplaced ? try files.read(target) : nil
    try files.rename(source, to: target)
    do {
      try step(target)
    } catch {
      if mode.losesNames {
        try files.replace(source, moved)
        if let before { try files.replace(target, before) } else { try files.remove(target) }
      }
      throw error
    }
    if parent(of: source) != parent(of: target) {
      // Only the directory of the new name is synced: after a loss of power both are there.
      state.withLock { $0.removed[parent(of: source), default: []].append((source, moved)) }
    }
    try synced(parent(of: target))
  }

  package func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock {
    try createDirectory(parent(of: path))
    try step(path)
    return FaultyLock(self, try files.lock(path, patience: patience))
  }

  /// Counts one step and fails if it is the chosen one.
  fileprivate func step(_ path: String) throws(Fault) {
    try alive(path)
    let (isFaulty, isEnd) = state.withLock { state in
      state.steps += 1
      if mode == .full { return (state.steps >= faultAt ?? .max, false) }
      let isFaulty = state.steps == faultAt
      if isFaulty && mode.isDeadly { state.isDead = true }
      return (isFaulty, isFaulty && mode == .loseUnsynced)
    }
    if isEnd { try restoreRemoved() }
    if isFaulty { throw FaultyFileSystem.fault(path) }
  }

  /// Notes that the names in `directory` are on the disk as they are.
  fileprivate func synced(_ directory: String) throws(Fault) {
    state.withLock { $0.removed[directory] = nil }
  }

  private func restoreRemoved() throws(Fault) {
    let removed = state.withLock { $0.removed.values.flatMap { $0 } }
    for (path, bytes) in removed where try !files.exists(path) {
      try files.replace(path, bytes)
    }
  }

  fileprivate var isDead: Bool { state.withLock { $0.isDead } }

  private func alive(_ path: String) throws(Fault) {
    if isDead { throw FaultyFileSystem.fault(path) }
  }

  private static func fault(_ path: String) -> Fault {
    Fault(.io, at: Place(path), "the test's chosen fault", remedy: "look at the test")
  }
}

/// A lock that a process which is as good as dead does not give back, but drops.
private final class FaultyLock: FileLock {
  private let owner: FaultyFileSystem
  private var lock: (any FileLock)?
  let wasAbandoned: Bool

  init(_ owner: FaultyFileSystem, _ lock: any FileLock) {
    self.owner = owner
    self.lock = lock
    wasAbandoned = lock.wasAbandoned
  }

  func unlock() {
    if !owner.isDead { lock?.unlock() }
    lock = nil
  }
}

/// A draft that keeps its bytes until it is published, and dies as a real one would.
private final class FaultyDraft: DraftFile {
  private let owner: FaultyFileSystem
  private let files: any FileSystem
  private let path: String
  private let replacing: Bool
  private var bytes: [UInt8] = []
  /// Whether a write failed in its middle: nobody may give such a draft a name.
  private var isTorn = false

  init(_ owner: FaultyFileSystem, over files: any FileSystem, _ path: String, replacing: Bool) {
    self.owner = owner
    self.files = files
    self.path = path
    self.replacing = replacing
  }

  var byteCount: Int { bytes.count }

  func append(_ bytes: [UInt8]) throws(Fault) {
    precondition(!isTorn, "a draft is written on after a write failed")
    self.bytes += bytes
    do {
      try step()
    } catch {
      isTorn = true
      if owner.mode == .shortWrite { self.bytes.removeLast((bytes.count + 1) / 2) }
      throw error
    }
  }

  func publish() throws(Fault) -> FilePublication {
    precondition(!isTorn, "a draft is published after a write failed")
    do {
      try step()
      try step()
    } catch {
      isTorn = true
      throw error
    }
    let before = try files.exists(path) ? try files.read(path) : nil
    let file = try files.draft(path, replacing: replacing)
    try file.append(bytes)
    let publication = try file.publish()
    do {
      try owner.step(path)
    } catch {
      if owner.mode.losesNames && publication == .published {
        if let before { try files.replace(path, before) } else { try files.remove(path) }
      }
      throw error
    }
    try owner.synced(parent(of: path))
    return publication
  }

  func discard() { bytes = [] }

  /// One step before the name is given: dying in it leaves a torn draft, or one without a byte
  /// when the power is lost.
  private func step() throws(Fault) {
    do {
      try owner.step(path)
    } catch {
      if owner.isDead && !bytes.isEmpty {
        let orphan = "\(parent(of: path))/.\(lastComponent(of: path)).killed.draft"
        let isLost = owner.mode == .loseUnsynced
        try files.replace(orphan, isLost ? [] : Array(bytes.prefix(bytes.count / 2)))
      }
      throw error
    }
  }
}
