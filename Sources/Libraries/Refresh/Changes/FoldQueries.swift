import Engine

/// The SQL by which AUTO CDC folds changes into a table: the rules of SEMANTICS A and of Spark's
/// AUTO CDC, said in the language the engine speaks anyway.
///
/// It runs over three small tables: `incoming` (the source's columns, then the sequence, whether
/// the row deletes, and the order of arrival), `present` (the target's rows of the touched keys)
/// and `auxiliary` (events of those keys that left no row of their own: deletes, and changes that
/// changed nothing tracked).
struct FoldQueries {
  /// Names of the columns that the fold adds.
  enum Name {
    static let sequence = "__seq"
    static let isDelete = "__del"
    static let arrival = "__arrival"
    static let startAt = "__START_AT"
    static let endAt = "__END_AT"
    /// The sequence of a present row, where no column of the source says it.
    static let kept = "__sequence"
  }

  /// The key columns.
  let keys: [String]
  /// All columns the target takes from the source, keys included.
  let columns: [String]
  /// The columns whose changes start a new version.
  let tracked: [String]
  /// The target's column that holds a row's sequence: a source column, or `Name.kept`.
  let sequenceColumn: String

  // The columns of `Name` as queries spell them.
  private let sequence = Identifier.quoted(Name.sequence)
  private let isDelete = Identifier.quoted(Name.isDelete)
  private let arrival = Identifier.quoted(Name.arrival)
  private let startAt = Identifier.quoted(Name.startAt)
  private let endAt = Identifier.quoted(Name.endAt)
  private let kept = Identifier.quoted(Name.kept)

  /// The last change of each key.
  var latest: String {
    """
    SELECT * EXCEPT (`__rank`) FROM (
      SELECT *, row_number() OVER (PARTITION BY \(list(keys))
        ORDER BY \(sequence) DESC, \(arrival) DESC) AS `__rank`
      FROM incoming) AS r
    WHERE `__rank` = 1
    """
  }

  /// SCD 1: the changes that win over what is present and what was deleted: `columns`, the
  /// sequence, whether it deletes, and whether a row is present.
  var currentWinners: String {
    """
    SELECT \(list(columns, of: "i")), i.\(sequence) AS \(sequence), i.\(isDelete) AS \(isDelete),
      p.\(quoted(keys[0])) IS NOT NULL AS `__present`
    FROM latest AS i
    LEFT JOIN present AS p ON \(equal(keys, "i", "p"))
    LEFT JOIN auxiliary AS m ON \(equal(keys, "i", "m"))
    WHERE (m.\(sequence) IS NULL OR i.\(sequence) > m.\(sequence)
        OR (i.\(isDelete) AND i.\(sequence) = m.\(sequence)))
      AND (p.\(quoted(keys[0])) IS NULL OR i.\(sequence) > p.\(quoted(sequenceColumn))
        OR (i.\(sequence) = p.\(quoted(sequenceColumn))
          AND (i.\(isDelete) OR NOT (\(same(columns, "i", "p"))))))
    """
  }

  /// SCD 1: the rows to write of keys that have none.
  var currentInserts: String { currentRows(where: "NOT \(isDelete) AND NOT `__present`") }

  /// SCD 1: the rows to write in place of others.
  var currentUpdates: String { currentRows(where: "NOT \(isDelete) AND `__present`") }

  private func currentRows(where condition: String) -> String {
    let own = sequenceColumn == Name.kept ? ", \(sequence) AS \(kept)" : ""
    return "SELECT \(list(columns))\(own) FROM winners WHERE \(condition)"
  }

  /// SCD 1: the keys of rows to delete.
  var currentDeletions: String {
    "SELECT \(list(keys)) FROM winners WHERE \(isDelete) AND `__present`"
  }

  /// SCD 1: the deletes to remember, so that a late older change does not bring a row back.
  var tombstones: String {
    "SELECT \(list(columns)), \(sequence), \(isDelete) FROM winners WHERE \(isDelete)"
  }

  /// The keys that `table` touches.
  func touchedKeys(of table: String) -> String { "SELECT DISTINCT \(list(keys)) FROM \(table)" }

