import CProcess
package import Core
import Glibc

/// Keeps a drill from changing anything but its scratch: the system does, not the drill.
///
/// The process that drills is given another user, if one is named and it may, and a fence of the
/// kernel (Landlock) around the scratch folder, which holds for all that it starts. Neither can be
/// put off again. Where there is neither, no drill is done.
package enum DrillFence {
  /// Puts the fence up around `folder`, in this thread and all that begin after it; what it is made
  /// of, in words. `.denied` where there is nothing to make it of.
  package static func putUp(around folder: String, as user: String?) throws(Fault) -> String {
    var words: [String] = []
    let inside = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer {
      close(inside)
      close(null)
    }
    guard inside >= 0, null >= 0 else {
      throw Fault(
        .cannotCreate, at: Place(folder),
        "no fence can be put around this: "
          + systemErrorText(errno), remedy: "check the folder's mode")
    }
    if let user {
      try become(user, owning: folder)
      words.append("as user \(user)")
    }
    if medallion_fence(inside, null) == 0 { words.append("fenced by the kernel") }
    guard !words.isEmpty else {
      throw Fault(
        .denied, "this kernel has no fence that would keep a drill from writing to production",
        remedy: "run it as root with --user NAME, a user who may read the backup and its key")
    }
    return words.joined(separator: ", ")
  }

  /// Makes this process one of `user`, who then owns the scratch.
  private static func become(_ user: String, owning folder: String) throws(Fault) {
    guard let entry = getpwnam(user) else {
      throw Fault(.usage, "there is no user '\(user)'", remedy: "name one of this machine")
    }
    let (uid, gid) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
    guard withSystemPath(folder, { chown($0, uid, gid) }) == 0, setgroups(0, nil) == 0,
      setgid(gid) == 0, setuid(uid) == 0
    else {
      throw Fault(
        .denied, "cannot become user '\(user)': \(systemErrorText(errno))",
        remedy: "start the drill as root, or without --user")
    }
  }
}
