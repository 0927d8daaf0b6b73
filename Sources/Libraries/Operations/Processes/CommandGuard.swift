import CProcess
import Core
import Glibc

/// The process between run-job and its command. It is the command's parent and the reaper of all
/// that comes of it, and ends it all when the command has ended, when it is asked to, and when
/// run-job is no more, however that ended. Should the guard itself be killed, run-job is the next
/// reaper above it.
///
///     run-job ── guard ── command ── …
///
/// It is called as `run-job <mark> DESCRIPTOR PARENT GRACE -- COMMAND…`, and writes to DESCRIPTOR
/// how the command ended. Nobody else calls it: a command is started by `GuardedCommand`.
package enum CommandGuard {
  /// The variable that tells a program which run it is part of: `job/identity`.
  package static let parentVariable = "MEDALLION_PARENT_RUN"

  static let mark = "\u{1}guard"

  /// Does the guard's work and ends the process, if this process was called to be one.
  package static func workIfCalled() {
    let arguments = CommandLine.arguments
    guard arguments.count > 6, arguments[1] == mark, let report = Int32(arguments[2]),
      let parent = pid_t(arguments[3]), let grace = Int64(arguments[4])
    else { return }
    let command = RawText.lastArguments(arguments.count - 6)
    // The command must not keep it open.
    _ = fcntl(report, F_SETFD, FD_CLOEXEC)
    work(command, parent: parent, grace: .milliseconds(grace)).write(to: report)
    exit(0)
  }

  private static func work(_ command: [RawText], parent: pid_t, grace: Duration) -> GuardReport {
    var awaited = sigset_t()
    sigemptyset(&awaited)
    for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD] { sigaddset(&awaited, number) }
    sigprocmask(SIG_BLOCK, &awaited, nil)
    var report = GuardReport()
    guard medallion_become_reaper() == 0, medallion_signal_at_parent_death(SIGTERM) == 0,
      getppid() == parent
    else {
      report.startFailure = getppid() == parent ? errno : ESRCH
      return report
    }
    let child: pid_t
    do {
      child = try SpawnedProcess(command).process
    } catch {
      report.startFailure = error.code
      return report
    }
    report.end = wait(for: child, &awaited, grace)
    report.leftCount = ProcessTree.end(grace) { ProcessTree.living() }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    report.cpuMicroseconds =
      (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
      + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    report.peakBytes = usage.ru_maxrss * 1_024
    return report
  }

  /// Waits until `child` has ended; how it did, as the system says it.
  private static func wait(
    for child: pid_t, _ awaited: inout sigset_t, _ grace: Duration
  ) -> Int32 {
    var end: Int32?
    func note(_ process: pid_t, _ status: Int32) { if process == child { end = status } }
    while true {
      var number: Int32 = 0
      guard sigwait(&awaited, &number) == 0 else { continue }
      if number == SIGTERM { ProcessTree.end(grace, telling: note) { ProcessTree.living() } }
      let hasChildren = ProcessTree.reap(telling: note)
      if let end { return end }
      // Not to be, but nothing is worth waiting for then.
      if !hasChildren { return SIGKILL }
    }
  }
}

/// What a guard says of its command, when all of it has ended.
struct GuardReport: Equatable {
  /// The system's number of why the command could not be started.
  var startFailure: Int32?
  /// How the command ended, as the system says it.
  var end: Int32 = 0
  /// How many processes it left behind, which were ended.
  var leftCount = 0
  /// The time that all of it took of the processors.
  var cpuMicroseconds = 0
  /// The most memory that one process of it had.
  var peakBytes = 0

  init() {}

  /// The report in a line of numbers; nil when the guard died over it.
  init?(_ bytes: [UInt8]) {
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    let numbers = String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: " ")
      .compactMap { Int($0) }
    guard numbers.count == 5 else { return nil }
    startFailure = numbers[0] < 0 ? nil : Int32(truncatingIfNeeded: numbers[0])
    end = Int32(truncatingIfNeeded: numbers[1])
    leftCount = numbers[2]
    cpuMicroseconds = numbers[3]
    peakBytes = numbers[4]
  }

  func write(to file: Int32) {
    let line = Array(
      "\(startFailure ?? -1) \(end) \(leftCount) \(cpuMicroseconds) \(peakBytes)\n".utf8)
    // Fewer bytes than a pipe takes at once; nobody is left to be told if nobody reads them.
    _ = Glibc.write(file, line, line.count)
  }
}
