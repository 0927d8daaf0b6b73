import Core
import Governance

/// What run events tell of entries: who wrote them last, and how their rules fared.
struct EventLook {
  /// So many outcomes of a rule are kept.
  private static let mostOutcomes = 30

  private var runs: [DatasetName: CatalogEntry.LastRun] = [:]
  private var outcomes: [DatasetName: [String: [CatalogEntry.Outcome]]] = [:]

  /// Takes in `events`, the oldest first.
  init(_ events: [RunEvent]) {
    for event in events where event.state == .complete {
      for output in event.outputs {
        runs[output.name] = CatalogEntry.LastRun(
          event.run.id.description, event.job.name, event.time)
      }
      for dataset in event.inputs + event.outputs {
        let found =
          dataset.facts[DataQualityAssertionsFacet.self]
          ?? dataset.facets[DataQualityAssertionsFacet.self]
        for assertion in found?.assertions ?? [] {
          outcomes[dataset.name, default: [:]][assertion.name, default: []].append(
            CatalogEntry.Outcome(
              event.time, holds: assertion.holds, rowCount: assertion.violationCount))
        }
      }
    }
  }

  func fill(_ entry: inout CatalogEntry) {
    entry.lastRun = runs[entry.dataset]
    guard let found = outcomes[entry.dataset] else { return }
    for index in entry.rules.indices {
      entry.rules[index].outcomes = Array(
        (found[entry.rules[index].name] ?? []).suffix(Self.mostOutcomes))
    }
  }
}
