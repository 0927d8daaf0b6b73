import Core
import LakeJobs
import LakeSupport
import Stewardship
import TestSupport
import Testing

/// Pages that open from disk.
@Suite struct CatalogSiteTests {
  private static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "../../etc/passwd",
    "a b%c#d?e", "' onmouseover='x", "javascript:alert(1)", "[x](javascript:alert(1))",
    "\u{202E}gnirts", "ünïcode", "CON", "A", "a",
  ]

  /// Made-up tables, each made from the two before it, some with names that mean harm.
  private func catalog(_ count: Int, _ folder: Workdir) throws -> TableCatalog {
    let terms = Self.hostile.enumerated().map { "## \($0.element) \($0.offset)\n\n\($0.element)\n" }
    try folder.write(
      "jobs/glossary/a.md",
      "# Words\n## Net amount\nSee [it](#net-amount), [no](#nothing), "
        + "[web](https://example.org/?a=\"b).\n" + terms.joined())
    let glossary = try Glossary(jobs: folder.file("jobs"), fileSystem: LocalFileSystem())
    let layers = ["silver", "gold", "warehouse"]
    var entries: [CatalogEntry] = []
    for index in 0..<count {
      let text = Self.hostile[index % Self.hostile.count]
      var entry = Sample.entry(
        "\(layers[index * 3 / max(1, count)]).t\(index)\(index % 7 == 0 ? text : "")")
      entry.description = text
      entry.owner = index % 3 == 0 ? text : nil
      entry.upstream = entries.suffix(2).map(\.name)
      entry.columns = (0..<10).map { number in
        var column = CatalogColumn(number == 0 ? text : "c\(number)", "STRING")
        column.description = "\(text) `code` *x* [y](#net-amount)"
        column.expression = text
        column.terms = ["Net amount", "unknown \(text)"]
        column.labels = [text]
        column.samples = [text]
        column.origins = entries.suffix(2).map {
          .init($0.name, $0.columns[number].name, "identity")
        }
        return column
      }
      entry.rules = [.init(text, level: "error", text, place: text)]
      entry.setAside = [.init(text, waiting: 1, replayed: 2)]
      entry.schemaHistory = [
        .init(0, .ofTests, [.init("a", "INT")]), .init(3, .ofTests, [.init(text, "STRING")]),
      ]
      if index % 11 == 0 { entry.unread = text }
      entries.append(entry)
    }
    for index in entries.indices.dropLast(2) {
      entries[index].downstream = [entries[index + 1].name, entries[index + 2].name]
    }
    return Sample.catalog(entries, CatalogMemory(), glossary)
  }

  private func write(_ catalog: TableCatalog, _ folder: Workdir) throws -> CatalogSite.Outcome {
    let commits = [
      CatalogCommit(
        version: 0, time: .ofTests, runID: "",
        changes: catalog.look.changes(since: catalog.memory))
    ]
    return try CatalogSite(catalog, CatalogCheck(catalog, CatalogPolicy()), commits)
      .write(to: folder.file("site"), LocalFileSystem(), exports: CatalogExport.allCases)
  }

  @Test func `every link leads to a page and a place that are there`() throws {
    let folder = Workdir()
    _ = try write(try catalog(60, folder), folder)
    let pages = try SitePages(folder.file("site"))
    #expect(pages.texts.count == 67)
    var count = 0
    for (page, links) in pages.links {
      for link in links where !link.hasPrefix("https://") {
        count += 1
        if !pages.resolves(link, from: page) { Issue.record("\(page): \(link) leads nowhere") }
      }
    }
    #expect(count > 5_000)
  }

  @Test func `names and words are never more than texts`() throws {
    let folder = Workdir()
    _ = try write(try catalog(40, folder), folder)
    let pages = try SitePages(folder.file("site"))
    for (page, text) in pages.texts {
      // The search page's own script is the only one.
      let scripts = text.split(separator: "<script", omittingEmptySubsequences: false).count - 1
      #expect(scripts == (page == "search.html" ? 1 : 0), "\(page)")
      for wrong in ["<img", " onerror=", "onmouseover='", "href=\"javascript", "\u{202E}"] {
        let tags = text.split(separator: "<").map { $0.prefix { $0 != ">" } }
        #expect(!tags.contains { "<\($0)".contains(wrong) }, "\(page): \(wrong)")
      }
      #expect(SitePages.isBalanced(text), "\(page)")
    }
    for name in try LocalFileSystem().list(folder.file("site/tables")) {
      #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }
    #expect(try LocalFileSystem().list(folder.file("site/tables")).count == 40)
  }

  @Test func `a build writes only what changed, and removes only its own`() throws {
    let folder = Workdir()
    let first = try write(try catalog(30, folder), folder)
    #expect(first.written == 43)
    try folder.write("site/tables/mine.html", "<p>mine</p>")
    let second = try write(try catalog(30, folder), folder)
    #expect(second == CatalogSite.Outcome(written: 0, unchanged: 43, removed: 0))
    let third = try write(try catalog(29, folder), folder)
    #expect(third.removed == 1)
    #expect(third.unchanged > 20)
    #expect(try folder.read("site/tables/mine.html") == "<p>mine</p>")
  }
}
