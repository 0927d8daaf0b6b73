import Glibc

/// The file system of this machine.
///
/// A draft stands beside its target as `.<name>.<process>-<number>.draft`: readers of a directory
/// pass over names that begin with a point.
package struct LocalFileSystem: FileSystem {
  package init() {}

  package func status(of path: String) throws(Fault) -> FileStatus? {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw fileFault(.reading, path)
    }
    return FileStatus(
      isDirectory: facts.st_mode & S_IFMT == S_IFDIR, byteCount: Int(facts.st_size),
      modified: Timestamp(facts.st_mtim), changed: Timestamp(facts.st_ctim),
      number: UInt64(facts.st_ino))
  }

  package func list(_ directory: String) throws(Fault) -> [String] {
    guard let stream = opendir(directory) else {
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
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
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
    let file = try Descriptor(path, O_RDWR | O_CREAT | O_APPEND, .creating)
    try file.lock(path, patience: .seconds(60))
    let size = try file.byteCount(path)
    // A name must be safe before there are lines under it: who appends next sees no new file.
    if size == 0 { try syncDirectory(parent(of: path)) }
    // A line that a crash left torn is ended first, so that it swallows nothing.
    let needsEnd = size > 0 ? try file.read(path, at: size - 1, count: 1) != [newline] : false
    try file.write(path, needsEnd ? [newline] + bytes : bytes)
    try file.sync(path)
  }

  package func createDirectory(_ path: String) throws(Fault) {
    if path.isEmpty || path == "/" { return }
    if mkdir(path, 0o755) == 0 { return try syncDirectory(parent(of: path)) }
    switch errno {
    case EEXIST:
      if try status(of: path)?.isDirectory == true { return }
      throw fileFault(.creating, path, code: ENOTDIR)
    case ENOENT:
      try createDirectory(parent(of: path))
      if mkdir(path, 0o755) == 0 { return try syncDirectory(parent(of: path)) }
      // Another writer may have been faster.
      if errno != EEXIST { throw fileFault(.creating, path) }
    default:
      throw fileFault(.creating, path)
    }
  }

  package func remove(_ path: String) throws(Fault) {
    if unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR { return }
    guard errno == EISDIR || errno == EPERM else { throw fileFault(.writing, path) }
    if rmdir(path) != 0 && errno != ENOENT { throw fileFault(.writing, path) }
  }

  package func rename(_ source: String, to target: String) throws(Fault) {
    guard Glibc.rename(source, target) == 0 else {
      throw fileFault(errno == ENOENT ? .reading : .writing, source)
    }
    try syncDirectory(parent(of: target))
  }

  package func lock(_ path: String, patience: Duration) throws(Fault) -> any FileLock {
    try createDirectory(parent(of: path))
    let file = try Descriptor(path, O_RDWR | O_CREAT, .creating)
    try file.lockByName(path, patience: patience)
    return LocalLock(file)
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

extension Timestamp {
  /// A time of the system, down to the microsecond.
  fileprivate init(_ time: timespec) {
    self.init(
      microseconds: Int64(time.tv_sec) * Timestamp.microsecondsPerSecond
        + Int64(time.tv_nsec) / 1_000)
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
  private let path: String
  private let file: Descriptor

  init(_ path: String) throws(Fault) {
    self.path = path
    file = try Descriptor(path, O_RDONLY, .reading)
    byteCount = try file.byteCount(path)
  }

  func read(at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    try file.read(path, at: offset, count: count)
  }
}

private final class LocalLock: FileLock {
  private var file: Descriptor?

  init(_ file: Descriptor) { self.file = file }

  func unlock() { file = nil }
}
