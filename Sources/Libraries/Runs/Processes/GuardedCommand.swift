import CProcess
package import Core
import Glibc

/// A command that runs under a guard, once: its standard output is ours, its talk comes to us line
/// by line, and when this is over nothing of what it started is left.
package struct GuardedCommand {
  /// How a command ended.
  package struct Outcome: Equatable, Sendable {
    /// 0 to 255, or 128 + n for signal n.
    package var status = 0
    package var signal: Int?
    /// Whether it took longer than it may.
    package var isLate = false
    /// Whether we were asked to end, and it with us.
    package var isAsked = false
    /// How many processes it left behind, which were ended.
    package var leftCount = 0
    package var cpuMicroseconds: Int?
    package var peakBytes: Int?

    package init() {}
  }

  package var command: [RawText]
  /// Variables that it is given beside ours.
  package var environment: [String: String]
  package var timeout: Duration?
  /// So long all of it has to end when it is asked to.
  package var grace: Duration
  /// A descriptor that can be read once we are asked to end.
  package var alarm: Int32 = -1

  package init(
    _ command: [RawText], environment: [String: String] = [:], timeout: Duration? = nil,
    grace: Duration = .seconds(10)
  ) {
    self.command = command
    self.environment = environment
    self.timeout = timeout
    self.grace = grace
  }

  /// Runs it to its end; what it says on standard error is given to `talk` as it comes, line by
  /// line.
  package func run(talk: (TalkLine) -> Void) throws(Fault) -> Outcome {
    guard medallion_become_reaper() == 0 else {
      throw Fault(
        .internal, "the system does not let this process look after others",
        remedy: "run on Linux 3.4 or later")
    }
    let talkPipe = try Pipe()
    let reportPipe = try Pipe()
    // A reader of our talk that goes away is told where it is written, not by a signal.
    let pipeSetting = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, pipeSetting) }
    let wasHeard = unsafeBitCast(pipeSetting, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    var environment = environment
    environment[TalkPipe.variable] = TalkPipe.name(of: talkPipe.writing) ?? ""
    let keeper = try CommandGuard(
      command: command, environment: environment, talk: talkPipe.writing,
      report: reportPipe.writing, grace: grace, restoresPipes: wasHeard
    ).begin()
    talkPipe.closeWriting()
    reportPipe.closeWriting()
    var watch = CommandWatch(
      keeper: keeper, alarm: alarm, talk: talkPipe.reading, report: reportPipe.reading,
      timeout: timeout, grace: grace)
    var lines = TalkLines()
    watch.wait { lines.take($0, talk) }
    let outcome = try outcome(of: watch) { lines.take($0, talk) }
    lines.end(talk)
    return outcome
  }

  private func outcome(
    of watch: CommandWatch, _ hear: ([UInt8]) -> Void
  ) throws(Fault) -> Outcome {
    var keeperEnd: Int32 = 0
    while waitpid(watch.keeper, &keeperEnd, 0) < 0 && errno == EINTR {}
    // A guard that was killed has left all of it to us.
    let leftCount = ProcessTree.end(grace) { ProcessTree.living() }
    watch.drain(hear)
    var outcome = Outcome()
    outcome.isLate = watch.isLate
    outcome.isAsked = watch.isAsked
    guard let report = GuardReport(watch.reported) else {
      outcome.leftCount = leftCount
      outcome.setEnd(keeperEnd == 0 ? SIGKILL : keeperEnd)
      return outcome
    }
    if let code = report.startFailure {
      throw StartFailure(code: code).fault(command.first?.shownText ?? "")
    }
    outcome.leftCount = report.leftCount
    outcome.cpuMicroseconds = report.cpuMicroseconds
    outcome.peakBytes = report.peakBytes
    outcome.setEnd(report.end)
    return outcome
  }
}

extension GuardedCommand.Outcome {
  /// Takes how a process ended from the system's word of it.
  fileprivate mutating func setEnd(_ end: Int32) {
    let number = Int(end & 0x7F)
    signal = number == 0 ? nil : number
    status = number == 0 ? Int(end >> 8 & 0xFF) : 128 + number
  }
}
