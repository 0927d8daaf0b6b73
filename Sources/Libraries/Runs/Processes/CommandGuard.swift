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
/// It is a copy of run-job that begins no program: to start one costs more than all else that a run
/// adds. Of what run-job has open it keeps what a program would have been given, so that no lock is
/// held by it; and it writes to `report` how the command ended.
package struct CommandGuard {
  /// The variable that tells a program which run it is part of: `job/identity`.
  package static let parentVariable = "MEDALLION_PARENT_RUN"

  let command: [RawText]
  /// Variables that the command is given beside ours.
  let environment: [String: String]
  /// Where the command's talk goes.
  let talk: Int32
  let report: Int32
  /// So long all of it has to end when it is asked to.
  let grace: Duration
  /// Whether SIGPIPE is to end the command, which run-job itself ignores.
  let restoresPipes: Bool

  /// Starts the guard, which starts the command: the guard's process.
  func begin() throws(Fault) -> pid_t {
    let parent = getpid()
    let process = medallion_fork()
    if process == 0 {
      medallion_name_process("run-guard")
      dup2(talk, 2)
      closeOwn()
      work(below: parent).write(to: report)
      // Nothing of run-job's is to be ended by its copy.
      _exit(0)
    }
    guard process > 0 else { throw StartFailure(code: errno).fault("the guard of a command") }
    return process
  }

  /// Closes what a program that run-job starts would not be given.
  private func closeOwn() {
    var open = Array(3..<Int32(1_024))
    if let folder = opendir("/proc/self/fd") {
      open = []
      while let item = readdir(folder) {
        let name = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if let file = Int32(name), file > 2, file != dirfd(folder) { open.append(file) }
      }
      closedir(folder)
    }
    for file in open where file != report && fcntl(file, F_GETFD) & FD_CLOEXEC != 0 { close(file) }
  }

  private func work(below parent: pid_t) -> GuardReport {
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
      child = try SpawnedProcess(
        command, changes: environment, restoresPipes: restoresPipes
      ).process
    } catch {
      report.startFailure = error.code
      return report
    }
    report.end = wait(for: child, &awaited)
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
  private func wait(for child: pid_t, _ awaited: inout sigset_t) -> Int32 {
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
