import Core
import Pages
import Runs

/// What ran, and what is wrong.
extension ReportPage {
  var night: Markup {
    guard !window.isEmpty else {
      return "<p>Nothing ran in the last day, as far as the ledger knows.</p>"
    }
    let path = DecidingRuns(facts).runs(among: window)
    return """
      <p>\(Markup.text(pathWords(path)))</p>
      \(Timeline(window, path: path.map(\.row.runID), time).markup)
      \(lastRuns)
      """
  }

  private func pathWords(_ path: [OperationFacts.KnownRun]) -> String {
    guard let first = path.first, let last = path.last else { return "" }
    let lengths = path.map { run in
      (run, (run.row.endedAt ?? run.row.startedAt).secondCount(since: run.row.startedAt))
    }
    guard let longest = lengths.max(by: { $0.1 < $1.1 }) else { return "" }
    let whole = spanText(from: first.row.startedAt, to: last.row.endedAt ?? last.row.startedAt)
    return "The way that decided when all was done took \(whole), by "
      + Self.joined(path.map(\.row.job).withoutRepeats) + ". The longest part was "
      + "\(longest.0.row.job), \(spanText(seconds: longest.1))."
  }

  /// The last run of each job.
  private var lastRuns: Markup {
    let jobs = facts.endedByJob.compactMap { job, runs in runs.last.map { (job, $0, runs) } }
      .sorted { $0.1.row.startedAt > $1.1.row.startedAt }.prefix(40)
    let rows = jobs.map { job, run, runs -> Markup in
      let amounts = run.row.amounts
      let seconds = runs.compactMap { $0.row.amounts.wallMicroseconds }.map { Double($0) / 1e6 }
      let usual = Usual(seconds, least: 3).map { spanText(seconds: Int64($0.middle)) } ?? ""
      let style = run.state == .done ? "good" : "bad"
      return """
        <tr><th scope="row">\(job)</th><td>\(time.short(run.row.startedAt))</td>\
        <td class="\(style)">\(outcome(run))</td>\
        <td class="n">\(amounts.wallMicroseconds.map(lengthText) ?? "")</td>\
        <td class="n">\(usual)</td><td class="n">\(amounts.rowsOut.map(grouped) ?? "")</td>\
        <td class="n">\(amounts.peakBytes.map(sizeText) ?? "")</td></tr>
        """
    }
    return table(
      "The last run of each job",
      ["Job", "Began", "Outcome", "#Took", "#Usually", "#Rows", "#Memory"], Array(rows))
  }

  private func lengthText(_ microseconds: Int) -> String {
    microseconds < 1_000_000
      ? "\(microseconds / 1_000) ms" : spanText(seconds: Int64(microseconds / 1_000_000))
  }

  private func outcome(_ run: OperationFacts.KnownRun) -> String {
    switch run.state {
    case .done: "done"
    case .running: "running"
    case .lost: "lost"
    case .failed: "failed, status \(run.row.exitStatus ?? 137)"
    }
  }

  var problems: Markup {
    guard !openAlerts.isEmpty else {
      return failedJobs.isEmpty && lateTables.isEmpty
        ? "<p>Nothing that any rule speaks of.</p>" : unalerted + channelTable
    }
    return Markup.joined(openAlerts.prefix(30).map(problem)) + channelTable
  }

  private func problem(_ alert: AlertRow) -> Markup {
    let facts = alert.message.facts.filter { $0.name != "since" }.map { fact -> Markup in
      "<dt>\(fact.name)</dt><dd>\(fact.value)</dd>"
    }
    let steps = alert.message.steps.map { step -> Markup in
      "<dt>\(step.meaning)</dt><dd><code>\(step.command)</code></dd>"
    }
    let said: Markup =
      alert.message.detail.isEmpty
      ? "" : "<p class=\"said\">\(fitted(alert.message.detail, 600))</p>"
    let seen =
      alert.ackedBy.map { "acknowledged by \($0)" } ?? "since \(since(alert)), nobody on it yet"
    return """
      <article class="problem \(alert.severity.rawValue)"><h3>\(alert.title)</h3>\
      <p class="soft">\(alert.severity.rawValue), \(seen)</p>\(said)\
      <dl>\(Markup.joined(facts + steps))</dl></article>

      """
  }

  private func since(_ alert: AlertRow) -> String { spanText(from: alert.openedAt, to: facts.now) }

  /// What is wrong though no alert speaks of it.
  private var unalerted: Markup {
    let failed = failedJobs.compactMap { job in facts.endedByJob[job]?.last }
    let parts = failed.map { run -> Markup in
      """
      <article class="problem"><h3>\(run.row.job) \(outcome(run))</h3>\
      <p class="said">\(fitted(run.row.cause ?? "", 600))</p>\
      <dl><dt>look</dt><dd><code>runs show \(run.row.runID)</code></dd></dl></article>

      """
    }
    let late = lateTables.map { table -> Markup in
      """
      <article class="problem warning"><h3>\(table) is late</h3>\
      <dl><dt>look</dt><dd><code>runs why \(quotedForShell(table))</code></dd></dl></article>

      """
    }
    return Markup.joined(parts + late)
  }

  private var channelTable: Markup {
    let rows = contents.channels.map { channel -> Markup in
      """
      <tr><th scope="row">\(channel.channel)</th><td class="n">\(channel.delivered)</td>\
      <td class="n">\(channel.waiting)</td>\
      <td class="n\(channel.isDead ? " bad" : "")">\(channel.givenUp)</td>\
      <td>\(channel.lastDelivered.map(time.short) ?? "never")</td></tr>
      """
    }
    return rows.isEmpty
      ? ""
      : table(
        "What was told, by channel",
        ["Channel", "#Delivered", "#Waiting", "#Given up", "Last delivered"], rows)
  }

  /// A table; heads that begin with `#` stand over numbers. The caption of one that has a title
  /// already is heard and not seen.
  func table(
    _ caption: String, _ heads: [String], _ rows: [Markup], isTitled: Bool = false
  ) -> Markup {
    let cells = heads.map { head -> Markup in
      head.hasPrefix("#")
        ? "<th scope=\"col\" class=\"n\">\(head.dropFirst())</th>"
        : "<th scope=\"col\">\(head)</th>"
    }
    let style: Markup = isTitled ? " class=\"unseen\"" : ""
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table>\
      <caption\(style)>\(caption)</caption><thead><tr>\(Markup.joined(cells))</tr></thead>
      <tbody>
      \(Markup.joined(rows.map { $0 + "\n" }))</tbody></table></div>
      """
  }
}
