import Columnar
import Core

/// The query that tells two sets of rows apart, `old_rows` and `new_rows`.
///
/// Its first two columns are not NULL where the row was there, and where it is there now; the
/// values follow: of both with keys, else once.
struct DifferenceQuery {
  let columns: Schema
  let key: [String]

  var sql: String { key.isEmpty ? wholeRows : byKey }

  // Names that no column of a table has.
  private static let was = "__was"
  private static let `is` = "__is"
  private static let number = "__number"

  private var list: String { columns.names.map(Self.quoted).joined(separator: ", ") }

  /// What one of the tables has more of than the other.
  private func rest(_ one: String, without other: String) -> String {
    "SELECT \(list) FROM \(one) EXCEPT ALL SELECT \(list) FROM \(other)"
  }

  private var wholeRows: String {
    """
    SELECT 1 AS \(Self.was), CAST(NULL AS INT) AS \(Self.is), *
    FROM (\(rest("old_rows", without: "new_rows")))
    UNION ALL
    SELECT CAST(NULL AS INT) AS \(Self.was), 1 AS \(Self.is), *
    FROM (\(rest("new_rows", without: "old_rows")))
    ORDER BY \(order(columns.names.map(Self.quoted)))\(Self.was)
    """
  }

  /// Rows of one key are paired; where several have it, in the order of their values.
  private var byKey: String {
    let names = columns.names.map(Self.quoted)
    let keys = key.map(Self.quoted)
    func side(_ one: String, without other: String) -> String {
      """
      SELECT *, 1 AS \(Self.was),
        row_number() OVER (PARTITION BY \(keys.joined(separator: ", "))
          ORDER BY \(order(names))1) AS \(Self.number)
      FROM (\(rest(one, without: other)))
      """
    }
    let values = ["o", "n"].flatMap { side in
      names.indices.map { "\(side).\(names[$0]) AS \(side)\($0)" }
    }
    let pairing = keys.map { "o.\($0) <=> n.\($0)" } + ["o.\(Self.number) = n.\(Self.number)"]
    let places =
      keys.map { "coalesce(o.\($0), n.\($0))" } + ["coalesce(o.\(Self.number), n.\(Self.number))"]
    return """
      WITH o AS (\(side("old_rows", without: "new_rows"))),
        n AS (\(side("new_rows", without: "old_rows")))
      SELECT o.\(Self.was), n.\(Self.was) AS \(Self.is), \(values.joined(separator: ", "))
      FROM o FULL JOIN n ON \(pairing.joined(separator: " AND "))
      ORDER BY \(places.joined(separator: ", "))
      """
  }

  /// The columns of `names` that can be ordered by, each with a comma behind it.
  private func order(_ names: [String]) -> String {
    zip(columns.fields, names).filter { Self.isOrdered($0.0.type) }.map { "\($0.1), " }.joined()
  }

  private static func isOrdered(_ type: DataType) -> Bool {
    switch type {
    case .array, .structure, .map: false
    default: true
    }
  }

  private static func quoted(_ name: String) -> String {
    "`\(name.replacing("`", with: "``"))`"
  }
}
