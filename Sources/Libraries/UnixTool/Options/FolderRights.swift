package import Core
import Glibc

/// Who may enter a folder: its group and its mode.
package struct FolderRights: Equatable, Sendable {
  /// The group's name; nil where it is as it is, or has none.
  package let group: String?
  /// The rights of owner, group and others, and whether what is made in it gets its group.
  package let mode: UInt32

  package init(group: String?, mode: UInt32) {
    self.group = group
    self.mode = mode
  }

  /// Those of the folder at `path`; nil when it is none, or a link.
  package static func of(_ path: String) -> FolderRights? {
    var facts = stat()
    guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return nil }
    let group = getgrgid(facts.st_gid)?.pointee.gr_name.map { String(cString: $0) }
    return FolderRights(group: group, mode: facts.st_mode & 0o7777)
  }

  /// Gives the folder at `path` these rights; `.denied` when that is not ours to do, `.usage` when
  /// there is no such group.
  package func apply(to path: String) throws(Fault) {
    // Opened as a folder and not through a link, so that nothing else is given away.
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw fault(path) }
    defer { close(folder) }
    if let group {
      guard let number = getgrnam(group)?.pointee.gr_gid else {
        throw Fault(
          .usage, "there is no group '\(group)'",
          remedy: "see which there are with 'getent group'")
      }
      guard fchown(folder, uid_t.max, number) == 0 else { throw fault(path) }
    }
    guard fchmod(folder, mode) == 0 else { throw fault(path) }
  }

  private func fault(_ path: String) -> Fault {
    Fault(
      .denied, at: Place(path), "its rights cannot be set: \(systemErrorText(errno))",
      remedy: "own the folder, and be a member of its group")
  }
}
