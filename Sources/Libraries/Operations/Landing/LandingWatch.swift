import Core
package import Runs

/// Runs a command when files have landed, all that came together at once, and again when it failed
/// and may be tried again.
///
/// What the command left behind is written down as a digest of how the folders looked before it ran
/// and ended with 0: a second look at the same files, by another process or after a night, does
/// nothing.
package struct LandingWatch {
  private let folders: [String]
  /// The file that holds the digest of what was seen to.
  private let memory: String
  private let settle: Duration
  private let command: () throws -> Int

  /// `key` names this watch among those of the lake; `command` does the work and gives its status.
  package init(
    _ folders: [String], lake: String, key: String, settle: Duration,
    command: @escaping () throws -> Int
  ) {
    self.folders = folders
    memory = "\(RunLedger.folder(inLake: lake))/landing/\(SHA256.hex(of: key))"
    self.settle = settle
    self.command = command
  }

  /// Sees to what lies there now, when it has settled: the command's status, 0 when there was
  /// nothing new.
  package func once(_ watch: FolderWatch) throws -> Int {
    guard let scan = try settled(watch), try !isKnown(scan), !scan.files.isEmpty else { return 0 }
    return try see(to: scan)
  }

  /// Sees to what lies there, and to what comes, until we are asked to end. What fails is told by
  /// `fail`, and tried again by `policy`; when that is over, with the next file that comes.
  package func forever(
    _ watch: FolderWatch, _ policy: RetryPolicy, fail: (any Error) -> Void
  ) throws {
    var tries = 0
    while true {
      guard let scan = try settled(watch) else { return }
      var pause = Self.rest
      if try !isKnown(scan), !scan.files.isEmpty {
        var status = 70
        do { status = try see(to: scan) } catch { fail(error) }
        if status == 0 {
          tries = 0
          // Something may have come while it ran.
          if LandingScan(folders).digest != scan.digest { continue }
        } else {
          tries += 1
          pause = status == 75 ? policy.delay(before: tries + 1, of: scan.digest) : Self.rest
        }
      }
      if watch.wait(pause) == .asked { return }
    }
  }

  /// So often a look is taken though nothing was heard of: of other machines' writing in a shared
  /// folder nothing is.
  private static let rest = Duration.seconds(60)

  /// The folders as they look when nothing has changed for a while; nil when we are asked to end.
  private func settled(_ watch: FolderWatch) throws -> LandingScan? {
    // Watched first and looked at then, so that nothing comes between.
    try watch.renew()
    var scan = LandingScan(folders)
    while true {
      if scan.files.isEmpty { return scan }
      let waking = watch.wait(settle)
      if waking == .asked { return nil }
      try watch.renew()
      let next = LandingScan(folders)
      if waking == .timeIsOver, next == scan { return next }
      scan = next
    }
  }

  private func see(to scan: LandingScan) throws -> Int {
    let status = try command()
    if status == 0 {
      try LocalFileSystem().replace(memory, Array("\(scan.digest)\n".utf8))
    }
    return status
  }

  private func isKnown(_ scan: LandingScan) throws -> Bool {
    let files = LocalFileSystem()
    guard try files.exists(memory) else { return false }
    return try files.read(memory) == Array("\(scan.digest)\n".utf8)
  }
}
