import Glibc

/// A folder in which several users write, as ones that take in, work on and show data: its group
/// may write in it, and it hands its group on (mode 2770). What is made in it is the group's to
/// change too, whatever the process withholds elsewhere: else a lock or a log of one user would
/// keep the others out. A folder is shared because somebody made it so, and never by a tool.
enum SharedFolder {
  /// Lets the group change a file that this process has just made at `path`.
  static func share(_ file: Int32, at path: String) {
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_size == 0, facts.st_uid == geteuid(),
      facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o060 != 0o060, isShared(parent(of: path))
    else { return }
    _ = fchmod(file, facts.st_mode & 0o7777 | 0o060)
  }

  /// The same of a folder.
  static func share(folder path: String) {
    guard isShared(parent(of: path)) else { return }
    var facts = stat()
    guard withSystemPath(path, { stat($0, &facts) }) == 0 else { return }
    _ = withSystemPath(path) { chmod($0, facts.st_mode & 0o7777 | 0o070) }
  }

  private static func isShared(_ folder: String) -> Bool {
    var facts = stat()
    guard withSystemPath(folder, { stat($0, &facts) }) == 0 else { return false }
    return facts.st_mode & (S_ISGID | 0o020) == S_ISGID | 0o020
  }
}

/// Lets the group change the file at `path` that another library has made, if it lies in a folder
/// in which several users write.
package func shareFile(_ path: String) {
  let file = withSystemPath(path) { open($0, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
  guard file >= 0 else { return }
  SharedFolder.share(file, at: path)
  close(file)
}
