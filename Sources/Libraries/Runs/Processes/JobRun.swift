package import Core
import Glibc

/// A run of a job: under its lock, tried again as its policy has it, written down in the ledger.
///
/// The order, so that a kill at any step leaves what is true: the lock is taken and named, then the
/// row is written, then the command starts; when all of it is gone the row gets its end, and only
/// then the lock is given back.
package struct JobRun {
  package var lake: String
  package var job: String
  package var interval: RunInterval?
  package var runID: RunID
  /// Whether the identity was chosen for this run alone: then one that is taken is a fault.
  package var isIdentityChosen = false
  /// The run that this is a part of.
  package var parentRunID: String?
  package var code: String?
  package var policy = RetryPolicy()
  package var command: GuardedCommand
  /// The time that the command is given, in each try the same.
  package var nominalTime: Timestamp
  package var clock: RunClock
  /// So long another run of the job is waited for.
  package var patience = Duration.zero

  package init(
    _ job: String, _ command: GuardedCommand, inLake lake: String, runID: RunID,
    nominalTime: Timestamp, clock: RunClock
  ) {
    self.lake = lake
    self.job = job
    self.command = command
    self.runID = runID
    self.nominalTime = nominalTime
    self.clock = clock
  }

  /// How a run ended.
  package struct Outcome {
    /// The status that its caller is to end with.
    package var status: Int
    package var isAsked = false
    package var runID: String
  }

  /// Runs it; its talk goes to `pass`, what we have to say of it to `say`.
  package func run(
    pass: @escaping (TalkLine) -> Void, say: (Fault) -> Void
  ) throws -> Outcome {
    let lock = try RunLock.take(job, interval, inLake: lake, patience: patience)
    if let last = lock.abandonedBy {
      let count = ProcessTree.endRemains(ofRun: last.runID, command.grace)
      if count > 0 {
        say(
          Fault(
            .temporary,
            "run \(last.runID) was killed and left \(processes(count)) behind, ended now",
            remedy: "see 'runs show \(last.runID)'"))
      }
    }
    let ledger = try RunLedger(lake: lake)
    var row = try begin(ledger, lock)
    let log = RunLog(lake: lake, job: job, runID: row.runID, pass: pass)
    let tally = try EventTally(lake: lake, at: [nominalTime, clock.now])
    let start = ContinuousClock.now
    var last = TryRow(row.runID, number: 1, startedAt: row.startedAt)
    let isAsked = try tryUntilDone(&row, &last, ledger, log, say)
    row.endedAt = clock.now
    row.amounts.wallMicroseconds = Int((ContinuousClock.now - start) / .microseconds(1))
    if !log.isEmpty { row.log = log.path }
    do {
      try tally.add(
        to: &row, partsOf: try ledger.identities(below: row.runID), until: clock.now)
    } catch let fault as Fault {
      say(fault)
    }
    try ledger.end(row, last)
    lock.giveBack()
    return Outcome(status: row.exitStatus ?? 0, isAsked: isAsked, runID: row.runID)
  }

  /// Writes down that the run begins.
  private func begin(_ ledger: RunLedger, _ lock: RunLock) throws -> RunRow {
    var identity = runID
    for count in 1... {
      let now = clock.now
      lock.name(RunLock.Holder(process: getpid(), runID: identity.description, since: now))
      var row = RunRow(
        identity.description, job: job, command: shownCommand, startedAt: now)
      row.parentRunID = parentRunID
      row.interval = interval
      row.codeDigest = code
      row.host = Self.host
      row.build = Medallion.version
      if try ledger.begin(row, TryRow(row.runID, number: 1, startedAt: now)) { return row }
      guard !isIdentityChosen else {
        throw Fault(
          .usage, "there is a run '\(identity)' already",
          remedy: "see 'runs show \(identity)', and give another --run-id, or none")
      }
      // One for all runs below it, as the environment may give it, names each by its place.
      identity = RunID(naming: "\(runID) \(job) \(count)")
    }
    throw Fault(.internal, "no identity is free", remedy: "report it")
  }

  /// Tries the command until it is done with; whether we were asked to end.
  private func tryUntilDone(
    _ row: inout RunRow, _ last: inout TryRow, _ ledger: RunLedger, _ log: RunLog,
    _ say: (Fault) -> Void
  ) throws -> Bool {
    var killedCount = 0
    let began = clock.now
    while true {
      let isAsked = tryOnce(&row, &last, log, say)
      row.exitStatus = last.exitStatus
      row.signal = last.signal
      row.cause =
        row.exitStatus == 0
        ? nil : row.cause ?? log.cause(endedBySignal: row.signal != nil)
      guard !isAsked, let status = last.exitStatus,
        policy.triesAgain(after: status, number: last.number, killedBefore: killedCount)
      else { return isAsked }
      if status == 137 { killedCount += 1 }
      let delay = policy.delay(before: last.number + 1, of: row.runID)
      if let budget = policy.budget, delay + elapsed(since: began) >= budget {
        say(
          Fault(
            .temporary, "try \(last.number) ended with \(status), and the time for tries is over",
            remedy: "run it again later, or give a greater --budget"))
        return false
      }
      say(
        Fault(
          .temporary, "try \(last.number) ended with \(status)",
          remedy: "the next one begins in \(Self.text(delay))"))
      try ledger.put(last)
      guard clock.wait(delay) else { return true }
      last = TryRow(row.runID, number: last.number + 1, startedAt: clock.now)
      last.delayMicroseconds = Int(delay / .microseconds(1))
      row.tries = last.number
      row.cause = nil
      try ledger.put(last)
    }
  }

  /// One try; whether we were asked to end in it.
  private func tryOnce(
    _ row: inout RunRow, _ last: inout TryRow, _ log: RunLog, _ say: (Fault) -> Void
  ) -> Bool {
    var command = command
    command.environment[CommandGuard.parentVariable] = "\(job)/\(row.runID)"
    command.environment["MEDALLION_NOW"] = nominalTime.ledgerText
    command.environment["MEDALLION_CLOCK"] = clock.isMadeUp ? "made-up" : "machine"
    if let interval { command.environment["MEDALLION_INTERVAL"] = interval.text }
    defer { last.endedAt = clock.now }
    let outcome: GuardedCommand.Outcome
    do {
      log.beginTry()
      outcome = try command.run { log.append($0) }
    } catch {
      say(error)
      row.cause = "\(error)"
      last.exitStatus = Self.status(of: error)
      return false
    }
    last.exitStatus = outcome.status
    last.signal = outcome.signal
    last.cpuMicroseconds = outcome.cpuMicroseconds
    last.peakBytes = outcome.peakBytes
    row.amounts.cpuMicroseconds =
      outcome.cpuMicroseconds.map { $0 + (row.amounts.cpuMicroseconds ?? 0) }
      ?? row.amounts.cpuMicroseconds
    row.amounts.peakBytes = [row.amounts.peakBytes, outcome.peakBytes].compactMap { $0 }.max()
    if outcome.isLate, let timeout = command.timeout {
      // It is no fault of the data: it may be done in time when the machine has more of it.
      last.exitStatus = 75
      last.signal = nil
      row.cause = "took longer than \(Self.text(timeout)), and was ended"
      say(
        Fault(
          .temporary, "'\(job)' took longer than \(Self.text(timeout)), and was ended",
          remedy: "see 'runs fit', or give a greater --timeout"))
    } else if outcome.leftCount > 0 {
      say(
        Fault(
          .temporary, "the command left \(processes(outcome.leftCount)) behind, ended now",
          remedy: "have it wait for what it starts"))
    }
    return outcome.isAsked
  }

  private func elapsed(since start: Timestamp) -> Duration {
    .microseconds(clock.now.microseconds &- start.microseconds)
  }

  private var shownCommand: [String] {
    command.command.map { masked($0.shownText) }
  }

  private func processes(_ count: Int) -> String {
    count == 1 ? "a process" : "\(count) processes"
  }

  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// As `ExitStatus` has it, of a command that could not be started.
  private static func status(of fault: Fault) -> Int {
    switch fault.kind {
    case .missing: 66
    case .denied: 77
    case .data: 65
    case .temporary: 75
    default: 70
    }
  }

  /// `12.5 s`, `3 min`.
  private static func text(_ duration: Duration) -> String {
    let tenths = Int64((duration / .milliseconds(100)).rounded())
    if tenths >= 1_200, tenths.isMultiple(of: 600) { return "\(tenths / 600) min" }
    return tenths.isMultiple(of: 10) ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
