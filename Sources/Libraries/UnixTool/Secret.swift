package import Core
import Glibc

/// Secrets by name, which never come by argument.
package enum Secret {
  /// The secret `name`: the variable `MEDALLION_SECRET_<NAME>`, else a file of that name in the
  /// service manager's credentials folder (`CREDENTIALS_DIRECTORY`) or in `folder`; nil when there
  /// is none. A file that others may read is refused with a `.denied` fault. One newline at the
  /// end of a file does not count.
  package static func value(of name: String, in folder: String) throws(Fault) -> [UInt8]? {
    let variable =
      "MEDALLION_SECRET_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    if let value = environment(variable) { return [UInt8](value.utf8) }
    let folders = [environment("CREDENTIALS_DIRECTORY"), folder].compactMap { $0 }
    for path in folders.map({ "\($0)/\(name)" }) {
      if let value = try fileValue(path) { return value }
    }
    return nil
  }

  /// The secret `name`, as `value(of:in:)` finds it; where there is none, 32 random bytes in hex
  /// are
  /// put into `folder` for this run and all later ones, readable by the owner only.
  package static func made(_ name: String, in folder: String) throws(Fault) -> [UInt8] {
    if let found = try value(of: name, in: folder) { return found }
    var random = SystemRandomNumberGenerator()
    let text = hexText((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    try LocalFileSystem().createDirectory(folder)
    chmod(folder, 0o700)
    let path = "\(folder)/\(name)"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    // Another run may have been first; its secret counts.
    guard file >= 0 || errno == EEXIST else {
      throw Fault(
        .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
        remedy: "check the folder's owner and mode")
    }
    if file >= 0 {
      defer { close(file) }
      guard text.withCString({ write(file, $0, text.utf8.count) }) == text.utf8.count,
        fsync(file) == 0
      else {
        unlink(path)
        throw Fault(
          .io, at: Place(path), "cannot write: \(systemErrorText(errno))",
          remedy: "make room on the disk")
      }
    }
    return try value(of: name, in: folder) ?? []
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
    let bytes = try LocalFileSystem().read(path)
    return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
  }
}
