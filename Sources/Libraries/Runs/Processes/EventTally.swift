package import Core
import Governance

/// What the programs of a run told of their commits, gathered from the lake's event log.
package struct EventTally {
  private let log: EventLog
  private let days: [CivilDate]
  private var starts: [CivilDate: Int] = [:]

  /// A tally of what is told from now on, by programs whose clock shows `time`.
  package init(lake: String, at times: [Timestamp]) throws(Fault) {
    log = EventLog(lake: lake, files: LocalFileSystem())
    days = Set(times.map(\.date)).sorted()
    for day in days { starts[day] = try log.byteCount(of: day) }
  }

  /// Adds to `run` what those told that are part of `runs`; `now` is the last day that counts.
  package func add(to run: inout RunRow, partsOf runs: Set<String>, until now: Timestamp)
    throws(Fault)
  {
    var read = Sums()
    var written = Sums()
    for day in Set(days + [now.date]).sorted() {
      for event in try log.events(of: day, behind: starts[day] ?? 0) {
        guard let parent = event.run.facets[ParentRunFacet.self],
          runs.contains(parent.run.description)
        else { continue }
        for input in event.inputs {
          if let size = input.facts[InputStatisticsFacet.self]?.size { read.add(size) }
          guard let version = input.facets[VersionFacet.self]?.version else { continue }
          run.versionsIn[input.name.name] = version
        }
        for output in event.outputs {
          if let size = output.facts[OutputStatisticsFacet.self]?.size { written.add(size) }
          if let version = output.facets[VersionFacet.self]?.version {
            run.versionsOut[output.name.name] = version
          }
          // What a reader says that it read counts where its inputs say nothing.
          if event.inputs.allSatisfy({ $0.facts[InputStatisticsFacet.self] == nil }) {
            read.add(DataSize(rowCount: output.facts[ChangeFacet.self]?.read))
          }
        }
      }
    }
    run.amounts.rowsIn = read.rows
    run.amounts.bytesIn = read.bytes
    run.amounts.rowsOut = written.rows
    run.amounts.bytesOut = written.bytes
  }

  private struct Sums {
    var rows: Int?
    var bytes: Int?

    mutating func add(_ size: DataSize) {
      if let count = size.rowCount { rows = (rows ?? 0) &+ count }
      if let count = size.byteCount { bytes = (bytes ?? 0) &+ count }
    }
  }
}
