import Columnar
import Core

/// How the fields of a file differ from those that its contract declares.
struct SchemaDrift: Equatable, Sendable {
  /// One difference.
  enum Difference: Hashable, Sendable {
    /// A field that is not declared: `loyalty_tier`, `lines[].reason`.
    case undeclared(String)
    /// A declared field that the file does not have.
    case absent(String)
    /// A declared field that several of the file's have an equal claim to, which are these.
    case contested(String, [String])
    /// A declared field that an object has several times, of which the last counts.
    case repeated(String, Int)
    /// A field of another type than declared, in words.
    case mistyped(String)

    var words: String {
      switch self {
      case .undeclared(let name): "'\(name)' is not declared"
      case .absent(let name): "'\(name)' is missing"
      case .contested(let name, let fields):
        if Set(fields).count == 1 {
          "'\(fields[0])' stands \(fields.count) times, and none is taken"
        } else {
          "\(fields.map { "'\($0)'" }.joined(separator: " and ")) are both '\(name)', and none is "
            + "taken"
        }
      case .repeated(let name, let count):
        "'\(name)' stands \(count) times, and the last counts"
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

extension SchemaDrift {
  /// How the names of `fields`, of which `match` tells what each is, differ from those `declared`.
  init(of declared: [Field], _ match: FieldNames.Match, in fields: [String]) {
    for field in match.strangers {
      add(.undeclared(fields[field].isEmpty ? "_c\(field)" : fields[field]))
    }
    for (column, claims) in match.contested {
      add(.contested(declared[column].name, claims.map { fields[$0] }))
    }
    for (column, position) in match.positions.enumerated()
    where position == nil && !match.contested.contains(where: { $0.column == column }) {
      add(.absent(declared[column].name))
    }
  }
}
