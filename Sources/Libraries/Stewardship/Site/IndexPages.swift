import Core
import LakeJobs
import Pages

/// The pages that lead to those of entries.
struct IndexPages {
  private let catalog: TableCatalog
  private let check: CatalogCheck
  private let parts: SiteParts

  init(_ catalog: TableCatalog, _ check: CatalogCheck) {
    self.catalog = catalog
    self.check = check
    parts = SiteParts(catalog: catalog, depth: 0)
  }

  private var present: [CatalogEntry] { catalog.entries.filter { $0.standing != .dropped } }

  // MARK: Tables

  /// All tables, by layer.
  var tables: String {
    var page = SitePage(title: "Catalog")
    page.eyebrow = "what there is, whose it is, what it means"
    page.lead = tiles
    for layer in present.map(\.layer).withoutRepeats {
      let entries = present.filter { $0.layer == layer }
      let rows = entries.map { entry -> Markup in
        """
        <tr><th scope="row">\(parts.table(entry.name))</th>\
        <td class="text">\(parts.description(entry.description)) \(parts.standing(entry))</td>\
        <td>\(entry.owner ?? "")</td>\
        <td class="n">\(entry.state?.rowCount.map(SiteParts.number) ?? "")</td>\
        <td>\(entry.state?.changed.map(parts.time) ?? "")</td></tr>

        """
      }
      page.sections.append(
        (
          "l-\(SiteAddress.slug(layer))", layer,
          SiteParts.table(
            "tables of \(layer)", ["Table", "What it holds", "Owner", "#Rows", "Changed"], rows,
            style: "columns")
        ))
    }
    let dropped = catalog.entries.filter { $0.standing == .dropped }.map { entry -> Markup in
      "<li>\(parts.table(entry.name)) \(parts.standing(entry))</li>"
    }
    page.sections.append(
      ("dropped", "dropped", dropped.isEmpty ? "" : "<ul>\(Markup.joined(dropped))</ul>"))
    return page.html
  }

  private var tiles: Markup {
    let columns = present.flatMap(\.columns)
    let described = columns.count { $0.description != nil }
    let owned = present.count { $0.owner != nil }
    let unread = present.count { $0.standing == .notRead }
    let tiles: [(String, String, String)] = [
      ("Tables", "\(present.count)", "\(owned) of them owned"),
      ("Columns", SiteParts.number(columns.count), "\(described) of them described"),
      ("Terms", "\(catalog.glossary.terms.count)", "in the glossary"),
      ("To do", "\(check.findings.count)", unread == 0 ? "nothing unread" : "\(unread) not read"),
    ]
    let items = tiles.map { name, value, note -> Markup in
      "<div><dt>\(name)</dt><dd>\(value)<small>\(note)</small></dd></div>"
    }
    return "<dl class=\"tiles\">\(Markup.joined(items))</dl>"
  }

  // MARK: Glossary

  /// All terms, by part of the business.
  var glossary: String {
    var page = SitePage(title: "Glossary")
    let terms = catalog.glossary.terms
    page.eyebrow = "\(counted(terms.count, "term"))"
    if terms.isEmpty {
      page.lead = "<p>There are no terms yet: write some to <code>glossary/</code>.</p>"
    }
    for domain in terms.map({ $0.domain ?? "Terms" }).withoutRepeats.sorted() {
      let own = terms.filter { ($0.domain ?? "Terms") == domain }
      page.sections.append(
        ("d-\(SiteAddress.slug(domain.lowercased()))", domain, Markup.joined(own.map(article))))
    }
    return page.html
  }

