package import Columnar

/// How a row says which columns it does not give: their names in one text, each between two
/// separators, so that a query can look for one.
package enum AbsentNames {
  /// What no name of a column has in it.
  package static let separator = "\u{1F}"

  /// The text that names `fields`; nil when there are none.
  package static func text(_ fields: [Field]) -> String? { text(names: fields.map(\.name)) }

  /// The text of `names`; nil when there are none.
  package static func text(names: [String]) -> String? {
    names.isEmpty ? nil : separator + names.joined(separator: separator) + separator
  }

  /// The names that a text holds.
  package static func names(in text: String) -> [String] {
    text.split(separator: separator).map(String.init)
  }
}
