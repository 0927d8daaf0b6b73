/// Finds which column of a table a field of foreign data is, by its name: the very name counts
/// before one that differs in letter case, and that before one of which letters and digits alone
/// are the same. Each step holds only where one field meets one column.
package struct FieldNames: Sendable {
  /// How a field's name is like a column's, the closest first.
  package enum Likeness: Int32, Comparable, Sendable {
    case exact
    case caseAside
    /// In letters and digits alone, however accents are composed.
    case simplified

    package static func < (left: Likeness, right: Likeness) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// What some fields are.
  package struct Match: Equatable, Sendable {
    /// For each column the position of the field that it is; nil where there is none, or several.
    package var positions: [Int?]
    /// The fields that are no column, in their order.
    package var strangers: [Int] = []
    /// Columns that several fields have an equal claim to, which none of them gets.
    package var contested: [(column: Int, fields: [Int])] = []

    package static func == (left: Match, right: Match) -> Bool {
      left.positions == right.positions && left.strangers == right.strangers
        && left.contested.elementsEqual(right.contested) { $0 == $1 }
    }
  }

  private let columns: [String]
  private let exact: [String: Int]
  /// Names in lower case, and simplified, to columns; nil where two columns share one.
  private let lowered: [String: Int?]
  private let simplified: [String: Int?]

  /// The names of a table's columns.
  package init(_ columns: [String]) {
    self.columns = columns
    exact = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
    lowered = Self.owners(columns.map { $0.lowercased() })
    simplified = Self.owners(columns.map(Self.simplified))
  }

  private static func owners(_ names: [String?]) -> [String: Int?] {
    var owners: [String: Int?] = [:]
    for (position, name) in names.enumerated() {
      guard let name else { continue }
      owners.updateValue(owners[name] == nil ? position : nil, forKey: name)
    }
    return owners
  }

  /// The column that a field of this name is, taken by itself; nil when it is none.
  package func column(of field: String) -> (position: Int, likeness: Likeness)? {
    if let position = exact[field], columns[position].utf8.elementsEqual(field.utf8) {
      return (position, .exact)
    }
    if let owner = lowered[field.lowercased()] { return owner.map { ($0, .caseAside) } }
    guard let name = Self.simplified(field), let owner = simplified[name] else { return nil }
    return owner.map { ($0, .simplified) }
  }

  /// What each of `fields`, the fields of one file or object, is.
  package func match(_ fields: [String]) -> Match {
    if fields == columns {
      return Match(positions: Array(columns.indices))
    }
    var claims: [[(field: Int, likeness: Likeness)]] = columns.map { _ in [] }
    var match = Match(positions: columns.map { _ in nil })
    for (field, name) in fields.enumerated() {
      guard let (column, likeness) = column(of: name) else {
        match.strangers.append(field)
        continue
      }
      claims[column].append((field, likeness))
    }
    for (column, claims) in claims.enumerated() {
      guard let closest = claims.map(\.likeness).min() else { continue }
      let best = claims.filter { $0.likeness == closest }.map(\.field)
      if best.count == 1 {
        match.positions[column] = best[0]
      } else {
        match.contested.append((column, best))
      }
      match.strangers += claims.filter { $0.likeness > closest }.map(\.field)
    }
    match.strangers.sort()
    return match
  }

  /// The letters and digits of a name in lower case; nil when it has none. Texts are equal however
  /// their accents are composed.
  private static func simplified(_ name: String) -> String? {
    let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return letters.isEmpty ? nil : letters
  }
}
