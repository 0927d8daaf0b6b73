/// A column of an entry: what it holds, what it means, and what it is made from.
package struct CatalogColumn: Sendable, Equatable {
  package var name: String
  /// In the words of SQL; nil where nobody says.
  package var type: String?
  /// What it says of itself, or what the column says that it is a copy of.
  package var description: String?
  /// The column that the description was taken from, as `table.column`; nil for one of its own.
  package var describedBy: String?
  /// How it is computed, over columns of the tables that it comes from; nil where nobody knows, or
  /// where it is a copy.
  package var expression: String?
  /// The columns whose values go into it, and how.
  package var origins: [Origin] = []
  /// Names of terms of the glossary.
  package var terms: [String] = []
  /// What it is sensitive for.
  package var labels: [String] = []
  package var statistics: Statistics?
  /// Some of its values, where its labels allow that they are shown.
  package var samples: [String] = []

  /// A column whose values go into another.
  package struct Origin: Sendable, Equatable {
    package var table: String
    package var column: String
    /// `identity`, `aggregation`, `transformation, masked`.
    package var words: String

    package init(_ table: String, _ column: String, _ words: String) {
      self.table = table
      self.column = column
      self.words = words
    }

    /// Whether the value comes as it is.
    package var isCopy: Bool { words == "identity" }
  }

  /// What the log says of its values.
  package struct Statistics: Sendable, Equatable {
    package var nullCount: Int?
    /// The least and the greatest value, where its labels allow that they are shown.
    package var least: String?
    package var greatest: String?

    package init(nullCount: Int? = nil, least: String? = nil, greatest: String? = nil) {
      self.nullCount = nullCount
      self.least = least
      self.greatest = greatest
    }
  }

  package init(_ name: String, _ type: String?) {
    self.name = name
    self.type = type
  }
}
