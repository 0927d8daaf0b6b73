import Core

/// The statements of a table's triggers: what they note, and why nothing escapes them.
///
/// A trigger does not trust what it is handed alone. Other triggers may have changed the row again,
/// before it or after it, so it notes how the row of a key *stands*: the row as the table has it
/// now, or, when there is none of that key, that it is gone. Whatever the order in which triggers
/// run, the last note of a key tells its last state.
///
/// `REPLACE` takes rows away without a delete trigger. So before a row is inserted, or changes what
/// must be unique, the rows that would have to give way are noted as doubtful (`?`), and afterwards
/// those of them that are gone are noted as deleted. Doubtful notes of a statement that was ignored
/// stay, at most one a row, until the changes are taken.
struct TriggerStatements {
  /// A unique index, or the key of the rows: columns with their collations.
  typealias Unique = [(column: String, collation: String)]

  private let table: String
  /// The columns that are noted, those of the key first.
  private let columns: [String]
  private let keyCount: Int
  private let uniques: [Unique]
  private let dialect = Dialect.sqlite

  /// The statements of the table called `table`, with what must be unique in it.
  init(_ table: String, columns: [String], keyCount: Int, uniques: [Unique]) {
    self.table = table
    self.columns = columns
    self.keyCount = keyCount
    self.uniques = uniques
  }

  /// The triggers by name, each as its whole statement.
  var all: [(name: String, sql: String)] {
    [
      trigger("ask_insert", "BEFORE INSERT", nil, doubts(unlessOld: false)),
      trigger("ask_update", "BEFORE UPDATE", mayConflict, doubts(unlessOld: true)),
      trigger(
        "insert", "AFTER INSERT", nil,
        [gone, standing("CASE WHEN \(isDoubted) THEN 'u' ELSE 'c' END"), cleared]),
      trigger(
        "update", "AFTER UPDATE", nil,
        [
          gone, lost(where: "(\(isKeyChanged)) AND "),
          standing("CASE WHEN (\(isKeyChanged)) AND NOT \(isDoubted) THEN 'c' ELSE 'u' END"),
          cleared,
        ]),
      trigger("delete", "AFTER DELETE", nil, [lost(where: "")]),
    ]
  }

  private func trigger(
    _ name: String, _ event: String, _ condition: String?, _ statements: [String]
  ) -> (name: String, sql: String) {
    let name = "_medallion_\(name)_\(table)"
    let when = condition.map { " WHEN \($0)" } ?? ""
    let body = statements.map { "\($0);" }.joined(separator: " ")
    return (
      name,
      "CREATE TRIGGER \(quoted(name)) \(event) ON \(quoted(table)) FOR EACH ROW\(when) "
        + "BEGIN \(body) END"
    )
  }

  /// Notes the rows that may have to give way to the new one.
  private func doubts(unlessOld: Bool) -> [String] {
    let isOld = unlessOld ? " AND NOT (\(isRow(of: "OLD")))" : ""
    return uniques.flatMap { unique in
      let isDoubted = matches(unique) { note($0) }
      let isInTheWay = matches(unique) { quoted($0) }
      return [
        "DELETE FROM _medallion_changes WHERE \(isNote("?")) AND (\(isDoubted))",
        "INSERT INTO _medallion_changes (tbl, op, moment, \(noteColumns)) SELECT \(name), '?', "
          + "\(TriggerStatements.now), \(tableColumns) FROM \(quoted(table)) "
          + "WHERE (\(isInTheWay))\(isOld)",
      ]
    }
  }

  /// Notes doubtful rows that did give way.
  private var gone: String {
    let keys = (1...keyCount).map { "q.v\($0)" }
    return "INSERT INTO _medallion_changes (tbl, op, moment, \(noteColumns)) SELECT \(name), 'd', "
      + "\(TriggerStatements.now), \(noteColumns) FROM _medallion_changes q "
      + "WHERE \(isNote("?")) AND (\(isInDoubt)) "
      + "AND NOT EXISTS (SELECT 1 FROM \(quoted(table)) t WHERE \(isRow(withKey: keys)))"
  }

