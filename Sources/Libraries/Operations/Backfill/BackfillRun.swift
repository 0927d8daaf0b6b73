import Core
import Glibc
package import Runs

/// Applies a plan: each step as a run of its table's job, so many beside each other as may be, each
/// after those it waits for. A step that has been done since the plan was made is not done again:
/// after a kill, or when its time was over, the same plan goes on.
package struct BackfillRun {
  /// What became of a plan's steps.
  package struct Outcome: Equatable, Sendable {
    package var done = 0
    /// Those that were done before.
    package var before = 0
    package var failed: [Int] = []
    /// Those that wait for one that failed.
    package var waiting = 0
    /// Those for which there was no time.
    package var left = 0

    package init() {}
  }

  private let plan: BackfillPlan
  private let ledger: RunLedger
  /// The folder of the tools.
  private let tools: String
  private let width: Int
  private let budget: Duration?
  private let arguments: [String]
  /// A descriptor that can be read once we are asked to end.
  private let alarm: Int32

  package init(
    _ plan: BackfillPlan, _ ledger: RunLedger, tools: String, width: Int, budget: Duration?,
    retries: Int, alarm: Int32
  ) {
    self.plan = plan
    self.ledger = ledger
    self.tools = tools
    self.width = width
    self.budget = budget
    arguments = ["--wait", "1h", "--retries", "\(retries)"]
    self.alarm = alarm
  }

  /// Does what is left of the plan; each step is told to `tell` when it begins.
  package func run(
    changes: [String: String], tell: (BackfillPlan.Step) -> Void
  ) throws -> Outcome {
    var outcome = Outcome()
    var done: Set<Int> = []
    var stopped: Set<Int> = []
    var running: [pid_t: BackfillPlan.Step] = [:]
    for step in plan.steps where try isDone(step) { done.insert(step.number) }
    outcome.before = done.count
    let start = ContinuousClock.now
    var waiting = plan.steps.filter { !done.contains($0.number) }
    while true {
      let isOver = budget.map { ContinuousClock.now - start >= $0 } ?? false || isAsked
      while !isOver, running.count < width,
        let index = waiting.firstIndex(where: { step in
          step.after.allSatisfy(done.contains)
            && !running.values.contains { $0.table == step.table }
        })
      {
        let step = waiting.remove(at: index)
        tell(step)
        running[try begin(step, changes)] = step
      }
      guard !running.isEmpty else { break }
      var status: Int32 = 0
      let process = waitpid(-1, &status, 0)
      guard process > 0, let step = running.removeValue(forKey: process) else {
        if process < 0 && errno != EINTR { break }
        continue
      }
      if status == 0 {
        done.insert(step.number)
        outcome.done += 1
      } else {
        stopped.insert(step.number)
        outcome.failed.append(step.number)
      }
    }
    for step in waiting {
      if step.after.contains(where: stopped.contains) {
        stopped.insert(step.number)
        outcome.waiting += 1
      } else {
        outcome.left += 1
      }
    }
    return outcome
  }

  private var isAsked: Bool {
    var request = pollfd(fd: alarm, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) > 0
  }

  private func isDone(_ step: BackfillPlan.Step) throws -> Bool {
    try ledger.runs(job: step.table, since: plan.madeAt).contains {
      $0.interval == step.interval && ledger.state(of: $0) == .done
    }
  }

  private func begin(
    _ step: BackfillPlan.Step, _ changes: [String: String]
  ) throws(Fault) -> pid_t {
    var call = ["\(tools)/run-job", step.table] + arguments
    if let interval = step.interval { call += ["--interval", interval.text] }
    call += ["--", "\(tools)/\(step.command[0])"] + step.command.dropFirst()
    do {
      return try SpawnedProcess(call.map { RawText($0) }, changes: changes).process
    } catch {
      throw error.fault(call[0])
    }
  }
}
