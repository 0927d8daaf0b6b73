package import Core

/// A word of the business: what it means, and which columns and tables it speaks of.
package struct GlossaryTerm: Sendable, Equatable {
  package var name: String
  /// What it means, as it is written: Markdown.
  package var text: String
  /// Other words for it.
  package var synonyms: [String] = []
  /// The columns that it speaks of, each as `schema.table.column`.
  package var columns: [NamePattern] = []
  /// The tables that it speaks of.
  package var tables: [NamePattern] = []
  /// Of which part of the business it is: the title of its file.
  package var domain: String?
  /// Who answers for the word.
  package var owner: String?
  package var place: Place

  package init(_ name: String, _ text: String, at place: Place) {
    self.name = name
    self.text = text
    self.place = place
  }

  /// The first paragraph of what it means, on one line.
  package var summary: String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0.trimmed.isEmpty }.prefix { !$0.trimmed.isEmpty }
      .map { String($0.trimmed) }.joined(separator: " ")
  }

  /// Whether `text` is the word, or one of the others for it; letter case aside.
  package func isCalled(_ text: String) -> Bool {
    let wanted = text.lowercased()
    return ([name] + synonyms).contains { $0.lowercased() == wanted }
  }
}
