import Bronze
import Engine

/// The SQL by which AUTO CDC folds changes into a table: the rules of SEMANTICS A and of Spark's
/// AUTO CDC, said in the language the engine speaks anyway.
///
/// It runs over three small tables: `incoming` (the source's columns, then the sequence, whether
/// the row deletes, what it does not give, and the order of arrival), `present` (the target's rows
/// of the touched keys) and `auxiliary` (events of those keys that no row tells of, or not all).
///
/// From these it makes `events`, every one that is known of the touched keys, one a key and
/// sequence; all else is worked out from them alone, by nothing but their content. So the result is
/// the same in whatever order and however often events come.
struct FoldQueries {
  /// Names of the columns that the fold adds.
  enum Name {
    static let sequence = "__seq"
    static let isDelete = "__del"
    static let absent = "__absent"
    /// The order of arrival, of rows in units that of the first of their unit.
    static let arrival = "__arrival"
    static let startAt = "__START_AT"
    static let endAt = "__END_AT"
    /// The sequence of a present row, where no column of the source says it.
    static let kept = "__sequence"
  }

  /// The key columns.
  let keys: [String]
  /// The columns by which rows come in units, of which one stands whole; the keys where each row
  /// stands for itself.
  let unit: [String]
  /// Whether rows come in units.
  let hasUnits: Bool
  /// All columns the target takes from the source, keys included.
  let columns: [String]
  /// The columns whose changes start a new version.
  let tracked: [String]
  /// The target's column that holds a row's sequence: a source column, or `Name.kept`.
  let sequenceColumn: String
  let isHistory: Bool
  /// Whether that column is one beside the source's.
  let addsSequence: Bool
  /// The columns that some of the events do not give.
  var partial: [String] = []

  // The columns of `Name` as queries spell them.
  let sequence = Identifier.quoted(Name.sequence)
  let isDelete = Identifier.quoted(Name.isDelete)
  let absent = Identifier.quoted(Name.absent)
  private let startAt = Identifier.quoted(Name.startAt)
  private let endAt = Identifier.quoted(Name.endAt)

  /// What an event says: its columns, sequence, whether it deletes, what it does not give.
  var eventColumns: [String] {
    columns + [Name.sequence, Name.isDelete, Name.absent]
  }

  // MARK: Events

  /// The keys, or units, that `table` touches.
  func touchedKeys(of table: String) -> String { "SELECT DISTINCT \(list(unit)) FROM \(table)" }

  /// Those of `table`'s rows whose key occurs in `touched`; columns that it lacks are NULL.
  func touchedRows(of table: String, columns: [(name: String, type: String, isThere: Bool)])
    -> String
  {
    let chosen = columns.map { column in
      let name = quoted(column.name)
      return column.isThere ? "t.\(name)" : "CAST(NULL AS \(column.type)) AS \(name)"
    }
    return """
      SELECT \(chosen.joined(separator: ", ")) FROM \(table) AS t
      LEFT SEMI JOIN touched AS k ON \(equal(unit, "t", "k"))
      """
  }

  /// What `table` tells of events: a delete says nothing but its key, whatever it carries. Columns
  /// `keeping` stand behind.
  func said(by table: String, absent: String, keeping: [String] = []) -> String {
    let keySet = Set(keys)
    let told = columns.map { column in
      keySet.contains(column)
        ? quoted(column)
        : "CASE WHEN NOT \(isDelete) THEN \(quoted(column)) END AS \(quoted(column))"
    }
    return """
      SELECT \(told.joined(separator: ", ")), \(sequence), \(isDelete),
        CASE WHEN NOT \(isDelete) THEN \(absent) END AS \(self.absent)
        \(keeping.map { ", \(quoted($0))" }.joined())
      FROM \(table)
      """
  }

  /// Everything that is said of the touched keys, each once. A row of the target tells of an event
  /// where the auxiliary table does not.
  func candidates(incomingAbsent: String) -> String {
    """
    SELECT DISTINCT * FROM (
      \(said(by: "incoming", absent: incomingAbsent))
      UNION ALL
      SELECT \(list(columns)), \(rowSequence), false, CAST(NULL AS STRING)
      FROM present AS p
      LEFT ANTI JOIN auxiliary AS m
        ON \(equal(keys, "p", "m")) AND p.\(rowSequence) = m.\(sequence)
      UNION ALL
      \(said(by: "auxiliary", absent: absent))) AS c
    """
  }

  /// The column of a present row that tells its sequence.
  var rowSequence: String { isHistory ? startAt : quoted(sequenceColumn) }

