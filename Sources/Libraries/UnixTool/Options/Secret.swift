package import Core
import Glibc

/// Secrets by name, which never come by argument.
package enum Secret {
  /// The secret `name`: the variable `MEDALLION_SECRET_<NAME>`, else a file of that name in the
  /// service manager's credentials folder (`CREDENTIALS_DIRECTORY`) or in `folder`; nil when there
  /// is none. A file that others may read is refused with a `.denied` fault, one that has lost its
  /// bytes with `.configuration`. One newline at the end of a file does not count.
  package static func value(of name: String, in folder: String) throws(Fault) -> [UInt8]? {
    let variable =
      "MEDALLION_SECRET_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    if let value = getenv(variable).map({ String(cString: $0) }), !value.isEmpty {
      return [UInt8](value.utf8)
    }
    let folders = [environment("CREDENTIALS_DIRECTORY"), folder].compactMap { $0 }
    for path in folders.map({ "\($0)/\(name)" }) {
      if let value = try fileValue(path) { return value }
    }
    return nil
  }

  /// All secrets that this process can know, to be masked in what other programs say: those of the
  /// environment, and the files of the credentials folder and of `folder`. None is refused here:
  /// whoever uses one is told what is wrong with it.
  package static func known(in folder: String) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var entry = environ
    while let text = entry.pointee.map({ String(cString: $0) }) {
      if text.hasPrefix("MEDALLION_SECRET_"), let sign = text.firstIndex(of: "=") {
        found.append(Array(text[text.index(after: sign)...].utf8))
      }
      entry += 1
    }
    let files = LocalFileSystem()
    for folder in [environment("CREDENTIALS_DIRECTORY"), folder].compactMap({ $0 }) {
      for name in (try? files.list(folder)) ?? [] where !name.hasPrefix(".") {
        guard var bytes = try? files.read("\(folder)/\(name)", limit: 1 << 16) else { continue }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        found.append(bytes)
      }
    }
    return found.filter { !$0.isEmpty }
  }

  /// The secret `name`, as `value(of:in:)` finds it; where there is none, 32 random bytes in hex
  /// are
  /// put into `folder` for this run and all later ones, readable by the owner only. The file is
  /// there with all of its bytes, or not at all.
  package static func made(_ name: String, in folder: String) throws(Fault) -> [UInt8] {
    if let found = try value(of: name, in: folder) { return found }
    var random = SystemRandomNumberGenerator()
    let text = hexText((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    try LocalFileSystem().createDirectory(folder)
    chmod(folder, 0o700)
    let path = "\(folder)/\(name)"
    let draft = "\(folder)/.\(name).\(UInt64.random(in: 0...UInt64.max))"
    defer { unlink(draft) }
    try write(text, to: draft)
    // Another run may have been first; its secret counts.
    guard link(draft, path) == 0 || errno == EEXIST else {
      throw Fault(
        .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
        remedy: "check the folder's owner and mode")
    }
    return try value(of: name, in: folder) ?? []
  }

  private static func write(_ text: String, to path: String) throws(Fault) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Fault(
        .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
        remedy: "check the folder's owner and mode")
    }
    defer { close(file) }
    guard text.withCString({ Glibc.write(file, $0, text.utf8.count) }) == text.utf8.count,
      fsync(file) == 0
    else {
      throw Fault(
        .io, at: Place(path), "cannot write: \(systemErrorText(errno))",
        remedy: "make room on the disk")
    }
  }

  /// What `text` stands for: the secret it names as `secret:NAME`, else `text` itself.
  package static func resolve(_ text: String, in folder: String) throws(Fault) -> String {
    guard text.hasPrefix("secret:") else { return text }
    let name = String(text.dropFirst("secret:".count))
    guard let value = try value(of: name, in: folder) else {
      throw Fault(
        .configuration, "no secret '\(name)'",
        remedy: "put it into '\(folder)/\(name)' and run 'chmod 600' on that")
    }
    return String(decoding: value, as: UTF8.self)
  }

  private static func fileValue(_ path: String) throws(Fault) -> [UInt8]? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    guard facts.st_mode & 0o077 == 0 else {
      throw Fault(
        .denied, at: Place(path), "a secret that others may read", remedy: "run 'chmod 600' on it")
    }
    var bytes = try LocalFileSystem().read(path)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard !bytes.isEmpty else {
      throw Fault(
        .configuration, at: Place(path), "this secret is empty",
        remedy: "put it back from a copy, or remove the file where nothing was made with it")
    }
    return bytes
  }
}
