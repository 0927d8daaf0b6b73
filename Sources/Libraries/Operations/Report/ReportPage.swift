package import Core
import Pages
import Runs

/// The report of one night: one page that needs no script and no other file.
package struct ReportPage {
  /// What the page is made of, besides the facts.
  package struct Contents: Sendable {
    package var alerts: [AlertRow] = []
    package var channels: [Outbox.Standing] = []
    /// The parts of the lake on disk, in bytes.
    package var parts: [(name: String, byteCount: Int)] = []
    package var disk: (free: Int, size: Int)?
    /// The answers that `report.yml` asks for; nil where one could not be had, with the reason.
    package var glances: [(glance: ReportPlan.Glance, answer: AnswerTable?, reason: String)] = []

    package init() {}
  }

  let facts: OperationFacts
  let plan: ReportPlan
  let contents: Contents
  let time: ReportTime
  /// Where the catalog's site lies, from where the page will lie: `../catalog/`; nil without one.
  package var catalogAddress: String?

  package init(_ facts: OperationFacts, _ plan: ReportPlan, _ contents: Contents) {
    self.facts = facts
    self.plan = plan
    self.contents = contents
    time = ReportTime(zone: plan.zone, now: facts.now)
  }

  /// The day that the report is of, by its zone.
  package var day: CivilDate { time.date(facts.now) }

  /// The page, whole.
  package var html: String {
    let sections = [
      ("glance", "At a glance", glances), ("night", "The night", night),
      ("problems", "What is wrong", problems), ("fresh", "Freshness", freshness),
      ("quality", "Quality", quality), ("aside", "Set aside", setAside),
      ("volumes", "What came in", volumes), ("storage", "Storage and what is to come", storage),
      ("proof", "What would come back", proof), ("lineage", "What is made from what", lineage),
    ].filter { !$0.2.html.isEmpty }
    let links = sections.map { id, title, _ -> Markup in
      "<li><a href=\"#\(id)\">\(title)</a></li>"
    }
    let bodies = sections.map { id, title, body -> Markup in
      "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title)</h2>\(body)</section>\n"
    }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(plan.title), \(day.description)</title>
      <style>
      \(Markup(stringLiteral: PageStyle.css))
      </style>
      </head>
      <body>
      <header>
      <p class="eyebrow">\(time.long(facts.now)), \(time.clock(facts.now)) \(plan.zoneName)</p>
      <h1>\(plan.title)</h1>
      <p class="verdict">\(verdict)</p>
      \(tiles)
      <nav aria-label="sections"><ul>\(Markup.joined(links))</ul></nav>
      </header>
      <main>
      \(Markup.joined(bodies))</main>
      <footer><p>\(facts.source). Medallion \(Medallion.version).</p></footer>
      </body>
      </html>

      """
    return page.html
  }

  /// Alerts that nothing else explains, the worst first; those of channels behind the others.
  var openAlerts: [AlertRow] {
    let open = contents.alerts.filter { $0.resolvedAt == nil && $0.foldedInto == nil }
    let channel = AlertRule.Condition.undelivered.rawValue
    return open.filter { $0.condition != channel } + open.filter { $0.condition == channel }
  }

  /// The runs of the last night: those of the last 24 hours.
  var window: [OperationFacts.KnownRun] {
    let start = facts.now.adding(seconds: -86_400) ?? facts.now
    return facts.runs.filter { $0.row.startedAt >= start }
  }

  private var verdict: Markup {
    let failed = failedJobs
    let late = lateTables
    guard !openAlerts.isEmpty || !failed.isEmpty || !late.isEmpty else {
      return """
        <strong class="good">All is well.</strong> Every job ended as it should, every table that \
        is due is there.
        """
    }
    var words: [String] = []
    if !failed.isEmpty { words.append("\(Self.joined(failed)) failed") }
    if !late.isEmpty { words.append("\(Self.joined(late)) \(late.count == 1 ? "is" : "are") late") }
    if words.isEmpty { words.append("\(counted(openAlerts.count, "alert")) open") }
    return """
      <strong class="bad">Not all is well.</strong> \(Markup.text(words.joined(separator: "; "))). \
      <a href="#problems">What is wrong</a> says since when, and what to do.
      """
  }

  /// Jobs whose last run did not end well.
  var failedJobs: [String] {
    facts.endedByJob.filter { _, runs in
      guard let last = runs.last, last.state != .done else { return false }
      // A whole fails with its part, which says more.
      return !facts.runs.contains { part in
        part.row.parentRunID == last.row.runID && part.state != .done && part.state != .running
      }
    }.map(\.key).sorted()
  }

  /// Tables that were not built by their last deadline.
  var lateTables: [String] {
    facts.deadlines.filter { table, deadline in
      guard let due = deadline.last(before: facts.now) else { return false }
      return !facts.isCurrent(table, since: deadline.opening(of: due), by: facts.now)
    }.map(\.key).sorted()
  }

  private var tiles: Markup {
    let ended = window.filter { $0.state != .running }
    let good = ended.count { $0.state == .done }
    let rows = rowsIn(lastDays: 1)
    let waiting = facts.setAside.reduce(0) { $0 + $1.waiting }
    let built = facts.tables.count { $0.changed != nil }
    var tiles: [(name: String, value: Markup, note: String)] = [
      (
        "Runs", "\(good)<span class=\"soft\"> / \(ended.count)</span>",
        ended.isEmpty ? "none in the last day" : "ended well in the last day"
      ),
      ("Rows in", "\(grouped(rows))", "into bronze in the last day"),
      (
        "Tables", "\(built)<span class=\"soft\"> / \(facts.tables.count)</span>",
        lateTables.isEmpty ? "built, none late" : "built, \(lateTables.count) late"
      ),
      ("Set aside", "\(grouped(waiting))", "rows wait to be mended"),
      ("Alerts", "\(openAlerts.count)", openAlerts.isEmpty ? "none open" : "open"),
    ]
    if let disk = contents.disk {
      let used = disk.size > 0 ? 100 - disk.free * 100 / disk.size : 0
      tiles.append(("Disk", "\(used) %", "\(sizeText(disk.free)) free"))
    }
    let items = tiles.map { tile -> Markup in
      "<div><dt>\(tile.name)</dt><dd>\(tile.value)<small>\(tile.note)</small></dd></div>"
    }
    return "<dl class=\"tiles\">\(Markup.joined(items))</dl>"
  }

  static func joined(_ names: [String]) -> String {
    names.count > 4
      ? names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
      : names.joined(separator: ", ")
  }
}
