package import LakeJobs

/// Finds tables, columns and terms by words.
package struct CatalogSearch {
  /// What was found.
  package enum Hit: Sendable, Equatable {
    case entry(CatalogEntry)
    case column(CatalogEntry, CatalogColumn)
    case term(GlossaryTerm)
  }

  /// The best first.
  package let hits: [Hit]

  /// Finds in `catalog` what all of `words` stand in, letter case aside: in names, terms and other
  /// words for them, descriptions, owners.
  package init(_ words: [String], in catalog: TableCatalog) {
    let wanted = words.flatMap { $0.split { $0.isWhitespace } }.map { $0.lowercased() }
    var found: [(score: Int, name: String, hit: Hit)] = []
    func add(_ hit: Hit, _ name: String, _ texts: [(weight: Int, text: String)]) {
      var score = 0
      for word in wanted {
        let best = texts.compactMap { Self.score(word, $0.text, $0.weight) }.max()
        guard let best else { return }
        score += best
      }
      found.append((score, name, hit))
    }
    for term in catalog.glossary.terms {
      add(
        .term(term), term.name,
        [(8, term.name), (1, term.text)] + term.synonyms.map { (6, $0) }
          + [term.domain, term.owner].compactMap { $0 }.map { (2, $0) })
    }
    for entry in catalog.entries {
      let words = Self.words(of: entry.terms, catalog.glossary)
      let about = [entry.description, entry.owner, entry.domain].compactMap { $0 }
      add(.entry(entry), entry.name, [(10, entry.name)] + (words + about).map { (3, $0) })
      for column in entry.columns {
        let words = Self.words(of: column.terms, catalog.glossary) + column.labels
        add(
          .column(entry, column), "\(entry.name).\(column.name)",
          [(7, column.name)] + words.map { (4, $0) }
            + [column.description].compactMap { $0 }.map { (2, $0) })
      }
    }
    hits =
      wanted.isEmpty ? [] : found.sorted { ($1.score, $0.name) < ($0.score, $1.name) }.map(\.hit)
  }

  private static func words(of terms: [String], _ glossary: Glossary) -> [String] {
    terms + terms.flatMap { glossary.term(called: $0)?.synonyms ?? [] }
  }

  /// How well a word is met by a text: as a whole, as the beginning of a word, or somewhere in it.
  private static func score(_ word: String, _ text: String, _ weight: Int) -> Int? {
    let text = text.lowercased()
    guard text.contains(word) else { return nil }
    if text == word { return weight * 4 }
    let parts = text.split { !$0.isLetter && !$0.isNumber }
    if parts.contains(where: { $0 == word }) { return weight * 3 }
    return parts.contains { $0.hasPrefix(word) } ? weight * 2 : weight
  }
}
