import Core
import Governance

/// What a table was made from, which the ledger knows of a run alone: a run may make many tables.
extension RunLedger {
  /// The versions of what `table` was made from when `run` wrote it, as the commit told then; nil
  /// where the lake's event log has it no more.
  package func inputs(of table: String, in run: RunRow) throws -> [String: String]? {
    let parts = try identities(below: run.runID)
    let log = EventLog(lake: lake, files: LocalFileSystem())
    var found: [String: String]?
    for day in Set([run.startedAt.date, (run.endedAt ?? run.startedAt).date]).sorted() {
      for event in try log.events(of: day, behind: 0) {
        guard let parent = event.run.facets[ParentRunFacet.self],
          parts.contains(parent.run.description),
          event.outputs.contains(where: {
            $0.name.name == table && $0.facets[VersionFacet.self] != nil
          })
        else { continue }
        found = [:]
        for input in event.inputs {
          found?[input.name.name] = input.facets[VersionFacet.self]?.version
        }
      }
    }
    return found
  }
}
