import Core
import Governance
import Runs

/// What is measured of a lake, from the facts.
package struct LakeGauges {
  private let facts: OperationFacts
  private let alerts: [AlertRow]
  private let channels: [Outbox.Standing]

  package init(_ facts: OperationFacts, alerts: [AlertRow], channels: [Outbox.Standing]) {
    self.facts = facts
    self.alerts = alerts
    self.channels = channels
  }

  /// The gauges; `layers` are the sizes on disk, `disk` what is free of how much.
  package func file(
    layers: [(name: String, byteCount: Int)], disk: (free: Int, size: Int)?
  ) -> GaugeFile {
    var file = GaugeFile()
    file.add(
      "gathered_seconds", "When these were gathered, in seconds since 1970.", [],
      Self.seconds(facts.now))
    addTables(to: &file)
    addSetAside(to: &file)
    addRuns(to: &file)
    addDeadlines(to: &file)
    for layer in layers {
      file.add(
        "disk_bytes", "Bytes on disk by part of the lake.", [("part", layer.name)],
        Double(layer.byteCount))
    }
    if let disk {
      file.add("disk_free_bytes", "Free bytes of the lake's disk.", [], Double(disk.free))
      file.add("disk_size_bytes", "Size of the lake's disk.", [], Double(disk.size))
    }
    addAlerts(to: &file)
    return file
  }

  private func addTables(to file: inout GaugeFile) {
    let measures: [(String, String, (OperationFacts.TableState) -> Double?)] = [
      (
        "table_changed_seconds", "When a table last changed, in seconds since 1970.",
        { $0.changed.map(Self.seconds) }
      ),
      (
        "table_age_seconds", "How long ago a table last changed.",
        { $0.changed.map { Self.seconds(facts.now) - Self.seconds($0) } }
      ),
      ("table_rows", "Rows of a table.", { $0.rowCount.map(Double.init) }),
      ("table_bytes", "Bytes of a table's live files.", { $0.byteCount.map(Double.init) }),
      ("table_files", "Live files of a table.", { $0.fileCount.map(Double.init) }),
      (
        "table_backlog_files", "Files of its streams that a table has not taken yet.",
        { $0.backlog.map(Double.init) }
      ),
    ]
    for (name, help, value) in measures {
      for table in facts.tables {
        guard let value = value(table) else { continue }
        file.add(name, help, [("table", table.name), ("layer", table.layer)], value)
      }
    }
  }

  private func addSetAside(to file: inout GaugeFile) {
    for count in facts.setAside {
      file.add(
        "set_aside_rows", "Rows set aside that wait to be mended or replayed.",
        [("table", count.table), ("rule", count.rule)], Double(count.waiting))
    }
    for count in facts.setAside {
      file.add(
        "set_aside_replayed_rows", "Rows set aside that were replayed.",
        [("table", count.table), ("rule", count.rule)], Double(count.replayed))
    }
  }

  private func addRuns(to file: inout GaugeFile) {
    let jobs = facts.endedByJob.sorted { $0.key < $1.key }
    func add(
      _ name: String, _ help: String, _ value: ([OperationFacts.KnownRun]) -> Double?
    ) {
      for (job, runs) in jobs {
        guard let value = value(runs) else { continue }
        file.add(name, help, [("job", job)], value)
      }
    }
    add("run_last_status", "Exit status of a job's last run; 137 of one that was lost.") {
      $0.last.map { Double($0.row.exitStatus ?? 137) }
    }
    add("run_last_end_seconds", "When a job's last run ended, in seconds since 1970.") {
      $0.last?.row.endedAt.map(Self.seconds)
    }
    add("run_last_success_seconds", "When a job last ended well, in seconds since 1970.") {
      $0.last { $0.state == .done }?.row.endedAt.map(Self.seconds)
    }
    add("run_last_duration_seconds", "How long a job's last run took.") {
      $0.last?.row.amounts.wallMicroseconds.map { Double($0) / 1e6 }
    }
    add("run_last_cpu_seconds", "How much of the processors a job's last run took.") {
      $0.last?.row.amounts.cpuMicroseconds.map { Double($0) / 1e6 }
    }
    add("run_last_peak_bytes", "How much memory a job's last run took at most.") {
      $0.last?.row.amounts.peakBytes.map(Double.init)
    }
    add("run_last_rows", "Rows that a job's last run wrote.") {
      $0.last?.row.amounts.rowsOut.map(Double.init)
    }
    let start = facts.now.adding(seconds: -86_400) ?? facts.now
    add("runs_failed_day", "Runs of a job that failed or were lost in the last day.") { runs in
      Double(runs.count { $0.state != .done && $0.row.startedAt > start })
    }
    add("runs_day", "Runs of a job in the last day.") { runs in
      Double(runs.count { $0.row.startedAt > start })
    }
    let running = facts.runs.filter { $0.state == .running }
    for run in running {
      file.add(
        "run_running_seconds", "How long a run has been running.", [("job", run.row.job)],
        Self.seconds(facts.now) - Self.seconds(run.row.startedAt))
    }
  }

  private func addDeadlines(to file: inout GaugeFile) {
    for (table, deadline) in facts.deadlines.sorted(by: { $0.key < $1.key }) {
      guard let due = deadline.last(before: facts.now) else { continue }
      let isMet = facts.isCurrent(table, since: deadline.opening(of: due), by: facts.now)
      file.add(
        "deadline_met", "Whether a table was built for its last deadline.", [("table", table)],
        isMet ? 1 : 0)
    }
  }

  private func addAlerts(to file: inout GaugeFile) {
    for severity in Severity.allCases {
      file.add(
        "alerts_open", "Open alerts that nothing else explains.",
        [("severity", severity.rawValue)],
        Double(alerts.count { $0.severity == severity && $0.foldedInto == nil }))
    }
    for channel in channels {
      file.add(
        "outbox_waiting", "Messages that wait for a channel.", [("channel", channel.channel)],
        Double(channel.waiting))
    }
    for channel in channels {
      file.add(
        "outbox_given_up", "Messages that a channel never took.", [("channel", channel.channel)],
        Double(channel.givenUp))
    }
  }

  private static func seconds(_ time: Timestamp) -> Double { Double(time.microseconds) / 1e6 }
}
