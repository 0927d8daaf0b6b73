import Engine

/// The SQL of SCD 1, over `carried` events: a key's row is its last event, unless that deletes.
extension FoldQueries {
  /// The last event of each key.
  var heads: String {
    """
    SELECT * EXCEPT (`__rank`) FROM (
      SELECT *, row_number() OVER (PARTITION BY \(list(keys)) ORDER BY \(sequence) DESC)
        AS `__rank`
      FROM carried) AS r
    WHERE `__rank` = 1
    """
  }

  /// The rows that should stand for the touched keys.
  var standingRows: String {
    let own = addsSequence ? ", \(sequence) AS \(quoted(sequenceColumn))" : ""
    return "SELECT \(list(columns))\(own) FROM heads WHERE NOT \(isDelete)"
  }

  private var rowColumns: [String] {
    addsSequence ? columns + [sequenceColumn] : columns
  }

  /// The rows to write of keys that have none.
  var currentInserts: String {
    """
    SELECT \(list(rowColumns, of: "r")) FROM standing AS r
    LEFT ANTI JOIN present AS p ON \(equal(keys, "r", "p"))
    """
  }

  /// The rows to write in place of others.
  var currentUpdates: String {
    """
    SELECT \(list(rowColumns, of: "r")) FROM standing AS r
    LEFT SEMI JOIN present AS p ON \(equal(keys, "r", "p"))
    EXCEPT SELECT \(list(rowColumns)) FROM present
    """
  }

  /// The keys of rows to delete.
  var currentDeletions: String {
    """
    SELECT \(list(keys, of: "p")) FROM present AS p
    LEFT ANTI JOIN standing AS r ON \(equal(keys, "p", "r"))
    """
  }

  /// The events to remember, since no row tells of them: the last delete of a key, so that a late
  /// older change does not bring its row back; and where the last event does not give all columns,
  /// that event, the last one to give each of these, and the delete before which none counts.
  ///
  /// No other event can count again, whatever comes late: what is older than all of these was
  /// overtaken column by column. Should one that overtook it lose against another of its sequence,
  /// bronze is asked for all (`TieBreak`).
  var currentRemembered: String {
    let identity = keys + [Name.sequence]
    let overHeads = """
      SELECT \(list(identity, of: "h")) FROM heads AS h
      LEFT SEMI JOIN auxiliary AS m ON \(equal(identity, "h", "m"))
      UNION
      SELECT \(list(identity)) FROM heads WHERE \(isDelete) OR \(absent) IS NOT NULL
      """
    guard !partial.isEmpty else { return rawEvents(of: overHeads) }
    let lastGivers = partial.enumerated().map { number, column in
      "(\(isGiven(column, of: "c.")) AND c.\(count(number)) = h.\(count(number)))"
    }
    return rawEvents(
      of: """
        \(overHeads)
        UNION
        SELECT \(list(identity, of: "c")) FROM carried AS c
        JOIN heads AS h ON \(equal(keys, "c", "h")) AND c.`__life` = h.`__life`
        WHERE h.\(absent) IS NOT NULL
          AND (c.\(isDelete) OR \(lastGivers.joined(separator: " OR ")))
        """)
  }

  /// The events that `chosen`, keys and sequences, names, as they came.
  func rawEvents(of chosen: String) -> String {
    """
    SELECT \(list(eventColumns, of: "e")) FROM events AS e
    LEFT SEMI JOIN (\(chosen)) AS n ON \(equal(keys + [Name.sequence], "e", "n"))
    """
  }
}
