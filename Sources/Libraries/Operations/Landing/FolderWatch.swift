import CProcess
package import Core
import Glibc

/// Wakes when something happens in folders, or in folders below them. What happened is not
/// believed: a scan says what there is. So an event that was lost, a folder that was removed and
/// made anew, and a file that came by a link cost nothing but time.
package final class FolderWatch {
  private let folders: [String]
  private let watcher: Int32
  /// A descriptor that can be read once we are asked to end.
  private let alarm: Int32

  /// Why a wait was over.
  package enum Waking: Equatable, Sendable {
    case something
    case timeIsOver
    case asked
  }

  package init(_ folders: [String], alarm: Int32) throws(Fault) {
    self.folders = folders
    self.alarm = alarm
    watcher = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard watcher >= 0 else {
      throw Fault(
        .temporary, "folders cannot be watched: \(systemErrorText(errno))",
        remedy: "raise fs.inotify.max_user_instances, or call it with --once from cron")
    }
  }

  deinit { close(watcher) }

  /// Watches all folders that there are now; to watch one twice is to watch it once. Of one that is
  /// not there, the nearest above it is watched.
  package func renew() throws(Fault) {
    for folder in folders { try watch(folder, depth: 0) }
  }

  private func watch(_ folder: String, depth: Int) throws(Fault) {
    let mask =
      UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF)
      | UInt32(IN_MOVE_SELF) | UInt32(IN_ATTRIB) | Self.adding
    guard inotify_add_watch(watcher, folder, mask) >= 0 else {
      guard errno == ENOENT || errno == ENOTDIR else {
        throw Fault(
          .temporary, at: Place(folder), "cannot be watched: \(systemErrorText(errno))",
          remedy: "raise fs.inotify.max_user_watches, or call it with --once from cron")
      }
      let above = parent(of: folder)
      if depth == 0, above != folder {
        try watch(above.isEmpty ? "." : above, depth: 0, only: true)
      }
      return
    }
    guard depth < Self.deepest else { return }
    for name in try LandingScan.names(in: folder) {
      let path = "\(folder)/\(name)"
      let status = try? LocalFileSystem().status(of: path)
      if status?.isDirectory == true, status?.isLink == false { try watch(path, depth: depth + 1) }
    }
  }

  /// Watches a folder in which another may come to be, or the nearest above it.
  private func watch(_ folder: String, depth: Int, only: Bool) throws(Fault) {
    let mask = UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_ONLYDIR) | Self.adding
    if inotify_add_watch(watcher, folder, mask) >= 0 { return }
    let above = parent(of: folder)
    if above != folder { try watch(above.isEmpty ? "." : above, depth: 0, only: true) }
  }

  /// Waits until something happens, for at most so long.
  package func wait(_ length: Duration) -> Waking {
    var requests = [
      pollfd(fd: watcher, events: Int16(POLLIN), revents: 0),
      pollfd(fd: alarm, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = min(max(length / .milliseconds(1), 0).rounded(.up), 3_600_000)
    guard poll(&requests, 2, Int32(milliseconds)) > 0 else { return .timeIsOver }
    if requests[1].revents != 0 { return .asked }
    // What it was does not matter, nor that more of it was lost.
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    while read(watcher, &bytes, bytes.count) > 0 {}
    return .something
  }

  /// What one of them asks of a folder is kept when another asks less: a landing folder may lie in
  /// another that is one too.
  private static let adding = UInt32(IN_MASK_ADD)

  /// Folders that lie deeper are not looked into.
  static let deepest = 8
}
