import Synchronization

/// Where the columns of a wide schema stand, by name: looked up one by one, each name would cost a
/// walk over all of them. Worked out at the first question.
final class NamePositions: Sendable {
  /// A schema of fewer columns is walked over faster.
  private static let leastCount = 128

  private struct Tables {
    var exact: [String: Int]
    var lowered: [String: Int]
  }

  private let tables = Mutex<Tables?>(nil)

  /// Nil for a schema that is not wide.
  init?(of fields: [Field]) {
    if fields.count < NamePositions.leastCount { return nil }
  }

  /// The first of `fields`, the schema's, with this name; else the first with it, letter case
  /// aside.
  func first(_ name: String, in fields: [Field]) -> Int? {
    tables.withLock { known in
      let tables = known ?? NamePositions.tables(of: fields)
      if known == nil { known = tables }
      return tables.exact[name] ?? tables.lowered[name.lowercased()]
    }
  }

  private static func tables(of fields: [Field]) -> Tables {
    let names = fields.enumerated().map { ($1.name, $0) }
    return Tables(
      exact: Dictionary(names) { first, _ in first },
      lowered: Dictionary(names.map { ($0.0.lowercased(), $0.1) }) { first, _ in first })
  }
}
