import Core
import LakeJobs

/// The steps of a streaming table's flows, told to who follows the run.
struct StreamSteps {
  let dataset: Dataset
  let steps: Steps

  /// That a flow found nothing, or what it takes up.
  func tell(_ microBatch: MicroBatch, of flow: Flow) {
    let isReplay = microBatch.step.isReplay
    if isReplay, microBatch.isEmpty { return }
    steps.note(
      "\(dataset.name), flow \(flow.name): \(isReplay ? "once more " : "")\(microBatch.words)")
  }

  /// That a micro-batch needs no reading any more.
  func tellJudgedAhead() {
    steps.note(
      "\(dataset.name): its rows were judged when another table of this run read the same files")
  }

  /// How changes were sorted: those that made rows of their own, and those that were held to be
  /// folded with the rows of their keys.
  func tell(_ outcome: ChangeApplication.Outcome) {
    steps.note(
      "\(dataset.name): \(counted(outcome.freshCount, "change")) of new keys written at once, "
        + "\(outcome.heldCount) held and folded")
  }

  /// How rows fared under the rules that some broke.
  func tell(_ rules: [CommitReport.RuleResult]) {
    for rule in rules where rule.brokenCount > 0 {
      steps.note(
        "\(dataset.name): \(counted(rule.brokenCount, "row")) broke "
          + "'\(rule.expectation.name)', \(rule.expectation.violation.fate)")
    }
  }
}

extension Expectation.Violation {
  /// What becomes of a row.
  fileprivate var fate: String {
    switch self {
    case .warn: "kept"
    case .fail: "which fails the run"
    case .quarantine: "set aside"
    }
  }
}