  /// Notes the old row as gone, unless another has its key.
  private func lost(where condition: String) -> String {
    let values = columns.map { "OLD.\(quoted($0))" }.joined(separator: ", ")
    return "INSERT INTO _medallion_changes (tbl, op, moment, \(noteColumns)) SELECT \(name), 'd', "
      + "\(TriggerStatements.now), \(values) WHERE \(condition)NOT EXISTS "
      + "(SELECT 1 FROM \(quoted(table)) t WHERE \(isRow(of: "OLD")))"
  }

  /// Notes how the row of the new key stands, as the operation that `operation` gives.
  private func standing(_ operation: String) -> String {
    "INSERT INTO _medallion_changes (tbl, op, moment, \(noteColumns)) SELECT \(name), "
      + "\(operation), \(TriggerStatements.now), \(tableColumns) FROM \(quoted(table)) t "
      + "WHERE \(isRow(of: "NEW"))"
  }

  private var cleared: String {
    "DELETE FROM _medallion_changes WHERE \(isNote("?")) AND (\(isInDoubt))"
  }

  /// Whether the new row's key is that of a doubtful row.
  private var isDoubted: String {
    let isSame = (1...keyCount).map { "v\($0) IS +NEW.\(quoted(columns[$0 - 1]))" }
    return "EXISTS (SELECT 1 FROM _medallion_changes WHERE \(isNote("?")) "
      + "AND \(isSame.joined(separator: " AND ")))"
  }

  /// Whether a note is of a row in the new one's way.
  private var isInDoubt: String {
    uniques.map { unique in "(\(matches(unique) { note($0) }))" }.joined(separator: " OR ")
  }

  private func matches(_ unique: Unique, _ left: (String) -> String) -> String {
    unique.map { part in
      "\(left(part.column)) = +NEW.\(quoted(part.column)) COLLATE \(quoted(part.collation))"
    }.joined(separator: " AND ")
  }

  /// Whether what must be unique is another than it was.
  private var mayConflict: String {
    let names = uniques.flatMap { $0 }.map(\.column).withoutRepeats
    return names.map { "OLD.\(quoted($0)) IS NOT NEW.\(quoted($0))" }.joined(separator: " OR ")
  }

  /// Whether the key reads otherwise than it did: 1 and 1.0 do, though they are equal.
  private var isKeyChanged: String {
    columns.prefix(keyCount).map { column in
      let old = "OLD.\(quoted(column))"
      let new = "NEW.\(quoted(column))"
      return "+\(old) IS NOT +\(new) COLLATE BINARY OR typeof(\(old)) <> typeof(\(new))"
    }.joined(separator: " OR ")
  }

  private func isRow(of image: String) -> String {
    isRow(withKey: columns.prefix(keyCount).map { "\(image).\(quoted($0))" })
  }

  /// Whether a row of the table has exactly this key. The first comparison finds it by an index,
  /// the others hold where types or letter case tell keys apart that an index takes for one.
  private func isRow(withKey values: [String]) -> String {
    zip(columns, values).map { column, value in
      let own = quoted(column)
      return "\(own) = \(value) AND +\(own) IS +\(value) COLLATE BINARY "
        + "AND typeof(\(own)) = typeof(\(value))"
    }.joined(separator: " AND ")
  }

  private func isNote(_ operation: String) -> String { "op = '\(operation)' AND tbl = \(name)" }

  private func note(_ column: String) -> String {
    "v\((columns.firstIndex(of: column) ?? 0) + 1)"
  }

  private var name: String { dialect.literal(table) }

  private var noteColumns: String { (1...columns.count).map { "v\($0)" }.joined(separator: ", ") }

  private var tableColumns: String { columns.map(quoted).joined(separator: ", ") }

  private func quoted(_ name: String) -> String { dialect.quoted(name) }

  private static let now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
}