  /// The keys of which different things are said for one sequence; of rows in units the units of
  /// which different things are said.
  var ties: String {
    hasUnits
      ? differingUnits
      : """
      SELECT DISTINCT \(list(keys)) FROM (
        SELECT \(list(keys)), \(sequence) FROM candidates
        GROUP BY \(list(keys)), \(sequence) HAVING count(*) > 1) AS t
      """
  }

  /// What is said of these keys.
  var tied: String {
    """
    SELECT \(list(eventColumns, of: "c")) FROM candidates AS c
    LEFT SEMI JOIN ties AS t ON \(equal(unit, "c", "t"))
    """
  }

  /// One event a key and sequence: what is said, or those in `winners` of keys that have ties.
  func events(hasTies: Bool) -> String {
    guard hasTies else { return "SELECT * FROM candidates" }
    return """
      SELECT \(list(eventColumns, of: "c")) FROM candidates AS c
      LEFT ANTI JOIN ties AS t ON \(equal(unit, "c", "t"))
      UNION ALL
      SELECT \(list(eventColumns, of: "w")) FROM winners AS w
      LEFT SEMI JOIN ties AS t ON \(equal(unit, "w", "t"))
      """
  }

  /// What the events do not give, in their words.
  var absentNames: String {
    "SELECT DISTINCT \(absent) FROM events WHERE \(absent) IS NOT NULL"
  }

  /// The events with what they do not give carried forward from those before: since a key came, or
  /// came again after a delete. Behind them stand, for each such column, how often it was given.
  var carried: String {
    guard !partial.isEmpty else { return "SELECT * FROM events" }
    let running = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    let given = partial.enumerated().map { number, column in
      """
      sum(CASE WHEN \(isGiven(column)) THEN 1 ELSE 0 END)
          OVER (PARTITION BY \(list(keys)), `__life` ORDER BY \(sequence) \(running))
          AS \(count(number))
      """
    }
    let filled = columns.map { column -> String in
      guard let number = partial.firstIndex(of: column) else { return quoted(column) }
      return """
        CASE WHEN \(count(number)) > 0 THEN first_value(\(quoted(column)))
          OVER (PARTITION BY \(list(keys)), `__life`, \(count(number)) ORDER BY \(sequence))
          END AS \(quoted(column))
        """
    }
    return """
      SELECT \(filled.joined(separator: ", ")), \(sequence), \(isDelete), \(absent), `__life`,
        \(partial.indices.map(count).joined(separator: ", "))
      FROM (
        SELECT *, \(given.joined(separator: ",\n"))
        FROM (
          SELECT *, sum(CASE WHEN \(isDelete) THEN 1 ELSE 0 END)
            OVER (PARTITION BY \(list(keys)) ORDER BY \(sequence) \(running)) AS `__life`
          FROM events) AS l) AS g
      """
  }

  /// Whether an event gives `column`.
  func isGiven(_ column: String, of alias: String = "") -> String {
    let name = AbsentText.of(column)
    return """
      (NOT \(alias)\(isDelete) AND (\(alias)\(absent) IS NULL
        OR NOT contains(\(alias)\(absent), \(name))))
      """
  }

  /// How often the column with this number was given, up to an event.
  func count(_ number: Int) -> String { "`__given\(number)`" }

  /// The auxiliary rows of the touched keys that must be remembered no more. One that tells of the
  /// row as it still stands is left for the next time.
  var forgotten: String {
    let identity = keys + [Name.sequence]
    return """
      SELECT \(list(identity, of: "m")) FROM auxiliary AS m
      LEFT ANTI JOIN remembered AS r ON \(equal(identity, "m", "r"))
      LEFT ANTI JOIN present AS p
        ON \(equal(keys, "m", "p")) AND m.\(sequence) = p.\(quoted(sequenceColumn))
      """
  }

  // MARK: Words

  func quoted(_ name: String) -> String { Identifier.quoted(name) }

  func list(_ columns: [String], of alias: String? = nil) -> String {
    let prefix = alias.map { "\($0)." } ?? ""
    return columns.map { "\(prefix)\(quoted($0))" }.joined(separator: ", ")
  }

  func equal(_ columns: [String], _ left: String, _ right: String) -> String {
    columns.map { "\(left).\(quoted($0)) = \(right).\(quoted($0))" }
      .joined(separator: " AND ")
  }
}

/// The name of a column as a query looks for it among those that a row does not give.
private enum AbsentText {
  static func of(_ column: String) -> String {
    let quoted = column.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "'\(AbsentNames.separator)\(quoted)\(AbsentNames.separator)'"
  }
}
