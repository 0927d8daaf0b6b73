import Bronze
import Engine
import LakeQuery

/// The SQL of changes of one key and sequence whose order is told: they bear numbers, as those of
/// one transaction of a source do. They are steps to one event.
///
/// That event says what the last step says, and of what this does not give what those before it
/// gave last. Nothing before a delete counts: what is not given after it has no value. The steps
/// that were overtaken are no conflict, so that neither bronze is looked through for them nor
/// anything set aside. Only what bears one number and says different things has no order.
extension FoldQueries {
  /// The changes of the `ties`, numbered by the column `number`.
  func steps(numberedBy number: String, absent: String) -> String {
    let numbered = "\(quoted(number)) AS \(ordinal)"
    return """
      SELECT DISTINCT \(list(eventColumns + [Name.ordinal], of: "s"))
      FROM (\(said(by: "incoming", absent: absent, keeping: [numbered]))) AS s
      LEFT SEMI JOIN ties AS t ON \(equal(keys, "s", "t"))
      """
  }

  /// The keys and sequences of several `steps`, each of which bears a number of its own.
  var numbered: String {
    """
    SELECT \(list(identity)) FROM steps
    GROUP BY \(list(identity))
    HAVING count(*) > 1 AND count(*) = count(DISTINCT \(ordinal))
    """
  }

  /// What is said of the touched keys, where the `numbered` steps count as what they come to.
  var nettedCandidates: String {
    """
    SELECT DISTINCT * FROM (
      SELECT \(list(eventColumns, of: "c")) FROM candidates AS c
      LEFT ANTI JOIN numbered AS n ON \(equal(identity, "c", "n"))
      UNION ALL
      SELECT \(list(eventColumns, of: "s")) FROM (\(stored)) AS s
      LEFT SEMI JOIN numbered AS n ON \(equal(identity, "s", "n"))
      UNION ALL
      SELECT \(list(eventColumns, of: "e"))
      FROM (\(net(of: "steps", by: identity, keeping: [Name.ordinal]))) AS e
      LEFT SEMI JOIN numbered AS n ON \(equal(identity, "e", "n"))) AS c
    """
  }

  /// What the steps of `table` come to, those with equal columns `groups` to one event, behind
  /// which stand the columns `keeping` of its last step.
  private func net(of table: String, by groups: [String], keeping: [String]) -> String {
    let others = groups.filter { !eventColumns.contains($0) }
    let steps = carried(over: table, of: groups, inOrderOf: Name.ordinal, keeping: keeping + others)
    return """
      SELECT \(list(eventColumns + keeping)) FROM (
        SELECT \(list(columns + [Name.sequence, Name.isDelete] + keeping)),
          \(neverGiven) AS \(absent),
          row_number() OVER (PARTITION BY \(list(groups)) ORDER BY \(ordinal) DESC) AS `__turn`
        FROM (\(steps)) AS s) AS n
      WHERE `__turn` = 1
      """
  }

  /// What no step up to one gave, in words; nothing where one before it deletes.
  private var neverGiven: String {
    guard !partial.isEmpty else { return "CAST(NULL AS STRING)" }
    let separator = "'\(AbsentNames.separator)'"
    let names = partial.enumerated().map { number, column in
      "CASE WHEN \(count(number)) = 0 THEN \(literal(column)) END"
    }
    let isLacking = partial.indices.map { "\(count($0)) = 0" }
    return """
      CASE WHEN `__life` = 0 AND (\(isLacking.joined(separator: " OR "))) THEN
        concat(\(separator), concat_ws(\(separator), \(names.joined(separator: ", "))),
          \(separator)) END
      """
  }

  // MARK: Ties

  /// What is told of ties in numbered steps (each flow counts for itself), each thing with its rank
  /// among those of its number, and the number of its copy.
  var toldSteps: String {
    let place = list(identity + ["__flow", Name.ordinal])
    return """
      SELECT *,
        dense_rank() OVER (PARTITION BY \(place) ORDER BY \(contentOrder)) AS `__rank`,
        row_number() OVER (PARTITION BY \(list(eventColumns + ["__flow", Name.ordinal]))
          ORDER BY `__new`, `__found`) AS `__copy`
      FROM told WHERE `__flow` IS NOT NULL AND \(ordinal) IS NOT NULL
      """
  }

  /// Of the told steps those that count.
  var countedSteps: String { "SELECT * FROM toldsteps WHERE `__rank` = 1 AND `__copy` = 1" }

  /// What is told, where the counted steps of a flow are what they come to.
  var netted: String {
    let places = [Name.ordinal, "__found", "__new"]
    let net = net(of: "countedsteps", by: identity + ["__flow"], keeping: places)
    return """
      SELECT \(list(eventColumns + places)) FROM told
      WHERE `__flow` IS NULL OR \(ordinal) IS NULL
      UNION ALL
      SELECT \(list(eventColumns + places)) FROM (\(net)) AS n
      """
  }

  /// What was said otherwise under a number, or lost as a whole.
  func stepLosers(nested: Set<String>) -> String {
    let place = identity + ["__flow", Name.ordinal]
    return """
      SELECT * FROM (
        SELECT * FROM (\(losers(nested: nested))) AS l
        UNION ALL
        SELECT * FROM (
          \(losers(in: "toldsteps", to: "countedsteps", by: place, nested: nested))) AS s) AS a
      ORDER BY `__found`
      """
  }
}
