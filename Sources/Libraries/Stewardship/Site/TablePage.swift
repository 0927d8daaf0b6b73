import Core
import Governance
import Pages

/// The page of one entry.
struct TablePage {
  private let entry: CatalogEntry
  private let catalog: TableCatalog
  private let feeds: ColumnFeeds
  private let parts: SiteParts

  init(_ entry: CatalogEntry, _ catalog: TableCatalog, _ feeds: ColumnFeeds) {
    self.entry = entry
    self.catalog = catalog
    self.feeds = feeds
    parts = SiteParts(catalog: catalog, depth: 1)
  }

  var html: String {
    var page = SitePage(title: entry.name)
    page.depth = 1
    page.eyebrow = "\(entry.kind.rawValue)\(entry.domain.map { " · \($0)" } ?? "")"
    let lead: Markup =
      entry.description.map { _ in
        "<p class=\"verdict\">\(parts.description(entry.description))</p>"
      }
      ?? "<p class=\"soft\">Nobody has said what it holds.</p>"
    let standing = parts.standing(entry)
    page.lead = lead + (standing.html.isEmpty ? "" : "<p>\(standing)</p>")
    page.sections = [
      ("about", "About", about), ("columns", "Columns", columns),
      ("lineage", "Lineage", NeighbourDrawing(entry, parts).markup + neighbours),
      ("rules", "Quality", rules), ("aside", "Set aside", setAside), ("past", "History", past),
    ]
    return page.html
  }

  private var about: Markup {
    let terms = entry.terms.map(parts.term)
    var facts: [(String, Markup?)] = [
      ("Owner", entry.owner.map { .text($0) } ?? "<span class=\"warn\">nobody</span>"),
      ("Terms", Markup.joined(terms)),
      ("Declared", entry.place.map { place -> Markup in "<code>\(place.description)</code>" }),
      ("Lies", entry.location.map { location -> Markup in "<code>\(location)</code>" }),
      ("Format", entry.format.map { .text($0) }), ("Key", codes(entry.keys)),
      ("Partitions", codes(entry.partitions)),
    ]
    if let state = entry.state {
      facts += [
        ("Rows", state.rowCount.map { .text(SiteParts.number($0)) }),
        (
          "Size",
          state.byteCount.map { bytes in
            .text("\(SiteParts.number(bytes)) bytes, \(counted(state.fileCount ?? 0, "file"))")
          }
        ), ("Version", state.version.map { .text($0) }),
        ("Changed", state.changed.map(parts.time)),
      ]
    }
    facts.append(
      (
        "Last run",
        entry.lastRun.map { run -> Markup in
          "\(run.job), \(parts.time(run.time)) <code>\(run.id)</code>"
        }
      ))
    return SiteParts.facts(facts)
  }

  private func codes(_ names: [String]) -> Markup? {
    names.isEmpty
      ? nil : SiteParts.list(names.map { name -> Markup in "<code>\(name)</code>" })
  }

  // MARK: Columns

  private var columns: Markup {
    let hasLabels = entry.columns.contains { !$0.labels.isEmpty }
    let heads =
      ["Column", "Type", "What it holds", "Terms"] + (hasLabels ? ["Labels"] : []) + ["#NULL"]
    return SiteParts.table(
      "columns of \(entry.name)", heads, entry.columns.map { row($0, hasLabels: hasLabels) },
      style: "columns")
  }

  private func row(_ column: CatalogColumn, hasLabels: Bool) -> Markup {
    let labels: Markup =
      hasLabels ? "<td>\(Markup.joined(column.labels.map(parts.label)))</td>" : ""
    let nulls = column.statistics?.nullCount.map(SiteParts.number) ?? ""
    return """
      <tr id="\(SiteAddress.column(column.name))"><th scope="row">\(column.name)</th>\
      <td class="type">\(column.type ?? "")</td><td class="text">\(text(of: column))</td>\
      <td>\(Markup.joined(column.terms.map(parts.term)))</td>\(labels)\
      <td class="n">\(nulls)</td></tr>

      """
  }

