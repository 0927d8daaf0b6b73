/// How the fields of a file differ from those that its contract declares.
struct SchemaDrift: Equatable, Sendable {
  /// One difference.
  enum Difference: Hashable, Sendable {
    /// A field that is not declared: `loyalty_tier`, `lines[].reason`.
    case undeclared(String)
    /// A declared field that the file does not have.
    case absent(String)
    /// A field of another type than declared, in words.
    case mistyped(String)

    var words: String {
      switch self {
      case .undeclared(let name): "'\(name)' is not declared"
      case .absent(let name): "'\(name)' is missing"
      case .mistyped(let words): words
      }
    }
  }

  /// In the order first met.
  private(set) var differences: [Difference] = []

  /// More than this are not told one by one.
  private static let limit = 100

  var isEmpty: Bool { differences.isEmpty }

  /// The differences, a sentence each.
  var words: [String] { differences.map(\.words) }

  mutating func add(_ difference: Difference) {
    if differences.count < Self.limit, !differences.contains(difference) {
      differences.append(difference)
    }
  }
}
