import ArgumentParser
import Core
import Operations
import Runs
import UnixTool

/// Which runs are meant.
struct RunChoice: ParsableArguments {
  @Option(help: ArgumentHelp("runs of this job alone", valueName: "NAME"))
  var job: String?

  @Option(help: ArgumentHelp("runs from this time on", valueName: "TIME"))
  var since: Timestamp?

  @Option(
    help: ArgumentHelp("runs that stand so: running, done, failed or lost", valueName: "STATE"))
  var state: RunState?

  @Option(help: ArgumentHelp("at most so many", valueName: "N"))
  var limit = 50

  @Option(help: ArgumentHelp("of this interval: a day, or START/END", valueName: "SPAN"))
  var interval: RunInterval?

  @Option(help: ArgumentHelp("what a night has for a job without a deadline", valueName: "TIME"))
  var night: TimeSpan?

  @Option(help: ArgumentHelp("why an interval is closed", valueName: "TEXT"))
  var why: String?
}

/// What a backfill is to do.
struct BackfillOptions: ParsableArguments {
  @Option(help: ArgumentHelp("write the plan, and do nothing", valueName: "FILE"))
  var plan: String?

  @Option(help: ArgumentHelp("do what stands in this plan and is not done", valueName: "FILE"))
  var apply: String?

  @Option(help: ArgumentHelp("the first day", valueName: "DAY"))
  var from: CivilDate?

  @Option(help: ArgumentHelp("the day after the last", valueName: "DAY"))
  var to: CivilDate?

  @Flag(help: "the newest days first, not the oldest")
  var newestFirst = false

  @Flag(help: "the oldest days first, as without it")
  var oldestFirst = false

  @Flag(help: "days that are closed too")
  var reopen = false

  @Option(help: ArgumentHelp("begin no step after so long", valueName: "TIME"))
  var budget: TimeSpan?

  @Option(
    name: .customLong("parallel"), help: ArgumentHelp("so many steps at once", valueName: "N"))
  var width = 2

  @Option(help: ArgumentHelp("so often a step is tried again after 75", valueName: "N"))
  var retries = 4

  mutating func validate() throws {
    guard width > 0, retries >= 0 else {
      throw ValidationError("'\(min(width, retries))' is too few; give a number from 1")
    }
    guard !newestFirst || !oldestFirst else {
      throw ValidationError("'--newest-first' and '--oldest-first'; give one of them")
    }
  }
}

extension RunState: ExpressibleByArgument {}

extension RunInterval: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
