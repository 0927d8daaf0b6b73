import Glibc

/// An open file descriptor, closed when the last reference goes.
final class Descriptor: Sendable {
  private let number: Int32

  /// Opens `path`; a failure is told as one of `action`. A file that is made then has the rights of
  /// `mode` that the process does not withhold. A name that is the process's own, as that of a lock
  /// or a log, is not followed where somebody has put a link, nor waited for where it is a pipe.
  init(
    _ path: String, _ flags: Int32, _ action: FileAction, mode: mode_t = 0o644, isOwn: Bool = false
  ) throws(Fault) {
    let more = O_CLOEXEC | (isOwn ? O_NOFOLLOW | O_NONBLOCK : 0)
    number = withSystemPath(path) { Glibc.open($0, flags | more, mode) }
    guard number >= 0 else { throw fileFault(action, path) }
    if flags & O_CREAT != 0 { SharedFolder.share(number, at: path) }
  }

  /// Makes a file at `path`; nil when something stands there, be it a link that leads to nothing.
  init?(new path: String, _ flags: Int32, mode: mode_t = 0o644) throws(Fault) {
    let all = flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    number = withSystemPath(path) { Glibc.open($0, all, mode) }
    if number < 0 {
      guard errno == EEXIST else { throw fileFault(.creating, path) }
      return nil
    }
    SharedFolder.share(number, at: path)
  }

  deinit { if number >= 0 { _ = close(number) } }

  /// What was opened, as it is now.
  func status(_ path: String) throws(Fault) -> FileStatus {
    var facts = stat()
    guard fstat(number, &facts) == 0 else { throw fileFault(.reading, path) }
    return FileStatus(facts, isLink: false)
  }

  /// Up to `count` bytes from `offset`; fewer only at the end.
  func read(_ path: String, at offset: Int, count: Int) throws(Fault) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
      while filled < count {
        let got = pread(
          number, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if got == 0 { return }
        if got > 0 {
          filled += got
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else { throw fileFault(.reading, path, code: failure) }
    return bytes
  }

  /// Writes all of `bytes` where the file's position stands.
  func write(_ path: String, _ bytes: [UInt8]) throws(Fault) {
    if let failure = writeAll(bytes, to: number) { throw fileFault(.writing, path, code: failure) }
  }

  /// Returns when the bytes are on the disk.
  func sync(_ path: String) throws(Fault) {
    guard fsync(number) == 0 else { throw fileFault(.writing, path) }
  }

  /// Takes the exclusive lock of the file, asking again until `patience` is over.
  /// `holder` tells who has it.
  func lock(
    _ path: String, patience: Duration, holder: () -> String? = { nil }
  ) throws(Fault) {
    let start = ContinuousClock.now
    var pause: UInt32 = 1_000
    var isTold = false
    while flock(number, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw fileFault(.writing, path) }
      let waited = ContinuousClock.now - start
      guard waited < patience else {
        throw Fault(
          .temporary, at: Place(path), "\(holder() ?? "another run") holds the lock",
          remedy: "wait for it to end, and run again")
      }
      if !isTold, waited >= LockWaits.patience {
        isTold = true
        LockWaits.tell(path, heldBy: holder())
      }
      usleep(pause)
      pause = min(pause * 2, 50_000)
    }
  }

  /// Takes the lock as `lock` does, of a file that holds nothing but who has it; whether the last
  /// who had it ended without giving it back.
  func lockByName(_ path: String, patience: Duration) throws(Fault) -> Bool {
    try lock(path, patience: patience) { holder }
    let wasLeft = holder != nil
    let program = lastComponent(of: CommandLine.arguments.first ?? "")
    let text = Array("process \(getpid()) (\(program))\n".utf8)
    // For people only: that it cannot be written is no reason to stop.
    if pwrite(number, text, text.count, 0) == text.count { ftruncate(number, off_t(text.count)) }
    return wasLeft
  }

  /// Removes the holder's name, so that the next one knows that nothing was left half done.
  func eraseHolder() { _ = ftruncate(number, 0) }

  /// Who has the lock, as it wrote; nil when it did not.
  private var holder: String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = pread(number, &bytes, bytes.count, 0)
    guard count > 0, let end = bytes[..<count].firstIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
