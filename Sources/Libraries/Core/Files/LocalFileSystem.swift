import Glibc

/// The file system of this machine.
///
/// A draft stands beside its target as `.<name>.<process>-<number>.draft`: readers of a directory
/// pass over names that begin with a point.
package struct LocalFileSystem: FileSystem {
  package init() {}

  package func status(of path: String) throws(Fault) -> FileStatus? {
    var facts = stat()
    var failure = withSystemPath(path) { lstat($0, &facts) }
    let isLink = failure == 0 && facts.st_mode & S_IFMT == S_IFLNK
    if isLink { failure = withSystemPath(path) { stat($0, &facts) } }
    guard failure == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw fileFault(.reading, path)
    }
    return FileStatus(facts, isLink: isLink)
  }

  package func realPath(of path: String) throws(Fault) -> String {
    guard let found = withSystemPath(path, { realpath($0, nil) }) else {
      throw fileFault(.reading, path)
    }
    defer { free(found) }
    return pathText(UnsafeRawBufferPointer(start: found, count: strlen(found)))
  }

  package func list(_ directory: String) throws(Fault) -> [String] {
    guard let stream = withSystemPath(directory, { opendir($0) }) else {
      if errno == ENOENT { return [] }
      throw fileFault(.reading, directory)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw fileFault(.reading, directory) }
        break
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { pathText($0.prefix { $0 != 0 }) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted(by: precedesByBytes)
  }

  package func open(_ path: String) throws(Fault) -> any ReadableFile {
    try LocalFile(path)
  }

  package func draft(_ path: String, replacing: Bool) throws(Fault) -> any DraftFile {
    try createDirectory(parent(of: path))
    return try LocalDraft(path, replacing: replacing)
  }

  package func appendLines(_ bytes: [UInt8], to path: String) throws(Fault) {
    try createDirectory(parent(of: path))
    let file = try Descriptor(path, O_RDWR | O_CREAT | O_APPEND, .creating, isOwn: true)
    try file.lock(path, patience: .seconds(60))
    let status = try file.status(path)
    // What goes into a pipe that nobody reads is gone.
    guard status.kind != .pipe else {
      throw Fault(
        .cannotCreate, at: Place(path), "this is a pipe, not a file", remedy: "remove it")
    }
    let size = status.byteCount
    // A name must be safe before there are lines under it: who appends next sees no new file.
    if size == 0 { try syncDirectory(parent(of: path)) }
    // A line that a crash left torn is ended first, so that it swallows nothing.
    let needsEnd = size > 0 ? try file.read(path, at: size - 1, count: 1) != [newline] : false
    try file.write(path, needsEnd ? [newline] + bytes : bytes)
    try file.sync(path)
  }

  package func createDirectory(_ path: String) throws(Fault) {
    if path.isEmpty || path == "/" { return }
    if made(path) { return try syncDirectory(parent(of: path)) }
    switch errno {
    case EEXIST:
      if try status(of: path)?.isDirectory == true { return }
      throw fileFault(.creating, path, code: ENOTDIR)
    case ENOENT:
      try createDirectory(parent(of: path))
      if made(path) { return try syncDirectory(parent(of: path)) }
      // Another writer may have been faster.
      if errno != EEXIST { throw fileFault(.creating, path) }
    default:
      throw fileFault(.creating, path)
    }
  }

  package func remove(_ path: String) throws(Fault) {
    let isGone = withSystemPath(path) { unlink($0) } == 0
    if isGone || errno == ENOENT || errno == ENOTDIR { return }
    guard errno == EISDIR || errno == EPERM else { throw fileFault(.writing, path) }
    if withSystemPath(path, { rmdir($0) }) != 0 && errno != ENOENT {
      throw fileFault(.writing, path)
    }
  }

  package func removeUnlessHeld(_ path: String) throws(Fault) {
    // What is no file was never a draft of ours, and is left.
    guard let status = try? status(of: path), status.kind == .file, !status.isLink else { return }
    let file: Descriptor
    do throws(Fault) {
      file = try Descriptor(path, O_RDWR, .reading, isOwn: true)
    } catch  where error.kind == .missing {
      return
    }
    guard (try? file.lock(path, patience: .zero)) != nil else { return }
    try remove(path)
  }

  package func rename(_ source: String, to target: String) throws(Fault) {
    guard renamed(source, to: target) else {
      throw fileFault(errno == ENOENT ? .reading : .writing, source)
    }
    try syncDirectory(parent(of: target))
  }

  package func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock {
    try createDirectory(parent(of: path))
    let file = try Descriptor(path, O_RDWR | O_CREAT, .creating, isOwn: true)
    guard try file.status(path).kind == .file else {
      throw Fault(
        .cannotCreate, at: Place(path), "what stands here is no file, and cannot be a lock",
        remedy: "remove it")
    }
    return LocalLock(file, wasAbandoned: try file.lockByName(path, patience: patience))
  }

  private func made(_ directory: String) -> Bool {
    guard withSystemPath(directory, { mkdir($0, 0o755) }) == 0 else { return false }
    SharedFolder.share(folder: directory)
    return true
  }
}

