import ArgumentParser
import Core
import Runs
import UnixTool

/// How long a command may take, and how often it is tried.
struct TryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("a try that takes longer is ended, with status 75", valueName: "TIME"))
  var timeout: TimeSpan?

  @Option(
    help: ArgumentHelp("what is asked to end has so long (default: 10s)", valueName: "TIME"))
  var grace: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "so often it is tried again after 75, once after 137 (default: 4)", valueName: "N"))
  var retries: Int?

  @Option(
    help: ArgumentHelp(
      "the first wait, what each is of the one before, the longest (default: 30s,2,30m)",
      valueName: "TIME[,FACTOR[,TIME]]"))
  var backoff: Backoff?

  @Option(help: ArgumentHelp("wait so long for another run of the job to end", valueName: "TIME"))
  var wait: TimeSpan?

  @Option(help: ArgumentHelp("all tries and waits together may take so long", valueName: "TIME"))
  var budget: TimeSpan?

  mutating func validate() throws {
    guard retries.map({ $0 >= 0 }) ?? true else {
      throw ValidationError("'\(retries ?? 0)' is not a value of '--retries'; give a number from 0")
    }
  }

  /// When the run is tried again: as the options say, else as the schedule has it for the job.
  func policy(_ declared: ScheduleFile.Job?) -> RetryPolicy {
    var policy = RetryPolicy()
    if let retries = retries ?? declared?.retries {
      policy.tries = retries == .max ? .max : retries + 1
    }
    policy.budget = budget?.duration ?? declared?.budget
    if let backoff {
      policy.base = backoff.base
      policy.factor = backoff.factor
      policy.cap = backoff.cap
    }
    return policy
  }

  func command(
    _ raw: [RawText], _ declared: ScheduleFile.Job?, _ console: Console
  ) -> GuardedCommand {
    var command = GuardedCommand(
      raw, timeout: timeout?.duration ?? declared?.timeout, grace: grace?.duration ?? .seconds(10))
    command.alarm = console.endingAlarm
    return command
  }
}

/// The waits between tries: `30s`, `30s,2`, `30s,2,30m`.
struct Backoff: ExpressibleByArgument {
  var base: Duration
  var factor = RetryPolicy().factor
  var cap = RetryPolicy().cap

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), let base = TimeSpan(String(parts[0])) else { return nil }
    self.base = base.duration
    if parts.count > 1 {
      guard let factor = Double(parts[1]), factor >= 1, factor <= 1_000 else { return nil }
      self.factor = factor
    }
    if parts.count > 2 {
      guard let cap = TimeSpan(String(parts[2])) else { return nil }
      self.cap = cap.duration
    }
  }
}

extension RunInterval: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
