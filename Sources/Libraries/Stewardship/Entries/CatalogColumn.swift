package import Governance

/// A column of an entry: what it holds, what it means, and what it is made from.
package struct CatalogColumn: Sendable, Equatable {
  package var name: String
  /// In the words of SQL; nil where nobody says.
  package var type: String?
  /// What it says of itself, or what the column says that it is a copy of.
  package var description: String?
  /// The column that the description was taken from; nil for one of its own.
  package var describedBy: LineageNode?
  /// How it is computed, over columns of the tables that it comes from; nil where nobody knows.
  package var expression: String?
  /// The columns whose values go into it, and how.
  package var origins: [Origin] = []
  /// Names of terms of the glossary.
  package var terms: [String] = []
  /// What it is sensitive for, as `labels.yml` says.
  package var labels: [String] = []

  /// A column whose values go into another.
  package struct Origin: Sendable, Equatable {
    package var column: LineageNode
    /// `identity`, `aggregation`, `transformation, masked`.
    package var words: String

    package init(_ column: LineageNode, _ words: String) {
      self.column = column
      self.words = words
    }
  }

  package init(_ name: String, _ type: String?) {
    self.name = name
    self.type = type
  }
}
