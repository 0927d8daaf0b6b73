/// Who sent an event: the texts of the fields that say so, `S0001 R02`.
package struct Till: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// A name for each field; nil where the event has none.
  package let names: [String?]

  package init(_ names: [String?]) { self.names = names }

  /// Whether every field has a name.
  var isNamed: Bool { !names.isEmpty && names.allSatisfy { $0?.isEmpty == false } }

  /// The names for people: a dash for one that is missing, no control characters.
  package var labels: [String] {
    names.map { name in
      guard let name, !name.isEmpty else { return "-" }
      return String(String.UnicodeScalarView(name.unicodeScalars.map(Self.printed)))
    }
  }

  package var description: String { labels.joined(separator: " ") }

  package static func < (left: Till, right: Till) -> Bool {
    left.names.lexicographicallyPrecedes(right.names) { ($0 ?? "") < ($1 ?? "") }
  }

  private static func printed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar.properties.generalCategory == .control ? "?" : scalar
  }
}
