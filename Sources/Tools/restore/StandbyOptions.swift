import ArgumentParser
import Core
import LakeJobs
import Recovery
import UnixTool

/// How a lake follows the epochs of a backup, and takes over.
struct StandbyOptions: ParsableArguments {
  @Flag(help: "keep DIR/current at the newest epoch")
  var follow = false

  @Option(help: ArgumentHelp("look again and again, after this time", valueName: "SPAN"))
  var every: TimeSpan?

  @Flag(name: .customLong("take-over"), help: "take the lease for the lake in DIR")
  var takeOver = false

  @Option(
    help: ArgumentHelp(
      "the file in a shared place that says whose turn it is",
      valueName: "FILE"))
  var lease: String?

  @Option(name: .customLong("as"), help: ArgumentHelp("who takes over", valueName: "NAME"))
  var holder: String?

  func takeOver(_ folder: String, _ console: Console) throws(Fault) {
    guard let lease, let holder else {
      throw Fault(
        .usage, "the lease, or who takes over, is not named",
        remedy: "give --lease FILE and --as NAME")
    }
    let files = LocalFileSystem()
    let standby = Standby(folder, files)
    let taken = try standby.takeOver(lease: lease, as: holder)
    try console.write(
      "\(try standby.lake() ?? folder): '\(taken.holder)' holds the lease, term \(taken.term)")
  }

  /// Follows the backup that `open` opens anew for each look, restoring as `run` does.
  func follow(
    _ folder: String, _ open: () throws -> BackupRepository,
    _ run: (BackupRepository) -> RestoreRun, _ console: Console
  ) throws {
    let standby = Standby(folder, LocalFileSystem())
    while true {
      let repository = try open()
      let epoch = try repository.epoch(.latest)
      let isNew = try standby.follow(epoch, run(repository), lease: lease)
      // Epochs are of the years that clocks know: their distance fits.
      let lag = console.presentClock.now.microseconds &- epoch.time.microseconds
      let seconds = max(0, lag) / Timestamp.microsecondsPerSecond
      let words = "\(folder)/current: epoch \(epoch.name), \(seconds) s behind"
      if isNew { try console.write(words) } else { console.note(words) }
      guard let every else { return }
      try console.output.flush()
      pause(every.duration)
    }
  }
}