  private func text(of column: CatalogColumn) -> Markup {
    var lines: [Markup] = []
    if column.description != nil { lines.append("<p>\(parts.description(column.description))</p>") }
    if !column.origins.isEmpty {
      let origins = column.origins.map { origin -> Markup in
        let name = "\(origin.table).\(origin.column)"
        let words: Markup = origin.isCopy ? "" : " (\(origin.words))"
        return parts.column(origin.column, of: origin.table, name) + words
      }
      lines.append("<p class=\"made\">from \(SiteParts.list(origins))</p>")
    }
    if let expression = column.expression {
      lines.append("<p class=\"made\"><code>\(expression)</code></p>")
    }
    let targets = feeds.targets(of: entry.name, column.name)
    if !targets.isEmpty {
      let names = targets.map { parts.column($0.column, of: $0.table, "\($0.table).\($0.column)") }
      lines.append("<p class=\"made\">feeds \(SiteParts.list(names))</p>")
    }
    let statistics = [
      column.statistics?.least.map { "from \($0)" }, column.statistics?.greatest.map { "to \($0)" },
    ].compactMap { $0 }
    if !statistics.isEmpty {
      lines.append("<p class=\"made\">values \(statistics.joined(separator: " "))</p>")
    }
    if let samples = codes(column.samples) {
      lines.append("<p class=\"made\">such as \(samples)</p>")
    }
    return Markup.joined(lines)
  }

  // MARK: Lineage

  private var neighbours: Markup {
    let reached = Set(catalog.impact(of: entry).map(\.dataset)).sorted().map(\.description)
    return SiteParts.facts([
      ("Made from", SiteParts.list(entry.upstream.map(parts.table))),
      ("Feeds", SiteParts.list(entry.downstream.map(parts.table))),
      (
        "A change touches",
        reached.isEmpty ? "nothing else" : SiteParts.list(reached.map(parts.table))
      ),
    ])
  }

  // MARK: Quality and history

  private var rules: Markup {
    SiteParts.table(
      "rules of \(entry.name)", ["Rule", "Level", "Asks", "Last", "Before"],
      entry.rules.map { rule -> Markup in
        let outcome = rule.outcomes.last.map(words) ?? ""
        let before = rule.outcomes.dropLast()
        let held = before.count { $0.holds }
        let history = before.isEmpty ? "" : "held \(held) of \(before.count)"
        return """
          <tr><th scope="row">\(rule.name)</th><td class="level">\(rule.level)</td>\
          <td><code>\(rule.text)</code></td>\
          <td>\(outcome)</td><td>\(history)</td></tr>

          """
      })
  }

  private func words(of outcome: CatalogEntry.Outcome) -> Markup {
    guard !outcome.holds else {
      return "<span class=\"good\">held</span> \(parts.time(outcome.time))"
    }
    let rows = outcome.rowCount.map { " by \(counted($0, "row"))" } ?? ""
    return "<span class=\"bad\">broken\(rows)</span> \(parts.time(outcome.time))"
  }

  private var setAside: Markup {
    SiteParts.table(
      "rows set aside", ["Rule", "#Waiting", "#Replayed"],
      entry.setAside.map { count -> Markup in
        """
        <tr><th scope="row">\(count.rule)</th><td class="n">\(SiteParts.number(count.waiting))</td>\
        <td class="n">\(SiteParts.number(count.replayed))</td></tr>

        """
      })
  }

  private var past: Markup {
    let versions = zip([nil] + entry.schemaHistory.map(Optional.some), entry.schemaHistory)
      .map { before, version -> Markup in
        """
        <tr><th scope="row" class="n">\(String(version.version))</th>\
        <td>\(parts.time(version.time))</td>\
        <td>\(version.words(after: before))</td></tr>

        """
      }
    return SiteParts.facts([
      ("First seen", entry.past.firstSeen.map(parts.time)),
      (
        "Was called",
        entry.past.formerNames.isEmpty
          ? nil : .text(entry.past.formerNames.joined(separator: ", "))
      ),
    ])
      + SiteParts.table(
        "versions with other columns", ["#Version", "Time", "Columns"], versions)
  }
}

/// Which columns are made from each column, one step away.
struct ColumnFeeds {
  private var targets: [String: [(table: String, column: String)]] = [:]

  init(_ catalog: TableCatalog) {
    for entry in catalog.entries where entry.standing != .dropped {
      for column in entry.columns {
        for origin in column.origins {
          targets["\(origin.table)\u{0}\(origin.column)", default: []].append(
            (entry.name, column.name))
        }
      }
    }
  }

  func targets(of table: String, _ column: String) -> [(table: String, column: String)] {
    targets["\(table)\u{0}\(column)"] ?? []
  }
}
