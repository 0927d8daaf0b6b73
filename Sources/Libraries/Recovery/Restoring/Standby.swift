package import Core
import Glibc
package import LakeJobs

/// A lake on another machine that follows the epochs of a backup, and can take over:
///
///     <folder>/epochs/<name>/lake, jobs    what was restored of an epoch
///     <folder>/current                     a link to the newest of them, switched in one step
///
/// It is restored as anybody would restore it, so that each step is one that a drill proves. Its
/// tools end with 77 until it has taken the lease over.
package struct Standby {
  private let folder: String
  private let files: any FileSystem

  package init(_ folder: String, _ files: any FileSystem) {
    self.folder = folder
    self.files = files
  }

  /// The lake that stands there; nil before the first epoch came.
  package func lake() throws(Fault) -> String? {
    for path in ["\(folder)/current/lake", "\(folder)/lake"] where try files.exists(path) {
      return path
    }
    return nil
  }

  /// Restores `epoch`, if it does not stand there yet; false when it does. `.denied` when the lake
  /// has taken over: what it took in since then is in no epoch.
  package func follow(
    _ epoch: Epoch, _ run: RestoreRun, lease place: String?
  ) throws -> Bool {
    if let place, let lake = try lake(), let own = try LakeLease.own(ofLake: lake, files),
      try LakeLease.shared(at: place, files) == own
    {
      throw Fault(
        .denied, at: Place(lake), "this lake holds the lease, and follows nobody",
        remedy: "have another take over first")
    }
    let target = "\(folder)/epochs/\(epoch.name)"
    guard try !files.exists(target) else { return false }
    try files.createDirectory("\(folder)/epochs")
    try run.restore(try run.plan(epoch, .whole, into: target))
    if let place {
      // Of a term that is over, so that nobody writes here before it is this lake's turn.
      try LakeLease(holder: "standby", term: 0).write(
        to: "\(target)/lake", sharedAt: place, files)
    }
    let link = "\(folder)/.current"
    try files.remove(link)
    guard withSystemPath(link, { symlink("epochs/\(epoch.name)", $0) }) == 0 else {
      throw Fault(
        .cannotCreate, at: Place(link), "cannot link: \(systemErrorText(errno))",
        remedy: "check the folder's mode")
    }
    try files.rename(link, to: "\(folder)/current")
    for name in try files.list("\(folder)/epochs").dropLast(2) where name != epoch.name {
      try FolderTree(files).remove("\(folder)/epochs/\(name)")
    }
    return true
  }

  /// Takes the lease over for the lake that stands there: every other lake that has had it is
  /// fenced.
  package func takeOver(lease place: String, as holder: String) throws(Fault) -> LakeLease {
    guard let lake = try lake() else {
      throw Fault(
        .missing, at: Place(folder), "there is no lake that could take over",
        remedy: "follow the backup first: restore --follow")
    }
    return try LakeLease.take(at: place, for: lake, as: holder, files)
  }
}
