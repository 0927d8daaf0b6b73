package import Core
import JSON
package import Runs

/// What a backfill does, step by step, as a file that a person can read before it is applied: JSON
/// lines, a head and a line a step. What is applied is what stands there, and nothing else.
package struct BackfillPlan: Equatable, Sendable {
  /// A run of one command for a table, for one interval or for what there is.
  package struct Step: Equatable, Sendable {
    package var number: Int
    package var table: String
    package var interval: RunInterval?
    /// Why it is there: `missing`, `failed`, `stale`, `sealed`.
    package var state: String
    package var command: [String]
    /// The steps that must be done before it.
    package var after: [Int]
  }

  package var id: String
  package var madeAt: Timestamp
  package var steps: [Step] = []

  package init(id: String, madeAt: Timestamp) {
    self.id = id
    self.madeAt = madeAt
  }

  /// A table to be made good: what it is made of, and for which of its intervals.
  package struct Task: Sendable {
    package var table: String
    package var inputs: [String]
    package var intervals: [(interval: RunInterval?, state: String, command: [String])]

    package init(
      _ table: String, inputs: [String],
      intervals: [(interval: RunInterval?, state: String, command: [String])]
    ) {
      self.table = table
      self.inputs = inputs
      self.intervals = intervals
    }
  }

  /// Adds steps for `tasks`, each table after those it is made of. A step waits for those of its
  /// inputs that are for the same interval, or for all there is; one for all there is waits for all
  /// steps of its inputs.
  package mutating func add(_ tasks: [Task], newestFirst: Bool) {
    for task in tasks {
      let ordered = task.intervals.sorted { one, other in
        switch (one.interval, other.interval) {
        case (let a?, let b?): newestFirst ? b < a : a < b
        case (nil, _?): true
        default: false
        }
      }
      for (interval, state, command) in ordered {
        let after = steps.filter { step in
          task.inputs.contains(step.table)
            && (interval == nil || step.interval == nil || step.interval == interval)
        }.map(\.number)
        steps.append(
          Step(
            number: steps.count + 1, table: task.table, interval: interval, state: state,
            command: command, after: after))
      }
    }
  }

  /// The plan as its file has it.
  package var text: String {
    let head: JSONValue = [
      "backfill": .string(id), "made_at": .string(madeAt.ledgerText),
      "steps": JSONValue(steps.count),
    ]
    let lines = steps.map { step -> JSONValue in
      [
        "step": JSONValue(step.number), "table": .string(step.table),
        "interval": step.interval.map { .string($0.text) } ?? .null,
        "state": .string(step.state), "command": .array(step.command.map { .string($0) }),
        "after": .array(step.after.map { JSONValue($0) }),
      ]
    }
    return ([head] + lines).map { JSONWriter.text($0) + "\n" }.joined()
  }

  /// Reads what `text` gives; `.data` when it is no plan, or not whole.
  package init(_ text: String, at file: String) throws(Fault) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard let first = lines.first, let head = try? JSONValue(parsing: String(first)),
      let id = head["backfill"]?.string, let count = head["steps"]?.int,
      let madeAt = head["made_at"]?.string.flatMap({ Timestamp(zonedRFC3339Text: $0) }),
      lines.count == count + 1
    else {
      throw Fault(
        .data, at: Place(file), "this is no plan of a backfill, or not all of one",
        remedy: "make one with 'runs backfill --plan FILE'")
    }
    self.init(id: id, madeAt: madeAt)
    for (index, line) in lines.dropFirst().enumerated() {
      let place = Place(file, line: index + 2)
      let json = try JSONValue(parsing: String(line), at: place)
      let words = (json["command"]?.array ?? []).compactMap(\.string)
      let interval = json["interval"]?.string
      guard json["step"]?.int == index + 1, let table = json["table"]?.string, !words.isEmpty,
        let state = json["state"]?.string,
        interval == nil || interval.flatMap(RunInterval.init) != nil
      else {
        throw Fault(
          .data, at: place, "this is no step of a backfill", remedy: "make the plan anew")
      }
      try JobName.check(table, at: place)
      let after = (json["after"]?.array ?? []).compactMap(\.int)
      guard after.allSatisfy({ $0 > 0 && $0 <= index }) else {
        throw Fault(
          .data, at: place, "this step waits for one that does not come before it",
          remedy: "make the plan anew")
      }
      steps.append(
        Step(
          number: index + 1, table: table, interval: interval.flatMap(RunInterval.init),
          state: state, command: words, after: after))
    }
  }
}
