import Core
import Glibc

/// A file that holds one secret, and is nobody else's.
struct SecretFile {
  /// Who put it there.
  enum Keeper {
    /// The user, who keeps it from all others.
    case own
    /// The service manager, which lets the service read it by a right that shows as the group's.
    case serviceManager
  }

  static let limit = 1 << 16

  private let path: String
  private let keeper: Keeper

  init(_ path: String, _ keeper: Keeper) {
    self.path = path
    self.keeper = keeper
  }

  /// What it holds; nil when there is no such file.
  func value() throws(Fault) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Fault(
        errno == EACCES ? .denied : .io, at: Place(path),
        "cannot read: \(systemErrorText(errno))", remedy: "see whose it is, and its mode")
    }
    defer { close(file) }
    // What was opened is asked, not what may stand there next.
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw Fault(.configuration, at: Place(path), "this is no file", remedy: "put a file there")
    }
    try check(facts)
    var bytes = [UInt8](repeating: 0, count: SecretFile.limit + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress! + count, $0.count - count)
      }
      if got == 0 { break }
      if got > 0 { count += got } else if errno != EINTR { break }
    }
    guard count <= SecretFile.limit else {
      throw Fault(
        .configuration, at: Place(path), "a secret of more than \(SecretFile.limit >> 10) KiB",
        remedy: "put the secret alone there")
    }
    bytes.removeLast(bytes.count - count)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard !bytes.isEmpty else {
      throw Fault(
        .configuration, at: Place(path), "this secret is empty",
        remedy: "put it back from a copy, or remove the file where nothing was made with it")
    }
    return bytes
  }

  private func check(_ facts: stat) throws(Fault) {
    let withheld: mode_t = keeper == .own ? 0o077 : 0o037
    guard facts.st_mode & withheld == 0 else {
      throw Fault(
        .denied, at: Place(path), "a secret that others may read", remedy: "run 'chmod 600' on it")
    }
    guard [0, geteuid(), getuid()].contains(facts.st_uid) else {
      throw Fault(
        .denied, at: Place(path), "a secret that another user owns, who may change it",
        remedy: "have it owned by who runs the tools, or by root")
    }
  }

  /// Puts `text` there, all of it or nothing, unless another run was first, whose secret counts.
  func make(_ text: String) throws(Fault) {
    let folder = parent(of: path)
    try LocalFileSystem().createDirectory(folder)
    chmod(folder, 0o700)
    let draft = "\(folder)/.\(lastComponent(of: path)).\(UInt64.random(in: 0...UInt64.max))"
    defer { unlink(draft) }
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw cannotCreate }
    defer { close(file) }
    if let failure = writeAll(Array(text.utf8), to: file) ?? (fsync(file) == 0 ? nil : errno) {
      throw Fault(
        .io, at: Place(path), "cannot write: \(systemErrorText(failure))",
        remedy: "make room on the disk")
    }
    guard link(draft, path) == 0 || errno == EEXIST else { throw cannotCreate }
  }

  private var cannotCreate: Fault {
    Fault(
      .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
      remedy: "check the folder's owner and mode")
  }
}
