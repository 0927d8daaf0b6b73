import Core
import Runs
import Testing

@testable import Operations

/// The file is what node_exporter's textfile collector reads without losing a series.
@Suite struct GaugeFileTests {
  @Test func `gauges stand together, below one help and one type, and end with a mark`() {
    var file = GaugeFile()
    file.add("rows", "Rows.", [("table", "a\\b\"c\nd"), ("layer", "gold")], 12)
    file.add("age", "Age.", [], 1.5)
    file.add("rows", "Other words.", [("table", "e"), ("layer", "gold")], .nan)
    #expect(
      file.text == """
        # HELP medallion_rows Rows.
        # TYPE medallion_rows gauge
        medallion_rows{table="a\\\\b\\"c\\nd",layer="gold"} 12
        medallion_rows{table="e",layer="gold"} NaN
        # HELP medallion_age Age.
        # TYPE medallion_age gauge
        medallion_age 1.5
        # EOF

        """)
  }

  @Test func `every line of a whole lake's gauges has the collector's grammar`() throws {
    let time = try #require(Timestamp(rfc3339Text: "2026-03-01T06:00:00Z"))
    var facts = OperationFacts(now: time)
    var state = OperationFacts.TableState("gold.\"x\\", layer: "gold")
    (state.changed, state.rowCount, state.byteCount, state.backlog) = (time, 7, 1 << 40, 0)
    facts.tables = [state, OperationFacts.TableState("silver.unbuilt", layer: "silver")]
    facts.setAside = [
      .init(table: "silver.a", rule: "r\n", waiting: 3, replayed: 1, first: time, last: time)
    ]
    facts.deadlines = ["gold.x": try Deadline("06:30 UTC", at: Place("a"))]
    for (job, status) in [("a", 0), ("b", 1)] {
      var row = RunRow(job, job: job, command: [], startedAt: time)
      row.endedAt = time
      row.exitStatus = status
      row.amounts.wallMicroseconds = 1_500_000
      facts.runs.append(.init(row, status == 0 ? .done : .failed))
    }
    let text = LakeGauges(facts, alerts: [], channels: [])
      .file(layers: [("bronze", 12)], disk: (5, 10)).text
    let lines = text.split(separator: "\n")
    #expect(lines.last == "# EOF")
    #expect(text.hasSuffix("\n"))
    var typed: [Substring] = []
    let series = try Regex(
      #"^([a-z_]+)(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? ([0-9.e+-]+|NaN|[+-]Inf)$"#)
    for line in lines.dropLast() {
      if line.hasPrefix("# HELP ") { continue }
      if line.hasPrefix("# TYPE ") {
        let words = line.split(separator: " ")
        #expect(words.count == 4 && words[3] == "gauge")
        #expect(!typed.contains(words[2]), "\(words[2]) stands twice")
        typed.append(words[2])
        continue
      }
      let found = try #require(try series.wholeMatch(in: String(line)), "\(line)")
      #expect(found.output[1].substring == typed.last)
    }
    #expect(typed.count > 15)
  }
}
