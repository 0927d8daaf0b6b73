package import Core

/// One run of a job, as the ledger has it: written before it starts, and again when it has ended.
package struct RunRow: Equatable, Sendable {
  package var runID: String
  /// The run that it is a part of.
  package var parentRunID: String?
  package var job: String
  package var interval: RunInterval?
  /// What ran, secrets masked.
  package var command: [String]
  package var startedAt: Timestamp
  /// Nil while it runs, and for good when it was killed with all that could have written it.
  package var endedAt: Timestamp?
  package var tries = 1
  package var exitStatus: Int?
  /// The signal that ended it.
  package var signal: Int?
  /// The last line of its talk that is an error.
  package var cause: String?
  /// Of the command and the job files.
  package var codeDigest: String?
  /// Of what it read that has no version, by dataset.
  package var inputDigests: [String: String] = [:]
  /// What it read and wrote, by dataset, as its run events say.
  package var versionsIn: [String: String] = [:]
  package var versionsOut: [String: String] = [:]
  package var amounts = Amounts()
  package var host: String?
  /// The version of the tools.
  package var build: String?
  /// Where its talk is kept, below the lake.
  package var log: String?

  /// What a run read, wrote and took; nil is what nobody told.
  package struct Amounts: Equatable, Sendable {
    package var rowsIn: Int?
    package var rowsOut: Int?
    package var bytesIn: Int?
    package var bytesOut: Int?
    package var cpuMicroseconds: Int?
    package var wallMicroseconds: Int?
    package var peakBytes: Int?

    package init() {}
  }

  package init(_ runID: String, job: String, command: [String], startedAt: Timestamp) {
    self.runID = runID
    self.job = job
    self.command = command
    self.startedAt = startedAt
  }
}

/// One try of a run.
package struct TryRow: Equatable, Sendable {
  package var runID: String
  /// From 1.
  package var number: Int
  package var startedAt: Timestamp
  package var endedAt: Timestamp?
  package var exitStatus: Int?
  package var signal: Int?
  /// How long was waited before it.
  package var delayMicroseconds = 0
  package var cpuMicroseconds: Int?
  package var peakBytes: Int?

  package init(_ runID: String, number: Int, startedAt: Timestamp) {
    self.runID = runID
    self.number = number
    self.startedAt = startedAt
  }
}

/// How it stands with a run. It is worked out from the row and the lock, and stands nowhere.
package enum RunState: String, CaseIterable, Sendable {
  /// It holds its lock.
  case running
  case done
  case failed
  /// It did not say how it ended, and is no more: it was killed, or the machine was.
  case lost
}
