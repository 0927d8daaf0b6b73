import Core
import Pages
import Runs

/// The last night's runs on one line of time, a row a job, with the way that decided when all was
/// done.
struct Timeline {
  private static let rowHeight = 22.0
  private static let nameWidth = 190.0
  private static let width = 960.0
  private static let mostRows = 40
  /// A job that runs all day has no more bars than the eye can tell apart.
  private static let mostBars = 120

  private let time: ReportTime
  private let runs: [OperationFacts.KnownRun]
  private let critical: Set<String>
  private let start: Timestamp
  private let end: Timestamp

  /// `runs` are those of the window, `path` the identities of the runs that decided.
  init(_ runs: [OperationFacts.KnownRun], path: [String], _ time: ReportTime) {
    self.runs = runs
    self.time = time
    critical = Set(path)
    start = runs.map(\.row.startedAt).min() ?? time.now
    end = max(
      runs.map { $0.row.endedAt ?? ($0.state == .running ? time.now : $0.row.startedAt) }.max()
        ?? time.now, start.adding(seconds: 60) ?? start)
  }

  private var jobs: [(name: String, runs: [OperationFacts.KnownRun])] {
    var order: [String] = []
    var byJob: [String: [OperationFacts.KnownRun]] = [:]
    for run in runs {
      if byJob[run.row.job] == nil { order.append(run.row.job) }
      byJob[run.row.job, default: []].append(run)
    }
    return order.prefix(Self.mostRows).map { ($0, byJob[$0] ?? []) }
  }

  var markup: Markup {
    let jobs = jobs
    let height = Double(jobs.count) * Self.rowHeight + 26
    let rows = jobs.enumerated().map { row(Double($0.offset) * Self.rowHeight, $0.element) }
    let summary =
      "\(counted(runs.count, "run")) of \(counted(jobs.count, "job")), from "
      + "\(time.clock(start)) to \(time.clock(end))"
    return """
      <figure><div class="scroll wide" tabindex="0" role="region" aria-label="timeline of runs">\
      <svg viewBox="0 0 \(Self.width) \(height)" role="img" aria-labelledby="timeline-title">\
      <title id="timeline-title">\(summary)</title>\
      \(ticks(height))\(Markup.joined(rows))</svg></div>\(key)</figure>
      """
  }

  private func row(
    _ top: Double, _ job: (name: String, runs: [OperationFacts.KnownRun])
  ) -> Markup {
    let bars = job.runs.suffix(Self.mostBars).map { bar(top, $0) }
    let base = top + 15
    return """
      <text x="0" y="\(base)">\(fitted(job.name, 28))</text>\
      <path class="rule" d="M\(Self.nameWidth) \(top + Self.rowHeight)H\(Self.width)"/>\
      \(Markup.joined(bars))
      """
  }

  private func bar(_ top: Double, _ run: OperationFacts.KnownRun) -> Markup {
    let left = position(run.row.startedAt)
    let until = run.row.endedAt ?? (run.state == .running ? time.now : run.row.startedAt)
    let width = max(2, position(until) - left)
    let mark = critical.contains(run.row.runID) ? " critical" : ""
    let length = spanText(from: run.row.startedAt, to: until)
    let rows = run.row.amounts.rowsOut.map { ", \(grouped($0)) rows" } ?? ""
    let cause = run.row.cause.map { ": \(fitted($0, 200))" } ?? ""
    let words =
      "\(run.row.job): \(run.state.rawValue), \(time.clock(run.row.startedAt)) to "
      + "\(time.clock(until)), \(length)\(rows)\(cause)"
    return """
      <rect class="\(run.state.rawValue)\(mark)" x="\(left)" y="\(top + 4)" width="\(width)" \
      height="\(Self.rowHeight - 8)" rx="2"><title>\(words)</title></rect>
      """
  }

  private func ticks(_ height: Double) -> Markup {
    let seconds = end.exactSeconds(since: start)
    let steps: [Int64] = [10, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400]
    let step = steps.first { seconds / Double($0) <= 8 } ?? 172_800
    var marks: [Markup] = []
    var at = start.floored(to: step &* Timestamp.microsecondsPerSecond) ?? start
    while at <= end, marks.count < 30 {
      if at >= start {
        let x = position(at)
        let words = step < 60 ? "\(time.clock(at)):\(secondText(at))" : time.clock(at)
        marks.append(
          """
          <path class="rule" d="M\(x) 0V\(height - 20)"/>\
          <text class="tick" text-anchor="middle" x="\(x)" y="\(height - 5)">\(words)</text>
          """)
      }
      guard let next = at.adding(seconds: step) else { break }
      at = next
    }
    return Markup.joined(marks)
  }

  private func secondText(_ time: Timestamp) -> String {
    padded(Int(time.microsecondOfDay / Timestamp.microsecondsPerSecond % 60), 2)
  }

  private func position(_ time: Timestamp) -> Double {
    let whole = end.exactSeconds(since: start)
    let part = min(max(time, start), end).exactSeconds(since: start)
    return Self.nameWidth + (Self.width - Self.nameWidth - 24) * part / whole
  }

  private var key: Markup {
    let words = [
      ("done", "done"), ("failed", "failed or lost"), ("running", "running"),
      ("idle critical", "decided when all was done"),
    ]
    let items = words.map { style, meaning -> Markup in
      """
      <li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="\(style)" x="1" y="1" \
      width="10" height="10" rx="2"/></svg>\(meaning)</li>
      """
    }
    return "<ul class=\"key\">\(Markup.joined(items))</ul>"
  }
}

/// The runs, one after the other, that decided when the night was over.
struct DecidingRuns {
  private let facts: OperationFacts

  init(_ facts: OperationFacts) { self.facts = facts }

  /// The runs on it, the first first, of the greatest whole that ran: its last part ends it, and
  /// before each comes the one that ended last before it began, of those that it needs, or where
  /// that is not known of all.
  func runs(among window: [OperationFacts.KnownRun]) -> [OperationFacts.KnownRun] {
    let ended = window.filter { $0.row.endedAt != nil }
    guard let whole = ended.max(by: { length($0) < length($1) }) else { return [] }
    let parts = below(whole, in: ended)
    let leaves = parts.filter { part in
      !parts.contains { $0.row.parentRunID == part.row.runID }
    }
    guard var current = leaves.max(by: { end($0) < end($1) }) else { return [whole] }
    var path = [current]
    while path.count < 100 {
      let start = current.row.startedAt
      let before = leaves.filter { end($0) <= start && $0.row.runID != current.row.runID }
      let needed = before.filter { needs(current.row.job).contains($0.row.job) }
      guard
        let next = (needed.isEmpty ? before : needed).max(by: { end($0) < end($1) }),
        !path.contains(where: { $0.row.runID == next.row.runID })
      else { break }
      path.append(next)
      current = next
    }
    return path.reversed()
  }

  private func below(
    _ whole: OperationFacts.KnownRun, in runs: [OperationFacts.KnownRun]
  ) -> [OperationFacts.KnownRun] {
    var names: Set<String> = [whole.row.runID]
    // Parts begin after what they are parts of.
    return runs.filter { run in
      guard let parent = run.row.parentRunID, names.contains(parent) else { return false }
      return names.insert(run.row.runID).inserted
    }
  }

  private func length(_ run: OperationFacts.KnownRun) -> Int64 {
    end(run).secondCount(since: run.row.startedAt)
  }

  private func needs(_ job: String) -> Set<String> { Set(facts.inputs[job] ?? []) }

  private func end(_ run: OperationFacts.KnownRun) -> Timestamp {
    run.row.endedAt ?? run.row.startedAt
  }
}