  /// SCD 2: every event of the touched keys, one a sequence; the last to arrive stands.
  var events: String {
    let columnList = list(columns)
    return """
      SELECT * EXCEPT (`__rank`) FROM (
        SELECT *, row_number() OVER (PARTITION BY \(list(keys)), \(sequence)
          ORDER BY \(arrival) DESC) AS `__rank`
        FROM (
          SELECT \(columnList), \(sequence), \(isDelete), \(arrival) FROM incoming
          UNION ALL
          SELECT \(columnList), \(startAt), false, CAST(-1 AS BIGINT) FROM present
          UNION ALL
          SELECT \(columnList), \(sequence), \(isDelete), CAST(-1 AS BIGINT)
          FROM auxiliary) AS e) AS r
      WHERE `__rank` = 1
      """
  }

  /// SCD 2: the events in order, each with the number of the version it belongs to.
  var segments: String {
    let window = "OVER (PARTITION BY \(list(keys)) ORDER BY \(sequence))"
    let unchanged = ([Name.isDelete] + tracked).map {
      "\(quoted($0)) <=> lag(\(quoted($0))) \(window)"
    }
    return """
      SELECT *, sum(CASE WHEN `__starts` THEN 1 ELSE 0 END) OVER (PARTITION BY \(list(keys))
        ORDER BY \(sequence) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `__segment`
      FROM (
        SELECT *, row_number() \(window) = 1
          OR NOT (\(unchanged.joined(separator: " AND "))) AS `__starts`
        FROM events) AS s
      """
  }

  /// SCD 2: the versions that should stand for the touched keys.
  var versions: String {
    """
    SELECT \(list(columns)), \(startAt), \(endAt) FROM (
      SELECT \(list(columns)), \(isDelete), `__start` AS \(startAt),
        lead(`__start`) OVER (PARTITION BY \(list(keys)) ORDER BY `__start`) AS \(endAt)
      FROM (
        SELECT *, min(\(sequence)) OVER (PARTITION BY \(list(keys)), `__segment`) AS `__start`,
          row_number() OVER (PARTITION BY \(list(keys)), `__segment`
            ORDER BY \(sequence) DESC) AS `__last`
        FROM segments) AS l
      WHERE `__last` = 1) AS v
    WHERE NOT \(isDelete)
    """
  }

  /// SCD 2: the versions to write: new ones and changed ones.
  var changedVersions: String {
    let all = columns + [Name.startAt, Name.endAt]
    return "SELECT \(list(all)) FROM versions EXCEPT SELECT \(list(all)) FROM present"
  }

  /// SCD 2: the keys and starts of versions that stand no more.
  var goneVersions: String {
    let identity = keys + [Name.startAt]
    return """
      SELECT \(list(identity, of: "p")) FROM present AS p
      LEFT ANTI JOIN versions AS v ON \(equal(identity, "p", "v"))
      """
  }

  /// SCD 2: the events to remember, since no row tells of them.
  var remembered: String {
    """
    SELECT \(list(columns)), \(sequence), \(isDelete) FROM segments
    WHERE \(isDelete) OR NOT `__starts`
    """
  }

  /// SCD 2: the keys and sequences of auxiliary rows that tell of rows now.
  var forgotten: String {
    let identity = keys + [Name.sequence]
    return """
      SELECT \(list(identity, of: "m")) FROM auxiliary AS m
      LEFT ANTI JOIN remembered AS r ON \(equal(identity, "m", "r"))
      """
  }

  /// Those of `table`'s rows whose key occurs in `touched`.
  func touchedRows(of table: String, columns: [String]) -> String {
    """
    SELECT \(list(columns, of: "t")) FROM \(table) AS t
    LEFT SEMI JOIN touched AS k ON \(equal(keys, "t", "k"))
    """
  }

  private func quoted(_ name: String) -> String { Identifier.quoted(name) }

  private func list(_ columns: [String], of alias: String? = nil) -> String {
    let prefix = alias.map { "\($0)." } ?? ""
    return columns.map { "\(prefix)\(quoted($0))" }.joined(separator: ", ")
  }

  private func equal(_ columns: [String], _ left: String, _ right: String) -> String {
    columns.map { "\(left).\(quoted($0)) = \(right).\(quoted($0))" }
      .joined(separator: " AND ")
  }

  private func same(_ columns: [String], _ left: String, _ right: String) -> String {
    columns.map { "\(left).\(quoted($0)) <=> \(right).\(quoted($0))" }
      .joined(separator: " AND ")
  }
}
