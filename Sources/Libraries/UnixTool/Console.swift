package import Core
import Glibc

/// Where a tool speaks: its product on standard output, its talk on standard error.
package final class Console {
  package let toolName: String
  /// The run's clock: `--now`, else the system's at the start.
  package let clock: Clock
  /// The run's identity: `--run-id`, else a new one.
  package let runID: RunID
  /// The product; flushed, and checked, when the tool ends.
  package let output: StandardOutput
  /// The run that this one is a part of, if one of run-job started it.
  package let parentRun: ParentRun? = environmentValue("MEDALLION_PARENT_RUN")
  /// How the tool will end, from what `fail` was given.
  package private(set) var status = ExitStatus.success

  /// Whether the clock is made up, and not the machine's at the start of a run above this one.
  package let hasChosenClock: Bool
  private let isClockGiven: Bool
  private let start = ContinuousClock.now
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let talkFormat: TalkFormat
  private var progressLine: ProgressLine?

  init(_ toolName: String, _ options: RunOptions, _ output: StandardOutput) throws(Fault) {
    self.toolName = toolName
    self.output = output
    isQuiet = options.quiet
    isVerbose = options.verbose
    talkFormat = options.logFormat
    let given = options.now ?? environmentValue("MEDALLION_NOW")
    isClockGiven = given != nil
    hasChosenClock =
      options.now != nil
      || given != nil && (parentRun == nil || environment("MEDALLION_CLOCK") == "made-up")
    clock = Clock(now: given ?? Console.systemTime)
    var random = SystemRandomNumberGenerator()
    runID =
      options.runID ?? environmentValue("MEDALLION_RUN_ID")
      ?? RunID(at: clock.now, using: &random)
  }

  /// A console for a call that could not be understood, with every setting at its default; but who
  /// asked for messages in a form is told in that form what is wrong with the call.
  init(_ toolName: String, _ output: StandardOutput, calledWith arguments: [String]) {
    self.toolName = toolName
    self.output = output
    isQuiet = false
    isVerbose = false
    talkFormat =
      TalkFormat.asked(by: arguments) ?? environmentValue("MEDALLION_LOG_FORMAT") ?? .text
    isClockGiven = false
    hasChosenClock = false
    clock = Clock(now: Console.systemTime)
    var random = SystemRandomNumberGenerator()
    runID = RunID(at: clock.now, using: &random)
  }

  /// The time as it is now, for a run that commits again and again: the system's, unless the run
  /// was given one. One that is handed down goes on from there.
  package var presentClock: Clock {
    if hasChosenClock { return clock }
    guard isClockGiven else { return Clock(now: Console.systemTime) }
    let passed = Int64((ContinuousClock.now - start) / .microseconds(1))
    return Clock(now: clock.now.adding(microseconds: passed) ?? clock.now)
  }

  /// Adds a line for people to the product: one, whatever stands in it, and without secrets.
  package func write(_ line: String) throws(Fault) {
    try output.write(withoutSecrets(shown(line)) + "\n")
  }

  /// Gives one run event as the product, at once: its JSON line, or on a terminal `sentence`.
  package func publish(event line: String, sentence: String) throws(Fault) {
    clearProgress()
    try output.write(withoutSecrets(output.isTerminal ? shown(sentence) : line) + "\n")
    try output.flush()
  }

  /// Says one step, with `--verbose`.
  package func note(_ text: String) {
    if isVerbose { talk(.note, Talk(text)) }
  }

  /// Where libraries tell their steps, which `note` says.
  package var steps: Steps { isVerbose ? Steps { self.note($0) } : .silent }

  /// Says something that a person should know though all is well (already applied, set aside).
  package func say(_ text: String) {
    if !isQuiet { talk(.note, Talk(text)) }
  }

  /// Says what is wrong without failing the run.
  package func warn(_ fault: Fault) {
    if !isQuiet { talk(.warning, Talk(fault)) }
  }

  /// Says what is wrong and makes the run end with its status; the run may go on.
  package func fail(_ error: any Error) {
    let fault =
      error as? Fault
      ?? Fault(.internal, "\(error)", remedy: "this is a bug, please report it with the call")
    talk(.error, Talk(fault))
    status = status.joined(with: ExitStatus(fault.kind))
  }

  /// Shows how far long work is, on a terminal only and not before it takes long; who asks by
  /// SIGUSR1 is told always.
  package func progress(_ text: @autoclosure () -> String) {
    let words = "\(toolName): \(text())"
    LatestProgress.set(words)
    if isQuiet { return }
    if progressLine == nil { progressLine = ProgressLine() }
    progressLine?.show(words)
  }

  /// The same of work of which so many parts are done, with how fast that goes and, if it is known
  /// how many there are, how long it goes on.
  package func progress(
    _ text: String, done count: Int, of total: Int? = nil, _ noun: String
  ) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var words = text
    if count > 0, seconds >= 1 {
      let rate = Double(count) / seconds
      words += rate >= 10 ? ", \(Int(rate)) \(noun)s/s" : ""
      if let total, total > count {
        words += ", \(Int((Double(total - count) / rate).rounded(.up))) s to go"
      }
    }
    progress(total.map { "\(words) (\(count) of \($0) \(noun)s done)" } ?? words)
  }

  /// Does `work` so that INT, TERM and HUP do not tear it: a pipe that it reads ends then, what
  /// came by it is seen to, and the process ends by the signal. A second signal ends it at once.
  package func finishingWhatCame(_ work: () throws -> Void) rethrows {
    try EndingSignals.deferring(work)
  }

  /// A descriptor that can be read once a signal has asked the process to end, for work within
  /// `finishingWhatCame` that waits for others.
  package var endingAlarm: Int32 { EndingSignals.alarmDescriptor }

  /// Ends the process with the status of another program, which is passed on as it is; by the
  /// signal that has asked this one to end, if one has.
  package func leave(with status: Int) throws(Fault) {
    try output.flush()
    clearProgress()
    EndingSignals.endIfAsked()
    exit(Int32(truncatingIfNeeded: status))
  }

  /// Removes the progress line from the terminal.
  package func clearProgress() {
    progressLine?.clear()
  }

  /// Gives on, as it is, what another program has said to people; `level` is how grave it said that
  /// is.
  package func passTalk(_ line: [UInt8], _ level: TalkLevel?) {
    clearProgress()
    // A failed write of talk has nowhere to be told.
    _ = writeAll(TalkPipe.marked(line, level), to: 2)
  }

  private func talk(_ level: TalkLevel, _ talk: Talk) {
    clearProgress()
    let line = talk.line(
      level, tool: toolName, run: runID, as: talkFormat, at: Console.systemTime)
    // A failed write of talk has nowhere to be told.
    _ = writeAll(TalkPipe.marked(Array(line.utf8), level), to: 2)
  }

  /// Whether this user may write in a folder: a report is given also where he may not.
  package func mayWrite(in folder: String) -> Bool { access(folder, W_OK) == 0 }

  /// The machine's clock now, whatever time the run was given.
  package static var systemTime: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      // The machine's own clock is no far one.
      microseconds: Int64(time.tv_sec) &* Timestamp.microsecondsPerSecond
        &+ Int64(time.tv_nsec) / 1_000)
  }
}
