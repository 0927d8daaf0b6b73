import Core
import Governance
import Pages

/// How the tables stand.
extension ReportPage {
  var freshness: Markup {
    let late = Set(lateTables)
    let rows = facts.tables.sorted { ($0.layer, $0.name) < ($1.layer, $1.name) }.map { state in
      row(state, isLate: late.contains(state.name))
    }
    return rows.isEmpty
      ? ""
      : table(
        "Every table, and when it last changed",
        ["Table", "Changed", "#Age", "#Rows", "#Size", "#To take", "Due"], rows)
  }

  private func row(_ state: OperationFacts.TableState, isLate: Bool) -> Markup {
    let due: Markup =
      facts.deadlines[state.name].map { deadline in
        isLate
          ? "<span class=\"bad\">late for \(deadline.description)</span>"
          : "<span class=\"good\">\(deadline.description)</span>"
      } ?? ""
    let changed = state.changed.map(time.short) ?? "<span class=\"soft\">not built</span>"
    let age = state.changed.map { spanText(from: $0, to: facts.now) } ?? ""
    return """
      <tr><th scope="row">\(link(state.name))</th><td>\(changed)</td><td class="n">\(age)</td>\
      <td class="n">\(state.rowCount.map(grouped) ?? "")</td>\
      <td class="n">\(state.byteCount.map(sizeText) ?? "")</td>\
      <td class="n">\(state.backlog.map { $0 > 0 ? "\($0) files" : "" } ?? "")</td>\
      <td>\(due)</td></tr>
      """
  }

  /// A table's name, leading to its page in the catalog where there is one.
  func link(_ table: String) -> Markup {
    guard let catalogAddress else { return .text(table) }
    return "<a href=\"\(catalogAddress)\(SiteAddress.table(table))\">\(table)</a>"
  }

  /// A square a day and table: how its rules fared when they were last checked that day.
  var quality: Markup {
    var found: [String: [CivilDate: (passed: Int, failed: Int, warned: Int)]] = [:]
    for event in facts.events {
      let day = time.date(event.time)
      for dataset in event.inputs + event.outputs {
        let rules =
          (dataset.facts[DataQualityAssertionsFacet.self]?.assertions ?? [])
          + (dataset.facets[DataQualityAssertionsFacet.self]?.assertions ?? [])
        guard !rules.isEmpty else { continue }
        let failed = rules.count { !$0.holds && $0.severity != "warn" }
        let warned = rules.count { !$0.holds && $0.severity == "warn" }
        found[dataset.name.name, default: [:]][day] =
          (rules.count - failed - warned, failed, warned)
      }
    }
    guard !found.isEmpty else { return "" }
    let days = days
    let rows = found.sorted { $0.key < $1.key }.prefix(60).map { name, byDay -> Markup in
      let last =
        byDay.max { $0.key < $1.key }?.value ?? (passed: 0, failed: 0, warned: 0)
      let style = last.failed > 0 ? "bad" : last.warned > 0 ? "warn" : "good"
      let words =
        last.failed > 0
        ? "\(last.failed) broken" : last.warned > 0 ? "\(last.warned) warned" : "all hold"
      return """
        <tr><th scope="row">\(link(name))</th><td>\(squares(name, days, byDay))</td>\
        <td class="n">\(last.passed + last.failed + last.warned)</td>\
        <td class="\(style)">\(words)</td></tr>
        """
    }
    return """
      <p>A square is a day: \(days.first.map(time.day) ?? "") on the left, today on the right. A \
      day without one was not checked.</p>
      \(table("Rules by table", ["Table", "Days", "#Rules", "Last"], Array(rows)))
      """
  }

  private func squares(
    _ name: String, _ days: [CivilDate],
    _ found: [CivilDate: (passed: Int, failed: Int, warned: Int)]
  ) -> Markup {
    let shapes = days.enumerated().compactMap { index, day -> Markup? in
      guard let counts = found[day] else { return nil }
      let style = counts.failed > 0 ? "failed" : counts.warned > 0 ? "late" : "done"
      let words =
        "\(time.day(day)): \(counts.passed) hold, \(counts.failed) broken, "
        + "\(counts.warned) warned"
      return """
        <rect class="\(style)" x="\(Double(index) * 9)" y="0" width="7.5" height="12" rx="1.5">\
        <title>\(words)</title></rect>
        """
    }
    return """
      <svg viewBox="0 0 \(Double(days.count) * 9) 12" role="img" style="width:\(days.count * 9)px">\
      <title>\(name) by day</title>\(Markup.joined(shapes))</svg>
      """
  }

  /// The days that are shown, the oldest first.
  var days: [CivilDate] {
    (0..<plan.days).reversed().compactMap { day.adding(days: -$0) }
  }

  var setAside: Markup {
    let waiting = facts.setAside.filter { $0.waiting > 0 || $0.replayed > 0 }
      .sorted { ($1.waiting, $0.table, $0.rule) < ($0.waiting, $1.table, $1.rule) }
    guard !waiting.isEmpty else { return "<p>Nothing was set aside.</p>" }
    let rows = waiting.prefix(50).map { count -> Markup in
      """
      <tr><th scope="row">\(link(count.table))</th><td>\(count.rule)</td>\
      <td class="n">\(grouped(count.waiting))</td><td class="n">\(grouped(count.replayed))</td>\
      <td>\(count.first.map(time.short) ?? "")</td><td>\(count.last.map(time.short) ?? "")</td>\
      <td class="n">\(facts.worth[count.table] ?? "")</td></tr>
      """
    }
    return """
      <p>Rows that broke a rule, with their text and place: <code>quarantine list</code>, \
      <code>quarantine show TABLE</code>.</p>
      \(table(
        "Rows set aside, by rule",
        ["Table", "Rule", "#Waiting", "#Replayed", "First", "Last", "#At stake in the table"],
        Array(rows)))
      """
  }
}
