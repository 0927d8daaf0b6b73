import Engine

/// The SQL of SCD 2, over `carried` events: runs of events that change nothing tracked are one
/// version.
extension FoldQueries {
  private var startAt: String { quoted(Name.startAt) }
  private var endAt: String { quoted(Name.endAt) }

  /// The events in order, each with the number of the version it belongs to. A first value of a
  /// column that was absent until then changes nothing: it fills the version that stands.
  var segments: String {
    let window = "OVER (PARTITION BY \(list(keys)) ORDER BY \(sequence))"
    let same = ([Name.isDelete] + tracked).map { column -> String in
      let unchanged = "\(quoted(column)) <=> lag(\(quoted(column))) \(window)"
      guard let number = partial.firstIndex(of: column) else { return unchanged }
      return "(\(unchanged) OR lag(\(count(number))) \(window) = 0)"
    }
    return """
      SELECT *, sum(CASE WHEN `__starts` THEN 1 ELSE 0 END) OVER (PARTITION BY \(list(keys))
        ORDER BY \(sequence) ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS `__segment`
      FROM (
        SELECT *, row_number() \(window) = 1
          OR NOT (\(same.joined(separator: " AND "))) AS `__starts`
        FROM carried) AS s
      """
  }

  /// The versions that should stand for the touched keys.
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

  /// The versions to write: new ones and changed ones.
  var changedVersions: String {
    let all = columns + [Name.startAt, Name.endAt]
    return "SELECT \(list(all)) FROM versions EXCEPT SELECT \(list(all)) FROM present"
  }

  /// The keys and starts of versions that stand no more.
  var goneVersions: String {
    let identity = keys + [Name.startAt]
    return """
      SELECT \(list(identity, of: "p")) FROM present AS p
      LEFT ANTI JOIN versions AS v ON \(equal(identity, "p", "v"))
      """
  }

  /// The events to remember: all of which no version says just what they said. One that is
  /// remembered already stays so, for the version that tells of it may not come to stand.
  var historyRemembered: String {
    let identity = keys + [Name.sequence]
    let untold = columns.filter { !keys.contains($0) && !isSameInVersion($0) }
    let told =
      ["e.\(absent) IS NULL"] + untold.map { "e.\(quoted($0)) <=> v.\(quoted($0))" }
    return """
      SELECT \(list(eventColumns, of: "e")) FROM events AS e
      LEFT ANTI JOIN versions AS v
        ON \(equal(keys, "e", "v")) AND e.\(sequence) = v.\(startAt)
          AND \(told.joined(separator: " AND "))
      UNION
      SELECT \(list(eventColumns, of: "e")) FROM events AS e
      LEFT SEMI JOIN auxiliary AS m ON \(equal(identity, "e", "m"))
      """
  }

  /// Whether a version says of `column` what each of its events said.
  private func isSameInVersion(_ column: String) -> Bool {
    tracked.contains(column) && !partial.contains(column)
  }
}