/// The part of `path` before its last slash: `.` when it has none, `/` for what stands there.
package func parent(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The part of `path` after its last slash.
package func lastComponent(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
  return String(path[path.utf8.index(after: slash)...])
}

/// Makes the names in `directory` survive a crash.
func syncDirectory(_ directory: String) throws(Fault) {
  try Descriptor(directory, O_RDONLY | O_DIRECTORY, .reading).sync(directory)
}

extension FileStatus {
  /// What the system says of an entry; `isLink` says that its name is a link to it.
  init(_ facts: stat, isLink: Bool) {
    self.init(
      kind: FileKind(mode: facts.st_mode), byteCount: Int(facts.st_size),
      modified: Timestamp(facts.st_mtim), changed: Timestamp(facts.st_ctim),
      number: UInt64(facts.st_ino), device: UInt64(facts.st_dev), isLink: isLink)
  }
}

extension FileKind {
  /// What the mode of a directory entry says.
  init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFDIR: self = .directory
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    case S_IFCHR, S_IFBLK: self = .device
    default: self = .file
    }
  }
}

extension Timestamp {
  /// A time of the system, down to the microsecond. Anyone may give a file any time; one before
  /// the year 1 or past 9999 counts as that end, so that times can be taken from each other.
  fileprivate init(_ time: timespec) {
    let seconds = min(max(Int64(time.tv_sec), -62_135_596_800), 253_402_300_799)
    self.init(
      microseconds: seconds &* Timestamp.microsecondsPerSecond &+ Int64(time.tv_nsec) / 1_000)
  }
}

/// Whether the bytes of `left` stand before those of `right`: a log has thousands of names.
private func precedesByBytes(_ left: String, _ right: String) -> Bool {
  left.withTextBytes { left in
    right.withTextBytes { right in
      // Names have at least one letter, so that there is an address.
      guard let start = left.baseAddress, let other = right.baseAddress else { return false }
      let order = memcmp(start, other, min(left.count, right.count))
      return order == 0 ? left.count < right.count : order < 0
    }
  }
}

private let newline = UInt8(ascii: "\n")

private final class LocalFile: ReadableFile {
  let byteCount: Int
  let status: FileStatus?
  private let path: String
  private let file: Descriptor

  init(_ path: String) throws(Fault) {
    self.path = path
    // A pipe is refused at once, instead of waiting for someone to write to it.
    file = try Descriptor(path, O_RDONLY | O_NONBLOCK, .reading)
    let found = try file.status(path)
    switch found.kind {
    case .file: break
    case .directory: throw fileFault(.reading, path, code: EISDIR)
    case .pipe, .socket:
      throw Fault(
        .io, at: Place(path), "this is a \(found.kind.rawValue), not a file",
        remedy: "give '-' where it can be read from standard input, or copy it to a file")
    // A device may have no end.
    case .device:
      throw Fault(
        .io, at: Place(path), "this is a device, not a file", remedy: "put a file in its place")
    }
    status = found
    byteCount = found.byteCount
  }

  func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    try file.read(path, at: offset, count: count)
  }
}

private final class LocalLock: FileLock {
  let wasAbandoned: Bool
  private var file: Descriptor?

  init(_ file: Descriptor, wasAbandoned: Bool) {
    self.file = file
    self.wasAbandoned = wasAbandoned
  }

  func unlock() {
    file?.eraseHolder()
    file = nil
  }
}
