package import Core

/// A backup place as people write it: a folder, or `rclone:REMOTE:PATH`.
package enum BackupAddress {
  /// The place that `text` names. What is read often from a remote is kept in `cache`.
  package static func place(
    _ text: String, _ files: any FileSystem, cache: String
  ) throws(Fault) -> any BackupPlace {
    if text.hasPrefix(RclonePlace.mark) {
      let remote = String(text.dropFirst(RclonePlace.mark.utf8.count))
      guard remote.contains(":") else {
        throw Fault(
          .usage, "'\(text)' names no remote of rclone",
          remedy: "write rclone:REMOTE:PATH, with a remote of 'rclone listremotes'")
      }
      return RclonePlace(remote, cache: FolderPlace(cache, files))
    }
    let path = try FileAddress.path(text)
    return FolderPlace(
      path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path, files)
  }

  /// The folder that `text` names; nil for a remote.
  package static func folder(_ text: String) -> String? {
    text.hasPrefix(RclonePlace.mark) ? nil : text
  }
}
