package import Core
import JSON
import Pages

/// The catalog as pages that open from disk: no script is needed, and nothing from elsewhere.
package struct CatalogSite {
  /// What a build did.
  package struct Outcome: Sendable, Equatable {
    package var written = 0
    package var unchanged = 0
    package var removed = 0

    package init(written: Int = 0, unchanged: Int = 0, removed: Int = 0) {
      self.written = written
      self.unchanged = unchanged
      self.removed = removed
    }
  }

  private let catalog: TableCatalog
  private let check: CatalogCheck
  private let commits: [CatalogCommit]

  package init(_ catalog: TableCatalog, _ check: CatalogCheck, _ commits: [CatalogCommit]) {
    self.catalog = catalog
    self.check = check
    self.commits = commits
  }

  /// Brings the site in `folder` up to date: only files whose content changed are written, each in
  /// one step, `exports` beside the pages; and pages of ours that stand for nothing any more are
  /// removed.
  package func write(
    to folder: String, _ files: any FileSystem, exports: [CatalogExport] = []
  ) throws(Fault) -> Outcome {
    var outcome = Outcome()
    try files.createDirectory("\(folder)/tables")
    func put(_ name: String, _ text: String) throws(Fault) {
      let path = "\(folder)/\(name)"
      let bytes = withoutSecrets([UInt8](text.utf8))
      if try files.status(of: path)?.byteCount == bytes.count, try files.read(path) == bytes {
        outcome.unchanged += 1
      } else {
        try files.replace(path, bytes)
        outcome.written += 1
      }
    }
    let feeds = ColumnFeeds(catalog)
    for entry in catalog.entries {
      try put(SiteAddress.table(entry.name), TablePage(entry, catalog, feeds).html)
    }
    let pages = IndexPages(catalog, check)
    try put("style.css", SitePage.css)
    try put("index.html", pages.tables)
    try put("search.html", SearchPage(catalog).html)
    try put("glossary.html", pages.glossary)
    try put("lineage.html", LineagePage(catalog).html)
    try put("owners.html", pages.owners)
    try put("check.html", pages.toDo)
    try put("history.html", pages.history(commits))
    try put("catalog.json", JSONWriter.text(CatalogJSON.catalog(catalog)) + "\n")
    for export in exports {
      for file in export.files(of: catalog) { try put(file.name, file.text) }
    }
    outcome.removed = try removeStrays(folder, files)
    return outcome
  }

  /// Removes pages of tables that there are none of any more: those that a build of ours made.
  private func removeStrays(_ folder: String, _ files: any FileSystem) throws(Fault) -> Int {
    let known = Set(catalog.entries.map { SiteAddress.table($0.name) })
    let mark = Array("<meta name=\"generator\" content=\"\(SitePage.generator)\">".utf8)
    var count = 0
    for name in try files.list("\(folder)/tables")
    where name.hasSuffix(".html") && !known.contains("tables/\(name)") {
      let path = "\(folder)/tables/\(name)"
      guard try files.status(of: path)?.kind == .file,
        try files.open(path).read(at: 0, count: 4_096).contains(mark)
      else { continue }
      try files.remove(path)
      count += 1
    }
    return count
  }
}
