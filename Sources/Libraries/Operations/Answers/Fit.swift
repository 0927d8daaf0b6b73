package import Core
import Glibc
package import Runs

/// Whether the night stays long enough, the memory large enough and the disk empty enough: what
/// runs took so far, as lines that are drawn on.
package struct Fit {
  /// What runs short.
  package enum Resource: String, Sendable {
    case time
    case memory
    case disk
  }

  /// A line, what it may not reach, and when it does.
  package struct Entry: Sendable {
    package var resource: Resource
    /// The job, or the table.
    package var name: String
    package var trend: Trend
    /// Microseconds, or bytes.
    package var limit: Double
    package var reached: Timestamp?
  }

  /// What runs short first comes first.
  package private(set) var entries: [Entry] = []

  package init() {}

  /// Adds the jobs of a ledger: time against what the schedule gives each, else `night`; memory
  /// against `memory`.
  package mutating func add(
    _ ledger: RunLedger, _ schedule: ScheduleFile, night: Duration, memory: Double
  ) throws {
    let runs = try ledger.runs(limit: 100_000).filter { $0.exitStatus == 0 }
    for (job, runs) in Dictionary(grouping: runs, by: \.job) {
      let declared = schedule.jobs[job]
      let limit = [declared?.timeout, declared?.deadline].compactMap { $0 }.min() ?? night
      add(
        .time, job,
        runs.compactMap { run in
          run.amounts.wallMicroseconds.map { (run.startedAt, Double($0)) }
        }, limit: limit / .microseconds(1))
      add(
        .memory, job,
        runs.compactMap { run in
          run.amounts.peakBytes.map { (run.startedAt, Double($0)) }
        }, limit: memory)
    }
    sort()
  }

  /// Adds the tables of a lake: for each how its bytes grew, by when its files were written. All
  /// share what is free, so that each is drawn against that and what it has.
  package mutating func add(_ growth: [String: [(time: Timestamp, value: Double)]], free: Double) {
    let trends = growth.compactMapValues { Trend($0) }
    let perDay = trends.values.reduce(0) { $0 + max(0, $1.perDay) }
    for (table, trend) in trends {
      // The disk is full when all of them together have filled it.
      let share = perDay > 0 ? max(0, trend.perDay) / perDay : 0
      let limit = trend.level + free * max(share, 1e-9)
      entries.append(
        Entry(
          resource: .disk, name: table, trend: trend, limit: limit,
          reached: trend.perDay > 0 ? trend.reaches(limit) : nil))
    }
    sort()
  }

  private mutating func add(
    _ resource: Resource, _ name: String, _ points: [(time: Timestamp, value: Double)],
    limit: Double
  ) {
    guard let trend = Trend(points) else { return }
    entries.append(
      Entry(
        resource: resource, name: name, trend: trend, limit: limit, reached: trend.reaches(limit)))
  }

  private mutating func sort() {
    entries.sort { one, other in
      switch (one.reached, other.reached) {
      case (let a?, let b?) where a != b: a < b
      case (_?, nil): true
      case (nil, _?): false
      default:
        (one.resource.rawValue, -one.trend.perDay, one.name)
          < (other.resource.rawValue, -other.trend.perDay, other.name)
      }
    }
  }

  /// The memory of this machine, in bytes.
  package static var machineMemory: Double {
    Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The free bytes of the disk that `folder` is on.
  package static func freeBytes(_ folder: String) -> Double? {
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0 else { return nil }
    return Double(facts.f_bavail) * Double(facts.f_frsize)
  }
}
