import ArgumentParser
package import Core
import Glibc

/// Who may read what a tool writes from now on: its user alone, a group, or everybody.
package enum Readers: Equatable, Sendable, ExpressibleByArgument {
  case owner
  /// The group of that name; without one the group that files of this user belong to.
  case group(String?)
  case all

  package init?(argument: String) {
    switch argument {
    case "owner": self = .owner
    case "group": self = .group(nil)
    case "all": self = .all
    case let text where text.hasPrefix("group:") && text.utf8.count > 6:
      self = .group(String(text.dropFirst(6)))
    default: return nil
    }
  }
}

extension Readers {
  /// Has all that this process makes be read by no more people than may read `folder`, the lake's.
  /// Without one yet, by its user alone: what comes into a lake is nobody else's until it is said.
  package static func follow(_ folder: String) {
    var facts = stat()
    let mode = stat(folder, &facts) == 0 ? facts.st_mode : 0
    _ = umask(given | (~mode & 0o077))
  }

  /// The rights that the process was told to withhold, before it followed any folder.
  private static let given: mode_t = {
    let mask = umask(0o077)
    _ = umask(mask)
    return mask
  }()

  /// Makes it so for all that this process makes. A folder keeps its group for what is made in it:
  /// one that is there hands it on to what is new.
  package func apply(to folder: String) throws(Fault) {
    _ = umask(rightsWithheld)
    open(folder)
    guard case .group(let name?) = self else { return }
    guard let group = getgrnam(name)?.pointee.gr_gid else {
      throw Fault(
        .usage, "there is no group '\(name)'", remedy: "see which there are with 'getent group'")
    }
    _ = mkdir(folder, 0o755)
    var facts = stat()
    guard stat(folder, &facts) == 0, facts.st_gid != group || facts.st_mode & S_ISGID == 0 else {
      return
    }
    guard chown(folder, uid_t.max, group) == 0, chmod(folder, facts.st_mode | S_ISGID) == 0 else {
      throw Fault(
        .denied, at: Place(folder), "cannot be given to group '\(name)': \(systemErrorText(errno))",
        remedy: "be a member of it, and own the folder")
    }
  }

  /// Lets those who may read new files into `folder`, in which they lie; it is left as it is where
  /// it is another user's.
  private func open(_ folder: String) {
    var facts = stat()
    guard stat(folder, &facts) == 0 else { return }
    let mode = facts.st_mode | (0o755 & ~rightsWithheld)
    if mode != facts.st_mode { _ = chmod(folder, mode) }
  }

  /// The rights that new files and folders do not get.
  private var rightsWithheld: mode_t {
    switch self {
    case .owner: 0o077
    case .group: 0o027
    case .all: 0o022
    }
  }
}
