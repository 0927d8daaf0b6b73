/// The one door to files: everything that reads or writes takes a `FileSystem`, so that a test can
/// stop it after any step (`TestSupport.FaultyFileSystem`).
///
/// Paths are plain strings, relative to the working directory or absolute. Failures are `Fault`s:
/// `.missing` when a path does not exist, `.cannotCreate` when it cannot be made, `.io` otherwise,
/// `.temporary` when a lock is held.
package protocol FileSystem: Sendable {
  /// What stands at `path`, or nil when nothing does.
  func status(of path: String) throws(Fault) -> FileStatus?

  /// The names in a directory, in byte order; empty when the directory does not exist.
  func list(_ directory: String) throws(Fault) -> [String]

  /// The absolute path of what `path` leads to, with no link in it.
  func realPath(of path: String) throws(Fault) -> String

  /// Opens a file for reading at any offset; nothing else is, and nobody is waited for.
  func open(_ path: String) throws(Fault) -> any ReadableFile

  /// Begins a file that appears at `path` whole and synced on `publish`, or not at all.
  /// Missing directories are made. `replacing: false` refuses a name that exists by then
  /// (`FilePublication.alreadyExists`), whoever made it.
  func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile

  /// Adds whole lines at the end of the file at `path` in one synced write under its lock, so that
  /// writers of several processes do not mix. The file and missing directories are made; a torn
  /// last line that a crash left is ended first.
  func appendLines(_ bytes: [UInt8], to path: String) throws(Fault)

  /// Makes a directory and those above it; no error when it exists.
  func createDirectory(_ path: String) throws(Fault)

  /// Removes a file or an empty directory; no error when nothing is there. Not synced: after a
  /// loss of power it may be there again, so that nothing may rest on its being gone.
  func remove(_ path: String) throws(Fault)

  /// Removes a file as `remove` does, unless a process holds its lock. Its bytes are left alone: a
  /// draft may be a second name of the file that it was published as.
  func removeUnlessHeld(_ path: String) throws(Fault)

  /// Renames, replacing what stands at `target`, and syncs the target's directory. The bytes must
  /// have been synced before, as those of a published draft. After a loss of power the old name may
  /// still be there too, when it was in another directory.
  func rename(_ source: String, to target: String) throws(Fault)

  /// Takes the exclusive lock at `path` (the file is made if missing), waiting at most
  /// `patience`; `.temporary` when another holds it. Freed by `FileLock.unlock` or process end.
  func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock
}

/// Kind, size and modification time of a directory entry; a link counts as what it leads to.
package struct FileStatus: Hashable, Sendable {
  package var kind: FileKind
  package var byteCount: Int
  package var modified: Timestamp
  /// When the system last noted a change of the entry's bytes or attributes: no program sets it.
  package var changed: Timestamp
  /// The inode: another file under the same name has another.
  package var number: UInt64
  /// The file system that the inode is of.
  package var device: UInt64
  /// Whether the name is a link, and all else tells of what it leads to.
  package var isLink: Bool

  package init(
    kind: FileKind, byteCount: Int, modified: Timestamp, changed: Timestamp, number: UInt64,
    device: UInt64 = 0, isLink: Bool = false
  ) {
    self.kind = kind
    self.byteCount = byteCount
    self.modified = modified
    self.changed = changed
    self.number = number
    self.device = device
    self.isLink = isLink
  }

  package var isDirectory: Bool { kind == .directory }

  /// Whether both are of one entry, whatever became of its bytes meanwhile.
  package func isOfSameEntry(as other: FileStatus) -> Bool {
    kind == other.kind && number == other.number && device == other.device
  }

  /// Whether the entry is the same and nobody has changed it, by whatever name it was reached.
  package func isUnchanged(from other: FileStatus) -> Bool {
    var (here, there) = (self, other)
    here.isLink = false
    there.isLink = false
    return here == there
  }
}

/// What a directory entry is.
package enum FileKind: String, Sendable {
  /// Bytes that can be read again, at any offset.
  case file
  case directory
  /// Also one with a name (FIFO).
  case pipe
  case socket
  case device
}

/// A file open for reading; closed when the last reference goes.
package protocol ReadableFile: AnyObject, Sendable {
  var byteCount: Int { get }
  /// What was opened, as it was then; nil of what is no file of a disk.
  var status: FileStatus? { get }
  /// Up to `count` bytes from `offset`; fewer only at the end of the file.
  func read(at offset: Int, count: Int) throws(Fault) -> [UInt8]
}

extension ReadableFile {
  package var status: FileStatus? { nil }
}

/// What became of a draft.
package enum FilePublication: Equatable, Sendable {
  case published
  /// Another file had the name first; the draft is gone, the other untouched.
  case alreadyExists
}

/// A file being written aside; dropped without a trace unless published.
///
/// Once a write or the publication has failed, a draft can only be discarded: how much of the bytes
/// it holds is not known.
package protocol DraftFile: AnyObject {
  func append(_ bytes: [UInt8]) throws(Fault)
  /// Bytes appended so far.
  var byteCount: Int { get }
  /// Syncs the bytes, gives the file its name, syncs the directory.
  func publish() throws(Fault) -> FilePublication
  /// Removes the draft; no error after `publish`.
  func discard()
}

/// An exclusive lock that is held.
package protocol FileLock: AnyObject {
  /// Whether the last who held it ended without `unlock`: it may have left files that do not count.
  var wasAbandoned: Bool { get }
  /// Frees the lock. One that is dropped without it is free too, but counts as abandoned.
  func unlock()
}

extension FileSystem {
  /// The whole of a file; `.data` when it has more bytes than `limit`, which is far beyond what any
  /// file has that is read at once: memory would not hold it.
  package func read(_ path: String, limit: Int = 1 << 30) throws(Fault) -> [UInt8] {
    let file = try open(path)
    guard file.byteCount <= limit else {
      throw Fault(
        .data, at: Place(path), "it has more than \(limit >> 20) MiB, and is read at once",
        remedy: "see what wrote it, and put the right file there")
    }
    return try file.read(at: 0, count: file.byteCount)
  }

  /// Whether anything stands at `path`.
  package func exists(_ path: String) throws(Fault) -> Bool { try status(of: path) != nil }

  /// Creates `path` with `bytes`, all or nothing; `.alreadyExists` when the name is taken.
  package func create(_ path: String, _ bytes: [UInt8]) throws(Fault) -> FilePublication {
    let file = try draft(path, replacing: false)
    try file.append(bytes)
    return try file.publish()
  }

  /// Puts `bytes` at `path`, all or nothing, whatever stood there.
  package func replace(_ path: String, _ bytes: [UInt8]) throws(Fault) {
    let file = try draft(path, replacing: true)
    try file.append(bytes)
    _ = try file.publish()
  }

  /// Removes the drafts in `directory` that were never published: those whose writer is no more,
  /// for a writer holds the lock of its draft.
  package func removeDrafts(in directory: String) throws(Fault) {
    for name in try list(directory) where name.hasPrefix(".") && name.hasSuffix(".draft") {
      try removeUnlessHeld("\(directory)/\(name)")
    }
  }
}
