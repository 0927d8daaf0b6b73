package import Core
import LakeJobs

/// What the catalog does not say though it should.
package struct CatalogCheck {
  /// One thing that is missing.
  package struct Finding: Sendable, Equatable {
    package var rule: CatalogPolicy.Rule
    package var level: CatalogPolicy.Level
    /// The table, column or term.
    package var subject: String
    package var place: Place?
    package var problem: String
    package var remedy: String
  }

  package private(set) var findings: [Finding] = []
  private let policy: CatalogPolicy

  /// Looks through `catalog` for what breaks `policy`, at the entries called `names`, or at all and
  /// the glossary.
  package init(_ catalog: TableCatalog, _ policy: CatalogPolicy, only names: Set<String> = []) {
    self.policy = policy
    for entry in catalog.entries where names.isEmpty || names.contains(entry.name) {
      check(entry, catalog.glossary)
    }
    if names.isEmpty { check(catalog.glossary, catalog.entries) }
  }

  /// Whether something is wrong.
  package var failed: Bool { findings.contains { $0.level == .error } }

  private mutating func check(_ entry: CatalogEntry, _ glossary: Glossary) {
    switch entry.standing {
    case .dropped: return
    case .missing:
      return add(
        .missing, entry.name, nil, "it is not there any more",
        "bring it back, or say that it is gone: catalog drop \(entry.name) --why TEXT")
    case .notRead:
      add(
        .notRead, entry.name, entry.place, "it could not be read: \(entry.unread ?? "")", "see why")
    case .there: break
    }
    if entry.kind == .strayTable {
      add(
        .tableWithoutJob, entry.name, nil, "no job file makes it",
        "declare it, or remove its folder and drop it")
    }
    if entry.owner == nil {
      add(
        .tableWithoutOwner, entry.name, entry.place, "nobody owns it",
        "name it in 'tables' of a file of glossary/ that has an owner, or give it 'owner'")
    }
    if entry.description == nil {
      add(
        .tableWithoutDescription, entry.name, entry.place, "nobody says what it holds",
        "add COMMENT, or name it in 'descriptions' of a file of glossary/")
    }
    for column in entry.columns { check(column, entry, glossary) }
  }

  private mutating func check(
    _ column: CatalogColumn, _ entry: CatalogEntry, _ glossary: Glossary
  ) {
    let name = "\(entry.name).\(column.name)"
    if column.description == nil {
      add(
        .columnWithoutDescription, name, entry.place, "nobody says what it holds",
        "add COMMENT, or name it in 'columns' of a file of glossary/, or in those of a term")
    }
    for term in column.terms where glossary.term(called: term) == nil {
      add(
        .unknownTerm, name, entry.place, "there is no term '\(term)'",
        Suggestion.remedy(
          for: term, among: glossary.terms.map(\.name), otherwise: "write it into glossary/"))
    }
  }

  private mutating func check(_ glossary: Glossary, _ entries: [CatalogEntry]) {
    let tables = entries.filter { $0.standing != .dropped }
    let columns = tables.flatMap { entry in entry.columns.map { "\(entry.name).\($0.name)" } }
    let used = Set(tables.flatMap { $0.terms + $0.columns.flatMap(\.terms) })
    for term in glossary.terms {
      if !used.contains(term.name) {
        add(
          .unusedTerm, term.name, term.place, "no column or table bears it",
          "name some in 'terms' ahead of the text, or take the term out")
      }
      if term.text.isEmpty {
        add(.termWithoutText, term.name, term.place, "it is not said what it means", "say it below")
      }
      nameNothing(term.columns, columns, term.name, term.place)
      nameNothing(term.tables, tables.map(\.name), term.name, term.place)
    }
    for description in glossary.columnDescriptions {
      nameNothing([description.pattern], columns, description.pattern.text, description.place)
    }
    for description in glossary.tableDescriptions {
      nameNothing(
        [description.pattern], tables.map(\.name), description.pattern.text, description.place)
    }
  }

  private mutating func nameNothing(
    _ patterns: [NamePattern], _ names: [String], _ subject: String, _ place: Place
  ) {
    for pattern in patterns where !names.contains(where: pattern.matches) {
      add(
        .nameOfNothing, subject, place, "nothing is called '\(pattern.text)'",
        pattern.text.contains("*")
          ? "take it out"
          : Suggestion.remedy(for: pattern.text, among: names, otherwise: "take it out"))
    }
  }

  private mutating func add(
    _ rule: CatalogPolicy.Rule, _ subject: String, _ place: Place?, _ problem: String,
    _ remedy: String
  ) {
    let level = policy.level(of: rule, for: subject)
    guard level != .ignore else { return }
    findings.append(
      Finding(
        rule: rule, level: level, subject: subject, place: place, problem: problem, remedy: remedy))
  }
}
