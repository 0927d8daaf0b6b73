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
    /// Which of the changes of a key and sequence it is, where they are numbered.
    static let ordinal = "__ordinal"
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
  let ordinal = Identifier.quoted(Name.ordinal)
  private let startAt = Identifier.quoted(Name.startAt)
  private let endAt = Identifier.quoted(Name.endAt)

  /// What an event says: its columns, sequence, whether it deletes, what it does not give.
  var eventColumns: [String] {
    columns + [Name.sequence, Name.isDelete, Name.absent]
  }

  /// The columns that tell an event from others, of which one stands.
  var identity: [String] { keys + [Name.sequence] }

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

  /// What `table` tells of events: a delete says nothing but its key, whatever it carries. What
  /// `keeping` works out stands behind.
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
        \(keeping.map { ", \($0)" }.joined())
      FROM \(table)
      """
  }

  /// Everything that is said of the touched keys, each once.
  func candidates(incomingAbsent: String) -> String {
    """
    SELECT DISTINCT * FROM (
      \(said(by: "incoming", absent: incomingAbsent))
      UNION ALL
      \(stored)) AS c
    """
  }

  /// What the tables say of the touched keys. A row of the target tells of an event where the
  /// auxiliary table does not.
  var stored: String {
    """
      SELECT \(list(columns)), \(rowSequence) AS \(sequence), false AS \(isDelete),
        CAST(NULL AS STRING) AS \(absent)
      FROM present AS p
      LEFT ANTI JOIN auxiliary AS m
        ON \(equal(keys, "p", "m")) AND p.\(rowSequence) = m.\(sequence)
      UNION ALL
      \(said(by: "auxiliary", absent: absent))
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

  /// What the rows of `table` do not give, in their words.
  func absentNames(in table: String) -> String {
    "SELECT DISTINCT \(absent) FROM \(table) WHERE \(absent) IS NOT NULL"
  }

  /// The events with what they do not give carried forward from those before: since a key came, or
  /// came again after a delete. Behind them stand, for each such column, how often it was given.
  var carried: String { carried(over: "events", of: keys, inOrderOf: Name.sequence) }

  /// The rows of `table` so: of those that have equal `groups`, in order of one column; the columns
  /// `keeping` stand behind what an event says.
  func carried(
    over table: String, of groups: [String], inOrderOf order: String, keeping: [String] = []
  ) -> String {
    guard !partial.isEmpty else { return "SELECT * FROM \(table)" }
    let (groups, order) = (list(groups), quoted(order))
    let running = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    let behind = keeping.map(quoted) + partial.indices.map(count)
    let given = partial.enumerated().map { number, column in
      """
      sum(CASE WHEN \(isGiven(column)) THEN 1 ELSE 0 END)
          OVER (PARTITION BY \(groups), `__life` ORDER BY \(order) \(running))
          AS \(count(number))
      """
    }
    let filled = columns.map { column -> String in
      guard let number = partial.firstIndex(of: column) else { return quoted(column) }
      return """
        CASE WHEN \(count(number)) > 0 THEN first_value(\(quoted(column)))
          OVER (PARTITION BY \(groups), `__life`, \(count(number)) ORDER BY \(order))
          END AS \(quoted(column))
        """
    }
    return """
      SELECT \(filled.joined(separator: ", ")), \(sequence), \(isDelete), \(absent), `__life`,
        \(behind.joined(separator: ", "))
      FROM (
        SELECT *, \(given.joined(separator: ",\n"))
        FROM (
          SELECT *, sum(CASE WHEN \(isDelete) THEN 1 ELSE 0 END)
            OVER (PARTITION BY \(groups) ORDER BY \(order) \(running)) AS `__life`
          FROM \(table)) AS l) AS g
      """
  }

  /// Whether an event gives `column`.
  func isGiven(_ column: String, of alias: String = "") -> String {
    let name = literal(AbsentNames.separator + column + AbsentNames.separator)
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

  /// A text as a query spells it.
  func literal(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }

  func list(_ columns: [String], of alias: String? = nil) -> String {
    let prefix = alias.map { "\($0)." } ?? ""
    return columns.map { "\(prefix)\(quoted($0))" }.joined(separator: ", ")
  }

  func equal(_ columns: [String], _ left: String, _ right: String) -> String {
    columns.map { "\(left).\(quoted($0)) = \(right).\(quoted($0))" }
      .joined(separator: " AND ")
  }
}
