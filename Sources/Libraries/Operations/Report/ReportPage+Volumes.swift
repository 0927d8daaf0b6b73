import Core
import Governance
import Pages

/// How much there is, and how much there will be.
extension ReportPage {
  /// Rows that came into bronze in the last days.
  func rowsIn(lastDays count: Int) -> Int {
    let start = facts.now.adding(seconds: -Int64(count) * 86_400) ?? facts.now
    return facts.events.filter { $0.time > start && $0.state == .complete }
      .flatMap(\.outputs).filter { $0.name.name.hasPrefix("bronze.") }
      .reduce(0) { $0 + ($1.facts[OutputStatisticsFacet.self]?.rowCount ?? 0) }
  }

  var volumes: Markup {
    var found: [String: [CivilDate: Int]] = [:]
    for event in facts.events where event.state == .complete {
      for output in event.outputs where output.name.name.hasPrefix("bronze.") {
        let rows = output.facts[OutputStatisticsFacet.self]?.rowCount ?? 0
        found[output.name.name, default: [:]][time.date(event.time), default: 0] += rows
      }
    }
    guard !found.isEmpty else { return "" }
    let days = days
    let figures = found.sorted { $0.key < $1.key }.prefix(24).map { name, byDay -> Markup in
      let counts = days.map { byDay[$0] ?? 0 }
      let today = counts.last ?? 0
      let usual = Usual(counts.dropLast().filter { $0 > 0 }.map(Double.init), least: 3)
      let words = usual.map { ", usually \(grouped(Int($0.middle)))" } ?? ""
      let bars = zip(days, counts).map { day, count in
        (time.day(day), Double(count), "\(time.day(day)): \(grouped(count)) rows")
      }
      return """
        <figure><h3>\(name)</h3>\
        \(BarChart(title: "rows a day into \(name)", bars: bars, width: 240).markup)\
        <figcaption>\(grouped(today)) rows today\(words)</figcaption></figure>
        """
    }
    return "<div class=\"multiples\">\(Markup.joined(Array(figures)))</div>"
  }

  var storage: Markup {
    let parts = contents.parts.filter { $0.byteCount > 0 }.sorted { $0.byteCount > $1.byteCount }
    guard !parts.isEmpty else { return "" }
    let total = parts.reduce(0) { $0 + $1.byteCount }
    let rows = parts.map { part -> Markup in
      """
      <tr><th scope="row">\(part.name)</th><td class="n">\(sizeText(part.byteCount))</td>\
      <td class="n">\(part.byteCount * 100 / max(1, total)) %</td></tr>
      """
    }
    let shares = parts.map { part in
      (part.name, Double(part.byteCount), "\(part.name): \(sizeText(part.byteCount))")
    }
    return """
      <p>\(Markup.text(forecast(total)))</p>
      <figure>\(ShareBar(title: "storage by part of the lake", parts: shares).markup)</figure>
      \(table("On disk", ["Part", "#Size", "#Share"], rows))
      """
  }

  /// When disk and night come to their ends if all goes on as in the days shown.
  private func forecast(_ total: Int) -> String {
    var words = ["The lake takes \(sizeText(total))."]
    var byDay: [CivilDate: Int] = [:]
    for event in facts.events where event.state == .complete {
      for output in event.outputs {
        byDay[time.date(event.time), default: 0] +=
          output.facts[OutputStatisticsFacet.self]?.size.byteCount ?? 0
      }
    }
    if let disk = contents.disk, let trend = Usual(byDay.values.map(Double.init), least: 3),
      trend.middle >= 1
    {
      let left = Int(min(Double(disk.free) / trend.middle, 100_000))
      words.append(
        "About \(sizeText(Int(trend.middle))) are written on a day with work; at that rate the "
          + "disk is full in "
          + (left > 3_650 ? "more than ten years." : "\(counted(left, "day"))."))
    } else {
      words.append("There are too few days yet to say when the disk will be full.")
    }
    return words.joined(separator: " ")
  }

  var lineage: Markup {
    guard !facts.inputs.isEmpty else { return "" }
    var troubles: [String: String] = [:]
    for table in lateTables { troubles[table] = "warn" }
    for alert in openAlerts { if let table = alert.table { troubles[table] = "bad" } }
    return LineageDrawing(facts, troubles: troubles).markup
  }

  var glances: Markup {
    Markup.joined(contents.glances.map(glance))
  }

  private func glance(
    _ glance: ReportPlan.Glance, _ answer: AnswerTable?, _ reason: String
  ) -> Markup {
    let note: Markup = glance.note.map { "<p class=\"soft\">\($0)</p>" } ?? ""
    guard let answer else {
      return "<h3>\(glance.title)</h3>\(note)<p class=\"bad\">\(reason)</p>"
    }
    return "<h3>\(glance.title)</h3>\(note)\(drawn(glance, answer))"
  }

  private func drawn(_ glance: ReportPlan.Glance, _ answer: AnswerTable) -> Markup {
    let points = answer.rows.compactMap { row -> (String, Double, String)? in
      guard row.count >= 2, let value = Double(parsing: row[1]) else { return nil }
      return (row[0], value, "\(row[0]): \(row[1])")
    }
    switch glance.chart {
    case .bars where !points.isEmpty:
      var chart = BarChart(title: glance.title, bars: points.map { ($0.0, $0.1, $0.2) })
      (chart.width, chart.height) = (720, 170)
      return "<figure>\(chart.markup)</figure>"
    case .line where !points.isEmpty:
      let chart = LineChart(title: glance.title, points: points.map { ($0.0, $0.1) })
      return "<figure>\(chart.markup)</figure>"
    default: return answerTable(glance.title, answer)
    }
  }

  private func answerTable(_ title: String, _ answer: AnswerTable) -> Markup {
    let isNumber = answer.names.indices.map { column in
      answer.rows.allSatisfy {
        column < $0.count && ($0[column].isEmpty || Double(parsing: $0[column]) != nil)
      }
    }
    let rows = answer.rows.prefix(60).map { row -> Markup in
      let cells = row.enumerated().map { column, text -> Markup in
        column == 0
          ? "<th scope=\"row\">\(text)</th>"
          : isNumber[column] ? "<td class=\"n\">\(text)</td>" : "<td>\(text)</td>"
      }
      return "<tr>\(Markup.joined(cells))</tr>"
    }
    let heads = zip(answer.names, isNumber).enumerated().map { column, head in
      (column > 0 && head.1 ? "#" : "") + head.0.replacing("_", with: " ")
    }
    return table(title, heads, Array(rows), isTitled: true)
  }
}
