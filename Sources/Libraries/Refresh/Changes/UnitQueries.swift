import Engine

/// The SQL of rows that come in units, as the lines of a receipt do: all that one line of bronze
/// says of a unit, its body, stands or falls together.
///
/// Two bodies of one unit that do not say the same are a conflict, whatever their sequences: one
/// stands, and all of the other is set aside; what stands is never put together of both. It is the
/// one of the latest sequence; of equal ones the one whose text is the greatest, so that every
/// table that is made of these lines decides for the same.
extension FoldQueries {
  /// The units of which bodies say different things, as far as the tables and the new changes tell:
  /// where each body says all that is said, they are the same.
  var differingUnits: String {
    """
    SELECT DISTINCT \(list(unit, of: "b"))
    FROM (
      SELECT \(list(unit)), count(*) AS `__size` FROM (
        SELECT DISTINCT \(list(columns)), \(sequence), \(quoted(Name.arrival)) FROM (
          SELECT \(list(columns)), \(sequence), \(quoted(Name.arrival)) FROM incoming
          UNION ALL
          SELECT \(list(columns)), \(rowSequence), CAST(-1 AS BIGINT) FROM present) AS s) AS d
      GROUP BY \(list(unit)), \(quoted(Name.arrival))) AS b
    JOIN (
      SELECT \(list(unit)), count(*) AS `__size`, count(DISTINCT \(list(keys))) AS `__keys`
      FROM candidates GROUP BY \(list(unit))) AS t ON \(equal(unit, "b", "t"))
    WHERE b.`__size` <> t.`__size` OR t.`__size` <> t.`__keys`
    UNION
    SELECT \(list(unit)) FROM incoming
    GROUP BY \(list(unit)), \(quoted(Name.arrival)) HAVING count(*) > count(DISTINCT \(list(keys)))
    """
  }

  /// The bodies that are told, each with all that it says as one text, its rank among those of its
  /// unit, and the number of its copy. One that names a key twice does not stand before others.
  var bodies: String {
    let content = list(columns + [Name.sequence])
    return """
      SELECT *, row_number() OVER (PARTITION BY \(list(unit))
          ORDER BY `__twice`, `__last` DESC, `__text` DESC, `__first`) AS `__rank`,
        row_number() OVER (PARTITION BY \(list(unit)), `__content` ORDER BY `__new`, `__first`)
          AS `__copy`
      FROM (
        SELECT \(list(unit)), `__body`, max(\(sequence)) AS `__last`, max(`__text`) AS `__text`,
          min(`__found`) AS `__first`, max(`__new`) AS `__new`,
          sum(`__copies`) > count(DISTINCT \(list(keys))) AS `__twice`,
          to_json(sort_array(collect_list(struct(\(content))))) AS `__content`
        FROM (
          SELECT \(content), `__body`, count(*) AS `__copies`, max(`__text`) AS `__text`,
            min(`__found`) AS `__found`,
            max(CASE WHEN `__new` THEN 1 ELSE 0 END) AS `__new`
          FROM told GROUP BY \(content), `__body`) AS d
        GROUP BY \(list(unit)), `__body`) AS b
      """
  }

  /// The events of the bodies that stand. Of a unit whose bodies all name keys twice none does.
  var unitWinners: String {
    """
    SELECT DISTINCT \(list(eventColumns, of: "e")) FROM told AS e
    LEFT SEMI JOIN (SELECT * FROM bodies WHERE `__rank` = 1 AND NOT `__twice`) AS b
      ON \(equal(unit, "e", "b")) AND e.`__body` = b.`__body`
    """
  }

  /// The events of all other bodies, once each, and in which columns each differs from the one with
  /// its key that stands.
  func unitLosers(nested: Set<String>) -> String {
    """
    SELECT \(list(eventColumns, of: "l")), l.`__found`, l.`__new`,
      CASE WHEN l.`__twice` THEN 'a key comes twice in one line'
        WHEN w.\(quoted(keys[0])) IS NULL
          THEN 'another line with this \(unitWords) stands; it has no such row'
        ELSE concat_ws('; ', 'another line with this \(unitWords) stands',
          \(differences(nested: nested).joined(separator: ",\n"))) END AS `__reason`
    FROM (
      SELECT \(list(eventColumns, of: "e")), e.`__found`, e.`__new`, b.`__twice`
      FROM told AS e
      JOIN (
        SELECT o.* FROM bodies AS o
        LEFT ANTI JOIN (SELECT * FROM bodies WHERE `__rank` = 1 AND NOT `__twice`) AS s
          ON \(equal(unit, "o", "s")) AND o.`__content` = s.`__content`
        WHERE o.`__copy` = 1) AS b
        ON \(equal(unit, "e", "b")) AND e.`__body` = b.`__body`) AS l
    LEFT JOIN winners AS w ON \(equal(keys, "l", "w"))
    ORDER BY l.`__found`
    """
  }

  private var unitWords: String {
    unit.joined(separator: ", ").replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }
}
