package import Core
import Synchronization

/// A file system that goes wrong at one chosen step: for tests that stop a run at every step.
///
/// Steps are counted from 1 over all operations that change something; a published draft takes
/// three (sync, name, sync of the directory). Count them with `stepCount` in a run without a fault.
package final class FaultyFileSystem: FileSystem {
  /// What happens at the chosen step.
  package enum Mode: Sendable {
    /// The step fails once, as on a full disk; later steps succeed.
    case fail
    /// The disk is full from this step on: nothing more can be written, but read and removed.
    case full
    /// The process is as good as dead: this step and all operations after it fail, and what was
    /// being written stays as a torn draft.
    case kill
    /// As `kill`, and a name that was given but not yet synced is lost too.
    case killLosingNames
  }

  private struct State: Sendable {
    var steps = 0
    var isDead = false
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

  package func open(_ path: String) throws(Fault) -> any ReadableFile {
    try alive(path)
    return try files.open(path)
  }

  package func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile {
    try step(path)
    return FaultyDraft(self, over: files, path, replacing: replacing)
  }

  package func appendLines(_ bytes: [UInt8], to path: String) throws(Fault) {
    do {
      try step(path)
    } catch {
      if mode != .fail {
        // A crash in the middle of the write, or a full disk, leaves the half of it.
        let before = try files.exists(path) ? try files.read(path) : []
        try files.replace(path, before + bytes.prefix(bytes.count / 2))
      }
      throw error
    }
    try files.appendLines(bytes, to: path)
  }

  package func createDirectory(_ path: String) throws(Fault) {
    try step(path)
    try files.createDirectory(path)
  }

  package func remove(_ path: String) throws(Fault) {
    if mode != .full { try step(path) }
    try files.remove(path)
  }

  package func rename(_ source: String, to target: String) throws(Fault) {
    try step(source)
    try files.rename(source, to: target)
  }

  package func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock {
    try step(path)
    return try files.lock(path, patience: patience)
  }

  /// Counts one step and fails if it is the chosen one.
  fileprivate func step(_ path: String) throws(Fault) {
    try alive(path)
    let isFaulty = state.withLock { state in
      state.steps += 1
      if mode == .full { return state.steps >= faultAt ?? .max }
      let isFaulty = state.steps == faultAt
      if isFaulty && mode != .fail { state.isDead = true }
      return isFaulty
    }
    if isFaulty { throw FaultyFileSystem.fault(path) }
  }

  fileprivate var isDead: Bool { state.withLock { $0.isDead } }

  private func alive(_ path: String) throws(Fault) {
    if isDead { throw FaultyFileSystem.fault(path) }
  }

  private static func fault(_ path: String) -> Fault {
    Fault(.io, at: Place(path), "the test's chosen fault", remedy: "look at the test")
  }
}

/// A draft that keeps its bytes until it is published, and dies as a real one would.
private final class FaultyDraft: DraftFile {
  private let owner: FaultyFileSystem
  private let files: any FileSystem
  private let path: String
  private let replacing: Bool
  private var bytes: [UInt8] = []

  init(_ owner: FaultyFileSystem, over files: any FileSystem, _ path: String, replacing: Bool) {
    self.owner = owner
    self.files = files
    self.path = path
    self.replacing = replacing
  }

  var byteCount: Int { bytes.count }

  func append(_ bytes: [UInt8]) throws(Fault) {
    self.bytes += bytes
    try step()
  }

  func publish() throws(Fault) -> FilePublication {
    try step()
    try step()
    let before = try files.exists(path) ? try files.read(path) : nil
    let file = try files.draft(path, replacing: replacing)
    try file.append(bytes)
    let publication = try file.publish()
    do {
      try owner.step(path)
    } catch {
      if owner.mode == .killLosingNames && publication == .published {
        if let before { try files.replace(path, before) } else { try files.remove(path) }
      }
      throw error
    }
    return publication
  }

  func discard() { bytes = [] }

  /// One step before the name is given: dying in it leaves a torn draft.
  private func step() throws(Fault) {
    do {
      try owner.step(path)
    } catch {
      if owner.isDead && !bytes.isEmpty {
        let orphan = "\(parent(of: path))/.\(lastComponent(of: path)).killed.draft"
        try files.replace(orphan, Array(bytes.prefix(bytes.count / 2)))
      }
      throw error
    }
  }
}
