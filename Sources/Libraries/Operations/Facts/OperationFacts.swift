package import Core
package import Governance
package import Runs

/// What is known of the last days: who ran and how it ended, what run events tell, how the tables
/// stand. Problems, gauges and the report are worked out from these, and read nothing themselves.
package struct OperationFacts: Sendable {
  /// A run, and how it stands with it.
  package struct KnownRun: Sendable {
    package var row: RunRow
    package var state: RunState

    package init(_ row: RunRow, _ state: RunState) {
      self.row = row
      self.state = state
    }
  }

  package var now: Timestamp
  /// The runs of the last days, the oldest first.
  package var runs: [KnownRun] = []
  /// The run events of the last days, the oldest first.
  package var events: [RunEvent] = []
  package var tables: [TableState] = []
  /// The tables that a table is made from.
  package var inputs: [String: [String]] = [:]
  package var setAside: [SetAside] = []
  /// When tables are due, by name.
  package var deadlines: [String: Deadline] = [:]
  /// Whom tables belong to.
  package var owners: [String: String] = [:]
  /// What is at stake in a table, in words: `41,208.50 EUR`.
  package var worth: [String: String] = [:]
  /// What the reports of drills say; none where nobody ever drilled.
  package var drills: [DrillLine] = []
  /// Members that facts named and no source has described yet, the oldest first.
  package var waitingMembers: [WaitingMembers] = []
  /// The machine and the lake, for people.
  package var source = ""

  package init(now: Timestamp) { self.now = now }

  /// Rows of a table that were set aside by one rule.
  package struct SetAside: Sendable {
    package var table: String
    package var rule: String
    package var waiting: Int
    package var replayed: Int
    package var first: Timestamp?
    package var last: Timestamp?

    package init(
      table: String, rule: String, waiting: Int, replayed: Int, first: Timestamp?,
      last: Timestamp?
    ) {
      self.table = table
      self.rule = rule
      self.waiting = waiting
      self.replayed = replayed
      self.first = first
      self.last = last
    }
  }

  /// Members of one dimension that facts named at one moment.
  package struct WaitingMembers: Equatable, Sendable {
    package var table: String
    package var since: Timestamp
    package var count: Int

    package init(table: String, since: Timestamp, count: Int) {
      self.table = table
      self.since = since
      self.count = count
    }
  }

  /// How a table stands.
  package struct TableState: Sendable {
    package var name: String
    package var layer: String
    package var version: String?
    /// When it last changed; nil for one that is not built yet.
    package var changed: Timestamp?
    package var rowCount: Int?
    package var byteCount: Int?
    package var fileCount: Int?
    /// Files of the tables it reads that it has not taken yet.
    package var backlog: Int?

    package init(_ name: String, layer: String) {
      self.name = name
      self.layer = layer
    }
  }
}

extension OperationFacts {
  /// Every table that `table` is made from, at whatever distance, the nearest first.
  package func ancestors(of table: String) -> [String] {
    var found: [String] = []
    var border = [table]
    while !border.isEmpty {
      border =
        border.flatMap { inputs[$0] ?? [] }
        .filter { $0 != table && !found.contains($0) }.withoutRepeats
      found += border
    }
    return found
  }

  /// Every table that is made from `table`, at whatever distance, sorted.
  package func descendants(of table: String) -> [String] {
    inputs.keys.filter { ancestors(of: $0).contains(table) }.sorted()
  }

  /// The tables that a run wrote, or was to write.
  package func tables(of run: RunRow) -> [String] {
    if inputs[run.job] != nil || tables.contains(where: { $0.name == run.job }) {
      return [run.job]
    }
    return run.versionsOut.keys.sorted()
  }

  /// The runs that ended, by job, the oldest first.
  package var endedByJob: [String: [KnownRun]] {
    Dictionary(grouping: runs.filter { $0.state != .running }, by: \.row.job)
  }

  /// When `table` was last known to be up to date by a time: by its own change, or by a run that
  /// found nothing to do.
  package func lastBuilt(_ table: String, by time: Timestamp) -> Timestamp? {
    let changed = tables.first { $0.name == table }?.changed.flatMap { $0 <= time ? $0 : nil }
    let layer = String(table.prefix { $0 != "." })
    let builders = Self.builders[layer] ?? []
    let ran = runs.last { run in
      run.state == .done && (run.row.job == table || builders.contains(run.row.job))
        && run.row.endedAt.map { $0 <= time } ?? false
    }?.row.endedAt
    let told = events.last { event in
      event.state == .complete && event.time <= time
        && event.outputs.contains { $0.name.name == table }
    }?.time
    return [changed, ran, told].compactMap { $0 }.max()
  }

  /// Whether `table` is up to date with what there was from `opening` on: it was built since, and
  /// nothing that it is made from failed to be.
  package func isCurrent(_ table: String, since opening: Timestamp, by time: Timestamp) -> Bool {
    guard let built = lastBuilt(table, by: time), built >= opening else { return false }
    let above = ancestors(of: table)
    let layers = Set(above.map { String($0.prefix { $0 != "." }) })
    let jobs = layers.reduce(into: Set(above)) { $0.formUnion(Self.layerTools[$1] ?? []) }
    return !endedByJob.contains { job, runs in
      guard jobs.contains(job), let last = runs.last(where: { $0.row.startedAt <= time }) else {
        return false
      }
      return last.state != .done && last.row.startedAt >= opening
    }
  }

  /// The jobs without which no table of a layer is up to date. What takes data in is none: a source
  /// that is away keeps no table from being built from the others.
  private static let layerTools: [String: Set<String>] = [
    "silver": ["bronze-to-silver", "bronze2silver"], "gold": ["silver-to-gold", "silver2gold"],
  ]

  /// The tables of the layers that a job brings up to date as a whole.
  func tables(builtBy job: String) -> [String] {
    let layers = Self.builders.filter { $0.value.contains(job) }.map(\.key)
    return tables.filter { layers.contains($0.layer) }.map(\.name)
  }

  /// The jobs that bring a whole layer up to date.
  private static let builders: [String: Set<String>] = [
    "bronze": [
      "refresh", "ingestion", "stream-intake", "batch-files", "change-capture", "ingest-pos",
      "ingest-files", "cdc-extract",
    ],
    "silver": ["refresh", "full-refresh", "transformation", "bronze-to-silver", "bronze2silver"],
    "gold": ["refresh", "full-refresh", "transformation", "silver-to-gold", "silver2gold"],
    "warehouse": [
      "refresh", "full-refresh", "warehouse", "dimensions", "facts", "load-dims", "load-facts",
    ],
  ]
}
