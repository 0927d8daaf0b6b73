import Core
import Governance
import Runs
import TestSupport
import Testing

@testable import Operations

/// The page is whole without script or other files, and no name is more than a name.
@Suite struct ReportPageTests {
  private let time = Timestamp.ofTests
  private static let hostile = "</title><script>alert(\"1\")</script>&'\u{202E}x\u{0}"

  private func page(_ name: String) throws -> String {
    var facts = OperationFacts(now: time)
    facts.source = name
    for layer in ["bronze", "silver", "gold"] {
      var state = OperationFacts.TableState("\(layer).\(name)", layer: layer)
      (state.changed, state.rowCount) = (time, 7)
      facts.tables.append(state)
    }
    facts.inputs = ["silver.\(name)": ["bronze.\(name)"], "gold.\(name)": ["silver.\(name)"]]
    facts.setAside = [
      .init(table: name, rule: name, waiting: 3, replayed: 1, first: time, last: time)
    ]
    facts.worth = [name: name]
    var drill = DrillLine(time: time, scope: "part", verdict: "failed", path: name)
    (drill.wrong, drill.known) = ([name], ["gold.\(name)", name])
    facts.drills.append(drill)
    facts.deadlines = ["gold.\(name)": try Deadline("06:30 UTC", at: Place("a"))]
    for (index, status) in [0, 1, 0].enumerated() {
      var row = RunRow("\(name)\(index)", job: name, command: [name], startedAt: time)
      row.startedAt = try #require(time.adding(seconds: Int64(index) * 100 - 3_600))
      row.endedAt = row.startedAt.adding(seconds: 60)
      row.exitStatus = status
      row.cause = name
      facts.runs.append(.init(row, status == 0 ? .done : .failed))
    }
    let output = LineageDataset(
      DatasetName("bronze.\(name)"),
      facts: Facets().adding(OutputStatisticsFacet(DataSize(rowCount: 5, byteCount: 9)))
        .adding(DataQualityAssertionsFacet([.init(name, name, holds: false, violationCount: 2)])))
    facts.events = [
      RunEvent(
        .complete, at: time, run: Run(RunID(naming: "r")), job: Job(name, in: "medallion"),
        outputs: [output])
    ]
    var contents = ReportPage.Contents()
    contents.parts = [(name, 12)]
    contents.disk = (5 << 30, 10 << 30)
    for chart in ReportPlan.Glance.Chart.allCases {
      var glance = ReportPlan.Glance(title: name, queryFile: name)
      glance.chart = chart
      glance.note = name
      let answer = AnswerTable([name, name], [[name, "1"], [name, "2"]])
      contents.glances.append((glance, chart == .table ? nil : answer, name))
      contents.glances.append((glance, answer, ""))
    }
    let problem = Problem(
      AlertRule(.failed, at: Place("a")), subject: name, table: name, cause: name, title: name,
      since: time, lastSeen: time)
    contents.alerts = [
      AlertRow(
        problem,
        AlertMessage(
          id: "1", .trigger, .error, title: name, detail: name, facts: [.init(name, name)],
          steps: [.init(name, name)], source: name, since: time, at: time))
    ]
    var plan = ReportPlan()
    plan.title = name
    return ReportPage(facts, plan, contents).html
  }

  @Test func `the page tells what drills have proven, and what none ever has`() {
    var facts = OperationFacts(now: time)
    #expect(!ReportPage(facts, ReportPlan(), .init()).html.contains("What would come back"))
    func drill(_ daysAgo: Int64, _ scope: String, _ verdict: String) -> DrillLine {
      var line = DrillLine(
        time: time.adding(seconds: -daysAgo * 86_400)!, scope: scope, verdict: verdict, path: "x")
      line.known = ["gold.a", "gold.b", "silver.c"]
      return line
    }
    var part = drill(9, "part", "proven")
    part.proven = ["gold.a"]
    (part.recoveryPoint, part.recoveryTime) = (3_600, 12.4)
    var broken = drill(1, "whole", "failed")
    broken.wrong = ["it is restored: no room"]
    facts.drills = [part, broken]
    let html = ReportPage(facts, ReportPlan(), .init()).html
    #expect(html.contains("What would come back"))
    #expect(html.contains("came to <span class=\"bad\">failed</span>: it is restored: no room."))
    #expect(html.contains("1 table of 3 was proven by some drill; never: gold.b, silver.c."))
    #expect(html.contains("<span class=\"bad\">never</span>"))
    #expect(html.contains("RPO \(spanText(seconds: 3_600)), RTO \(spanText(seconds: 12))"))
  }

  @Test func `a hostile name is a text wherever it stands`() throws {
    let html = try page(Self.hostile)
    #expect(!html.contains("<script"))
    #expect(!html.contains("alert(\""))
    #expect(!html.contains("\u{202E}") && !html.contains("\u{0}"))
    #expect(html.contains("&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"))
    // The same elements as with a harmless name.
    let tags = try Regex("<[a-z/][^>]*>")
    #expect(html.matches(of: tags).count == (try page("x")).matches(of: tags).count)
  }

  @Test func `the page needs nothing else, and says its language, title and sections`() throws {
    let html = try page("x")
    for sign in ["http://", "https://", "<script", "<link", "<img", "@import", "url("] {
      #expect(!html.contains(sign), "\(sign)")
    }
    #expect(html.contains("<html lang=\"en\">"))
    #expect(html.matches(of: try Regex("<h1>")).count == 1)
    let levels = html.matches(of: try Regex("<h([1-6])")).map { $0.output[1].substring ?? "" }
    for (above, below) in zip(levels, levels.dropFirst()) {
      #expect((Int(below) ?? 0) <= (Int(above) ?? 0) + 1)
    }
    // Each drawing says what it shows.
    for drawing in html.split(separator: "<svg").dropFirst() {
      let head = drawing.prefix { $0 != ">" }
      #expect(
        head.contains("aria-hidden") || head.contains("role=\"img\"") && drawing.contains("<title"))
    }
    #expect(html.utf8.count < 300_000)
  }

  @Test func `an archive keeps a page a day, and knows them all`() throws {
    let work = Workdir()
    let archive = ReportArchive(work.file("r"), LocalFileSystem())
    for day in ["2026-02-28", "2026-03-01", "2026-03-01"] {
      try archive.keep(day, of: try #require(CivilDate(isoText: day)), title: Self.hostile)
    }
    #expect(
      try LocalFileSystem().list(work.file("r")) == [
        "2026-02-28.html", "2026-03-01.html", "index.html",
      ])
    let index = String(
      decoding: try LocalFileSystem().read(work.file("r/index.html")), as: UTF8.self)
    #expect(index.matches(of: try Regex("<li><a href=\"2026-0[23]-")).count == 2)
    #expect(!index.contains("<script"))
  }
}