  private func article(_ term: GlossaryTerm) -> Markup {
    let bearers = catalog.entries.filter { $0.standing != .dropped }.flatMap { entry -> [Markup] in
      (entry.terms.contains(term.name) ? [parts.table(entry.name)] : [])
        + entry.columns.filter { $0.terms.contains(term.name) }.map {
          parts.column($0.name, of: entry.name, "\(entry.name).\($0.name)")
        }
    }
    let borne: Markup =
      bearers.count > 12
      ? """
      <details><summary>\(bearers.count) columns and tables</summary>\
      \(SiteParts.list(bearers))</details>
      """
      : SiteParts.list(bearers)
    return """
      <article id="\(SiteAddress.term(term.name))"><h3>\(term.name)</h3>
      \(MarkdownText(catalog, depth: 0).blocks(term.text))\
      \(SiteParts.facts([
        ("Also", term.synonyms.isEmpty ? nil : .text(term.synonyms.joined(separator: ", "))),
        ("Owner", term.owner.map { .text($0) }), ("Borne by", borne),
        ("Written", "<code>\(term.place.description)</code>"),
      ]))</article>

      """
  }

  // MARK: Owners

  /// Who owns what.
  var owners: String {
    var page = SitePage(title: "Owners")
    page.eyebrow = "whom to ask"
    let byOwner = Dictionary(grouping: present) { $0.owner ?? "" }
    for (owner, entries) in byOwner.sorted(by: { $0.key < $1.key }) {
      let items = entries.map { entry -> Markup in
        """
        <li>\(parts.table(entry.name)) <span class="soft">\
        \(parts.description(entry.description))</span></li>
        """
      }
      page.sections.append(
        (
          owner.isEmpty ? "nobody" : "o-\(SiteAddress.slug(owner))",
          owner.isEmpty ? "Nobody" : owner, "<ul>\(Markup.joined(items))</ul>"
        ))
    }
    return page.html
  }

  // MARK: What is to be done

  /// What is not said though it should be.
  var toDo: String {
    var page = SitePage(title: "To do")
    page.eyebrow = "what the policy asks for, and nobody has said"
    if check.findings.isEmpty {
      page.lead = "<p class=\"verdict\"><strong class=\"good\">All is said.</strong></p>"
    }
    for level in [CatalogPolicy.Level.error, .warn] {
      let rows = check.findings.filter { $0.level == level }.map { finding -> Markup in
        """
        <tr><th scope="row">\(subject(finding.subject))</th><td>\(finding.problem)</td>\
        <td>\(finding.remedy)</td><td><code>\(finding.place?.description ?? "")</code></td></tr>

        """
      }
      page.sections.append(
        (
          level.rawValue, level == .error ? "Must be said" : "Should be said",
          SiteParts.table("findings", ["Of", "What", "How to mend it", "Where"], rows)
        ))
    }
    return page.html
  }

  private func subject(_ name: String) -> Markup {
    if catalog.entry(named: name) != nil { return parts.table(name) }
    guard let point = name.lastIndex(of: ".") else { return .text(name) }
    return parts.column(
      String(name[name.index(after: point)...]), of: String(name[..<point]), name)
  }

  // MARK: History

  /// What appeared, changed and vanished, the last first.
  func history(_ commits: [CatalogCommit]) -> String {
    var page = SitePage(title: "History")
    page.eyebrow = "what appeared, changed and vanished"
    let rows = commits.suffix(200).reversed().flatMap { commit in
      commit.changes.compactMap { change -> Markup? in
        guard let words = words(of: change) else { return nil }
        return """
          <tr><td>\(parts.time(commit.time))</td><th scope="row">\(parts.table(change.name))</th>\
          <td>\(words)</td></tr>

          """
      }
    }
    page.lead = rows.isEmpty ? "<p>Nothing is remembered yet.</p>" : ""
    page.sections = [
      (
        "looks", "Look by look",
        SiteParts.table("changes", ["Seen", "Table", "What happened"], Array(rows.prefix(2_000)))
      )
    ]
    return page.html
  }

  private func words(of change: CatalogChange) -> Markup? {
    switch change {
    case .appeared: "appeared"
    case .changed: "changed"
    case .renamed(let former, _): "was called \(former) before"
    case .missing: "<span class=\"bad\">missing</span>"
    case .found: "is there again"
    case .revived: "is there again, after it was dropped"
    case .dropped(_, let by, let why): "dropped by \(by): \(why)"
    case .unread(_, let why): "<span class=\"warn\">could not be read</span>: \(why)"
    case .readAgain: "could be read again"
    case .schema: nil
    }
  }
}
