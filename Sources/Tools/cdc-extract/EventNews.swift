import Core
import Extraction
import Ingest
import LakeTool
import UnixTool

/// What a person should know of a stream of events: what goes on and on is summed up at its end.
struct EventNews {
  private let console: Console
  private var repeatedCount = 0
  private var incomplete: [String: Int] = [:]

  init(_ console: Console) { self.console = console }

  /// Adds what became of a table's events.
  mutating func add(_ outcome: EventOutcome) {
    repeatedCount += outcome.repeatedCount
    if outcome.incompleteCount > 0 {
      incomplete[outcome.table.name, default: 0] += outcome.incompleteCount
    }
  }

  /// Says it all, with what `extraction` saw of no table.
  func end(_ extraction: EventExtraction) {
    for (name, count) in incomplete.sorted(by: { $0.key < $1.key }) {
      warn(
        "\(name): \(counted(count, "row")) came under a new key without a large value that "
          + "did not change, and that bronze does not know",
        remedy: "have Debezium read the table anew")
    }
    for (name, count) in extraction.unknownTables.sorted(by: { $0.key < $1.key }) {
      warn(
        "\(counted(count, "event")) of the table \(name) passed over",
        remedy: "add it to a system of kind debezium in sources.yml, and send them once more")
    }
    for (partition, hole) in extraction.holes.byPartition.sorted(by: { $0.key < $1.key }) {
      console.tell(hole, of: partition)
    }
    for kind in PassedEvent.allCases {
      guard let count = extraction.passed[kind] else { continue }
      console.note("\(counted(count, kind.rawValue)) passed over")
    }
    if repeatedCount > 0 { console.say("\(counted(repeatedCount, "event")) taken before") }
  }

  private func warn(_ problem: String, remedy: String) {
    console.warn(Fault(.data, problem, remedy: remedy))
  }
}
