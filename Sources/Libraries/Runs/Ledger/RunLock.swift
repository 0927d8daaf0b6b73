import CProcess
package import Core
import Glibc

/// The lock of a job, or of one interval of it: `<lake>/_runs/locks/<job>[.<start>_<end>]`.
///
/// It is the system's, and gone with the process that has it, however that ends. The file says who
/// that is: `process 3214, run 0195…, since 2026-03-01T06:00:00.000000Z`. Programs that the holder
/// starts do not inherit it.
package final class RunLock {
  /// Who has a lock.
  package struct Holder: Equatable, Sendable {
    package var process: Int32
    package var runID: String
    package var since: Timestamp
    /// The run of the lock's last holder, which did not give it back.
    package var text: String {
      "process \(process), run \(runID), since \(since.ledgerText)"
    }

    package init(process: Int32, runID: String, since: Timestamp) {
      self.process = process
      self.runID = runID
      self.since = since
    }

    init?(_ text: String) {
      let parts = text.split(separator: "\n").first?.split(separator: ", ") ?? []
      guard parts.count == 3, parts[0].hasPrefix("process "), parts[1].hasPrefix("run "),
        parts[2].hasPrefix("since "), let process = Int32(parts[0].dropFirst(8)),
        let since = Timestamp(zonedRFC3339Text: parts[2].dropFirst(6))
      else { return nil }
      self.init(process: process, runID: String(parts[1].dropFirst(4)), since: since)
    }
  }

  private let file: Int32
  /// Who had it and ended without giving it back: what he started may still be there.
  package let abandonedBy: Holder?

  private init(_ file: Int32, abandonedBy: Holder?) {
    self.file = file
    self.abandonedBy = abandonedBy
  }

  deinit { close(file) }

  /// Takes the lock of `job`; `.temporary`, with who has it, when another does and goes on to when
  /// `patience` is over.
  package static func take(
    _ job: String, _ interval: RunInterval?, inLake lake: String, patience: Duration = .zero
  ) throws(Fault) -> RunLock {
    let path = path(of: job, interval, inLake: lake)
    try LocalFileSystem().createDirectory(folder(inLake: lake))
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
    guard file >= 0 else {
      throw Fault(
        .cannotCreate, at: Place(path), "cannot create: \(systemErrorText(errno))",
        remedy: "check the folder's owner and mode")
    }
    shareFile(path)
    let start = ContinuousClock.now
    var isTold = false
    while medallion_lock(file) != 0 {
      let code = errno
      let waited = ContinuousClock.now - start
      guard code == EAGAIN || code == EACCES, waited < patience else {
        defer { close(file) }
        throw refusal(of: file, path, job, code)
      }
      if !isTold, waited >= LockWaits.patience {
        isTold = true
        LockWaits.tell(path, heldBy: holder(in: file)?.text)
      }
      usleep(20_000)
    }
    return RunLock(file, abandonedBy: holder(in: file))
  }

  private static func refusal(
    of file: Int32, _ path: String, _ job: String, _ code: Int32
  ) -> Fault {
    guard code == EAGAIN || code == EACCES else {
      return Fault(
        .io, at: Place(path), "cannot be locked: \(systemErrorText(code))",
        remedy: "see what file system the lake is on")
    }
    let holder = holder(in: file)?.text ?? "another run began just now"
    return Fault(
      .temporary, at: Place(path), "'\(job)' runs: \(holder)",
      remedy: "wait for it to end, and run again")
  }

  /// Writes down who has it.
  package func name(_ holder: Holder) {
    let text = Array("\(holder.text)\n".utf8)
    // For people, and to tell what runs from what is lost: the run itself needs it not.
    if pwrite(file, text, text.count, 0) == text.count { ftruncate(file, off_t(text.count)) }
  }

  /// Gives it back.
  package func giveBack() { ftruncate(file, 0) }

  /// Who has the lock of `job` now; nil when nobody does. Nothing is taken, so that asking keeps no
  /// run from starting.
  package static func holder(
    of job: String, _ interval: RunInterval?, inLake lake: String
  ) -> Holder? {
    let file = open(
      path(of: job, interval, inLake: lake), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return medallion_is_locked(file) == 1 ? holder(in: file) : nil
  }

  private static func folder(inLake lake: String) -> String {
    "\(RunLedger.folder(inLake: lake))/locks"
  }

  /// The file of a lock.
  package static func path(
    of job: String, _ interval: RunInterval?, inLake lake: String
  ) -> String {
    let suffix = interval.map { ".\($0.start.ledgerText)_\($0.end.ledgerText)" } ?? ""
    let name = job + suffix
    // What a file's name may have.
    return "\(folder(inLake: lake))/\(name.utf8.count <= 255 ? name : SHA256.hex(of: name))"
  }

  private static func holder(in file: Int32) -> Holder? {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = pread(file, &bytes, bytes.count, 0)
    return count > 0 ? Holder(String(decoding: bytes[..<count], as: UTF8.self)) : nil
  }
}
