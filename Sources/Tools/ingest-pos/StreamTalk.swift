import Core
import Ingest
import LakeJobs
import LakeTool
import UnixTool

/// What is said of a stream that is taken part by part: what goes on and on is said when it is
/// first seen, and summed up at the end.
struct StreamTalk {
  private let name: String
  private let contract: BronzeContract
  private let console: Console
  private var repeatedCount = 0
  private var holes = KafkaHoles()
  /// How many missing offsets of a partition were told.
  private var toldCounts: [KafkaOffsets.Partition: Int64] = [:]
  /// Parts of which every line was set aside.
  private var badPartCount = 0

  init(_ name: String, _ contract: BronzeContract, _ console: Console) {
    self.name = name
    self.contract = contract
    self.console = console
  }

  /// Adds what became of a part.
  mutating func add(_ outcome: EventIngest.Outcome) {
    repeatedCount += outcome.repeatedCount
    holes.add(outcome.holes)
    let partitions = outcome.holes.byPartition.keys.filter { toldCounts[$0] == nil }
    tellHoles(of: partitions)
    guard outcome.acceptedCount == 0, outcome.rejectedCount > 0 else { return }
    badPartCount += 1
    guard badPartCount == 1 else { return }
    let reason = outcome.firstReason.map { " (\($0))" } ?? ""
    tellBad("\(counted(outcome.rejectedCount, "line")), all that came, set aside\(reason)")
  }

  /// Sums up what was told of before.
  mutating func end() {
    tellHoles(
      of: holes.byPartition.filter { $0.value.count > toldCounts[$0.key] ?? 0 }.map(\.key))
    if badPartCount > 1 { tellBad("of \(badPartCount) parts every line was set aside") }
    if repeatedCount > 0 { console.say("\(counted(repeatedCount, "record")) taken before") }
  }

  private mutating func tellHoles(of partitions: some Sequence<KafkaOffsets.Partition>) {
    for partition in partitions.sorted() {
      guard let hole = holes.byPartition[partition] else { continue }
      toldCounts[partition] = hole.count
      console.tell(hole, of: partition)
    }
  }

  private func tellBad(_ words: String) {
    console.warn(
      Fault(
        .data, at: Place(name), words,
        remedy: "see 'quarantine show \(contract.name.name)'"))
  }
}
