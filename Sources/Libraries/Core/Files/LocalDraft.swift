import Glibc
import Synchronization

/// A file written aside under a name of its own and linked into place when whole.
final class LocalDraft: DraftFile {
  private(set) var byteCount = 0
  private let target: String
  private let path: String
  private let replacing: Bool
  private var file: Descriptor?
  private var pending: [UInt8] = []

  init(_ target: String, replacing: Bool) throws(Fault) {
    self.target = target
    self.replacing = replacing
    let (path, file) = try LocalDraft.made(for: target)
    self.path = path
    // Who holds it is alive (`removeDrafts`); a file system without locks is none to stop for.
    try? file.lock(path, patience: .zero)
    self.file = file
    OpenDrafts.paths.withLock { _ = $0.insert(path) }
  }

  deinit { discard() }

  /// A new file beside `target`. A name that stands there already is somebody else's, or a trap: it
  /// is left alone, and one of another number is free.
  private static func made(for target: String) throws(Fault) -> (path: String, file: Descriptor) {
    let folder = parent(of: target)
    let start = folder == "/" ? "/" : target.contains("/") ? "\(folder)/" : ""
    var number = UInt64(OpenDrafts.number.add(1, ordering: .relaxed).newValue)
    while true {
      let path = "\(start).\(lastComponent(of: target)).\(getpid())-\(number).draft"
      if let file = try Descriptor(new: path, O_WRONLY) { return (path, file) }
      number = UInt64.random(in: 0...UInt64.max)
    }
  }

  func append(_ bytes: [UInt8]) throws(Fault) {
    guard file != nil else {
      throw Fault(
        .io, at: Place(target), "its draft was given up before",
        remedy: "see the message before this one, and run again")
    }
    byteCount += bytes.count
    if pending.count + bytes.count < LocalDraft.bufferByteCount {
      pending += bytes
      return
    }
    try flush()
    if bytes.count < LocalDraft.bufferByteCount { pending = bytes } else { try write(bytes) }
  }

  func publish() throws(Fault) -> FilePublication {
    precondition(file != nil, "a draft is published once, and not after a write failed")
    defer { discard() }
    try flush()
    try file?.sync(target)
    if replacing {
      guard renamed(path, to: target) else { throw fileFault(.creating, target) }
    } else {
      guard linked(path, to: target) else {
        if errno == EEXIST { return .alreadyExists }
        throw fileFault(.creating, target)
      }
    }
    try syncDirectory(parent(of: target))
    return .published
  }

  func discard() {
    guard file != nil else { return }
    file = nil
    pending = []
    _ = withSystemPath(path) { unlink($0) }
    OpenDrafts.paths.withLock { _ = $0.remove(path) }
  }

  private static let bufferByteCount = 1 << 18

  private func flush() throws(Fault) {
    if pending.isEmpty { return }
    try write(pending)
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes, or drops the draft: nobody knows how much of the bytes a write that failed has left.
  private func write(_ bytes: [UInt8]) throws(Fault) {
    do throws(Fault) {
      try file?.write(target, bytes)
    } catch {
      discard()
      throw error
    }
  }
}

/// Whether `source` could be renamed; else `errno` says why not.
func renamed(_ source: String, to target: String) -> Bool {
  withSystemPath(source) { source in withSystemPath(target) { rename(source, $0) } } == 0
}

/// Whether `source` could be given a second name; else `errno` says why not.
private func linked(_ source: String, to target: String) -> Bool {
  withSystemPath(source) { source in withSystemPath(target) { link(source, $0) } } == 0
}

/// The drafts this process has not published yet.
package enum OpenDrafts {
  fileprivate static let number = Atomic<Int>(0)
  fileprivate static let paths = Mutex<Set<String>>([])

  /// Removes them all: for a process that is about to end by a signal.
  package static func discardAll() {
    paths.withLock { open in
      for path in open { _ = withSystemPath(path) { unlink($0) } }
      open = []
    }
  }
}
