import Columnar
import Engine

/// The SQL that says which of several changes of one key and sequence stands.
///
/// It runs over `ties` (keys, or units), `found` (all changes of these that bronze holds, with
/// their ordinals and the order in which they were found) and `tied` (what the tables say of them).
///
/// What a flow says in numbered steps counts as what it comes to (`StepQueries`). The one of the
/// highest ordinal stands; of equal ones a delete before any other, then the one whose values are
/// the greatest, column by column. That is a matter of what changes say alone: the
/// order in which they came into bronze decides nothing, nor how they were cut into runs.
extension FoldQueries {
  /// All that is said of the ties: by bronze, and only where that is silent by the tables.
  var told: String {
    let places = FoundChanges.places.map(\.name)
    return """
      SELECT \(list(eventColumns + places, of: "f"))
      FROM (\(said(by: "found", absent: absent, keeping: places.map(quoted)))) AS f
      LEFT SEMI JOIN ties AS t ON \(equal(unit, "f", "t"))
      UNION ALL
      SELECT \(list(eventColumns, of: "c")), CAST(NULL AS BIGINT), CAST(-1 AS BIGINT), false,
        CAST(-1 AS BIGINT), CAST(NULL AS STRING), CAST(NULL AS BIGINT)
      FROM tied AS c
      LEFT ANTI JOIN found AS f ON \(equal(hasUnits ? unit : identity, "c", "f"))
      """
  }

  /// The order of changes that nothing else orders: by what they say.
  var contentOrder: String {
    let columns = columns.filter { !keys.contains($0) } + [Name.absent]
    return ([isDelete] + columns.map(quoted)).map { "\($0) DESC" }.joined(separator: ", ")
  }

  /// What is told, each thing with its rank among those of its key and sequence, and the number of
  /// its copy.
  var ranked: String {
    let content = list(eventColumns)
    return """
      SELECT *, dense_rank() OVER (PARTITION BY \(list(identity))
          ORDER BY `__last` DESC, \(contentOrder)) AS `__rank`,
        row_number() OVER (PARTITION BY \(content) ORDER BY `__new`, `__found`) AS `__copy`
      FROM (
        SELECT *, max(coalesce(`__ordinal`, -9223372036854775808))
          OVER (PARTITION BY \(content)) AS `__last`
        FROM netted) AS l
      """
  }

  /// The events that stand.
  var winners: String {
    "SELECT \(list(eventColumns)) FROM ranked WHERE `__rank` = 1 AND `__copy` = 1"
  }

  /// What else was said, once each, and in which columns it differs from what stands. `nested`
  /// columns are named without their values.
  func losers(nested: Set<String>) -> String {
    losers(in: "ranked", to: "winners", by: identity, nested: nested)
  }

  /// What lost in `table`, once each, to those of `winners` with equal columns `identity`.
  func losers(
    in table: String, to winners: String, by identity: [String], nested: Set<String>
  ) -> String {
    let deletes =
      "CASE WHEN l.\(isDelete) <> w.\(isDelete) THEN"
      + " CASE WHEN l.\(isDelete) THEN 'a delete' ELSE 'no delete' END END"
    let words = [deletes] + differences(nested: nested)
    return """
      SELECT \(list(eventColumns, of: "l")), l.`__found`, l.`__new`,
        concat('another change of this key and sequence stands; this one has ',
          concat_ws('; ', \(words.joined(separator: ",\n")))) AS `__reason`
      FROM \(table) AS l JOIN \(winners) AS w ON \(equal(identity, "l", "w"))
      WHERE l.`__rank` > 1 AND l.`__copy` = 1 ORDER BY l.`__found`
      """
  }

  /// For each column a word on how `l` differs from `w`; NULL where it does not.
  func differences(nested: Set<String>) -> [String] {
    columns.filter { !keys.contains($0) }.map { column in
      let name = quoted(column)
      let label = literal(column)
      let words =
        nested.contains(column)
        ? label
        : "concat(\(label), ' ', \(text("l.\(name)")), ', not ', \(text("w.\(name)")))"
      return "CASE WHEN NOT (l.\(name) <=> w.\(name)) THEN \(words) END"
    }
  }

  private func text(_ column: String) -> String {
    "coalesce(CAST(\(column) AS STRING), 'NULL')"
  }
}
