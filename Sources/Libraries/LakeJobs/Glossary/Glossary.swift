package import Core

/// What the words of the business mean, and whose tables are: `glossary/*.md` of a job folder.
///
/// A file is Markdown; its headings are terms. What stands in YAML ahead of it, between lines of
/// three dashes, says which columns and tables the terms speak of, and whose tables are:
///
///     ---
///     owner: sales@example.org
///     tables: [silver.sales_lines, gold.*]
///     terms:
///       Net amount: {columns: ['*.net_amount'], also: [net sales]}
///     columns:
///       gold.sales.channel: where it was sold, `store` or `online`
///     ---
///     # Sales
///     ## Net amount
///     What was paid for a line before tax.
///
/// Words stand here, and not in job files, so that to mend one makes no table anew.
package struct Glossary: Sendable {
  /// Whose some tables are, and of which part of the business.
  struct Holding: Sendable {
    var tables: [NamePattern]
    var owner: String?
    var domain: String?
    var place: Place
  }

  /// What a table or a column holds.
  package struct Description: Sendable {
    package var pattern: NamePattern
    package var text: String
    package var place: Place
  }

  /// Sorted by name.
  package private(set) var terms: [GlossaryTerm] = []
  package private(set) var tableDescriptions: [Description] = []
  package private(set) var columnDescriptions: [Description] = []
  private var holdings: [Holding] = []

  /// A glossary without words.
  package init() {}

  /// Reads the files in `glossary/` of the job folder; without that folder there are no words.
  package init(jobs folder: String, fileSystem: any FileSystem) throws(Fault) {
    let path = "\(folder)/glossary"
    guard try fileSystem.exists(path) else { return }
    for name in try fileSystem.list(path).sorted()
    where name.hasSuffix(".md") && !name.hasPrefix(".") {
      let file = "\(path)/\(name)"
      try add(
        GlossaryFile(String(decoding: try fileSystem.readHandwritten(file), as: UTF8.self), file))
    }
    terms.sort { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }
  }

  mutating func add(_ file: GlossaryFile) throws(Fault) {
    for term in file.terms {
      for name in [term.name] + term.synonyms {
        guard let known = self.term(called: name) else { continue }
        throw Fault(
          .configuration, at: term.place, "'\(name)' is a term already, at \(known.place)",
          remedy: "join the two, or rename one")
      }
      terms.append(term)
    }
    tableDescriptions += file.tableDescriptions
    columnDescriptions += file.columnDescriptions
    if let holding = file.holding { holdings.append(holding) }
  }

  /// The term of a name, or of another word for it; letter case aside.
  package func term(called name: String) -> GlossaryTerm? { terms.first { $0.isCalled(name) } }

  /// The terms that speak of a column.
  package func terms(ofColumn column: String, in table: String) -> [GlossaryTerm] {
    terms.filter { term in term.columns.contains { $0.matches("\(table).\(column)") } }
  }

  /// The terms that speak of a table.
  package func terms(ofTable table: String) -> [GlossaryTerm] {
    terms.filter { term in term.tables.contains { $0.matches(table) } }
  }

  /// Whose a table is: as the file says that names it most closely.
  package func owner(of table: String) -> String? { closest(to: table, \.owner) }

  /// Of which part of the business a table is.
  package func domain(of table: String) -> String? { closest(to: table, \.domain) }

  /// What a table holds, as the closest name says it.
  package func description(ofTable table: String) -> String? {
    Self.closest(tableDescriptions, to: table)
  }

  /// What a column holds, as the closest name says it.
  package func description(ofColumn column: String, in table: String) -> String? {
    Self.closest(columnDescriptions, to: "\(table).\(column)")
  }

  private func closest(
    to table: String, _ part: (Holding) -> String?
  ) -> String? {
    let found = holdings.flatMap { holding in
      holding.tables.filter { $0.matches(table) }.compactMap { pattern in
        part(holding).map { (pattern, $0) }
      }
    }
    return found.max { $0.0.closeness < $1.0.closeness }?.1
  }

  private static func closest(_ all: [Description], to name: String) -> String? {
    all.filter { $0.pattern.matches(name) }
      .max { $0.pattern.closeness < $1.pattern.closeness }?.text
  }
}

extension NamePattern {
  /// How closely it names: one name most, then by letters that are not left open.
  var closeness: Int {
    let letters = text.count { $0 != "*" }
    return text.contains("*") ? letters : letters + 1_000_000
  }
}

extension Workspace {
  /// `glossary/*.md`.
  package func glossary() throws(Fault) -> Glossary {
    try Glossary(jobs: jobs.path, fileSystem: lake.fileSystem)
  }
}
