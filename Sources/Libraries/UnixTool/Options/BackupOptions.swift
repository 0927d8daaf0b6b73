package import ArgumentParser
package import Core
import Glibc

/// Where a backup lies, and the key that opens it.
package struct BackupOptions: ParsableArguments {
  @Option(
    name: [.customLong("backup"), .customLong("to"), .customLong("from")],
    help: ArgumentHelp(
      "the backup: a folder, or rclone:REMOTE:PATH; or MEDALLION_BACKUP (default: backup)",
      valueName: "PLACE"))
  package var given: String?

  @Option(
    help: ArgumentHelp(
      "file of a recipient's key, or secret:NAME; or MEDALLION_BACKUP_KEY "
        + "(default: secret:backup-key)", valueName: "KEY"))
  package var key: String?

  package init() {}

  /// Where the backup lies.
  package var place: String { given ?? environment("MEDALLION_BACKUP") ?? "backup" }

  /// How the key was named.
  package var keyName: String {
    key ?? environment("MEDALLION_BACKUP_KEY") ?? "secret:backup-key"
  }

  /// The text of the key, which secrets of the lake at `lake` may hold.
  package func keyText(inLake lake: String) throws(Fault) -> [UInt8] {
    if keyName.hasPrefix("secret:") {
      return try Array(Secret.resolve(keyName, in: "\(lake)/_secrets").utf8)
    }
    return try BackupOptions.keyText(atPath: keyName)
  }

  /// The text of the key in the file at `path`; `.denied` when others may read it.
  package static func keyText(atPath path: String) throws(Fault) -> [UInt8] {
    let bytes = try LocalFileSystem().read(path, limit: 1 << 16)
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & 0o077 == 0 else {
      throw Fault(
        .denied, at: Place(path), "a key that others may read", remedy: "run 'chmod 600' on it")
    }
    return bytes
  }

  /// Writes the text of a new key to `path`, readable by its owner only; `.cannotCreate` when a
  /// file is there.
  package static func writeKey(_ text: String, to path: String) throws(Fault) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Fault(
        .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
        remedy: "name a file that is not there yet")
    }
    defer { close(file) }
    if let failure = writeAll(Array(text.utf8), to: file) ?? (fsync(file) == 0 ? nil : errno) {
      throw Fault(
        .io, at: Place(path), "cannot write: \(systemErrorText(failure))",
        remedy: "make room on the disk")
    }
  }
}
