import Core
import Engine
import LakeJobs

/// The SQL that finds the rows which break a rule.
struct QualityQuery {
  let rule: QualityRule
  let clock: Clock

  /// A query that returns the failing rows, none when the rule holds.
  var failingRows: String {
    switch rule.kind {
    case .notNull(let columns):
      rows(failing: columns.map { "\(quoted($0)) IS NULL" }.joined(separator: " OR "))
    case .unique(let columns):
      """
      SELECT \(list(columns)), count(*) AS `rows` FROM \(table)\(filter())
      GROUP BY \(list(columns)) HAVING count(*) > 1
      """
    case .acceptedValues(let column, let values):
      rows(
        failing: "CAST(\(quoted(column)) AS STRING) NOT IN "
          + "(\(values.map(text).joined(separator: ", ")))")
    case .range(let column, let minimum, let maximum):
      rows(failing: outside(column, minimum, maximum))
    case .references(let columns, let other, let target): dangling(columns, other, target)
    case .freshness(let column, let seconds): stale(column, seconds)
    case .rowCount(let minimum, let maximum): miscounted(minimum, maximum)
    case .sql(let query): query
    }
  }

  private var table: String { "\(quoted(rule.table.schema)).\(quoted(rule.table.name))" }

  private func rows(failing condition: String) -> String {
    "SELECT * FROM \(table)\(filter(and: condition))"
  }

  private func filter(and condition: String? = nil) -> String {
    let conditions = [rule.condition, condition].compactMap { $0.map { "(\($0))" } }
    return conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
  }

  private func outside(_ column: String, _ minimum: String?, _ maximum: String?) -> String {
    let low = minimum.map { "\(quoted(column)) < \(bound($0))" }
    let high = maximum.map { "\(quoted(column)) > \(bound($0))" }
    return [low, high].compactMap(\.self).joined(separator: " OR ")
  }

  /// A number stands as it is, a date or a time as a typed literal.
  private func bound(_ value: String) -> String {
    if Decimal(parsing: value) != nil { return value }
    if value.count == 10, CivilDate(parsing: value) != nil { return "DATE'\(value)'" }
    if Timestamp(parsing: value) != nil { return "TIMESTAMP'\(value)'" }
    return text(value)
  }

  private func dangling(
    _ columns: [String], _ other: LakeTableName, _ target: [String]
  ) -> String {
    let pairs = zip(columns, target).map { "t.\(quoted($0)) = o.\(quoted($1))" }
    let given = columns.map { "\(quoted($0)) IS NOT NULL" }.joined(separator: " AND ")
    return """
      SELECT t.* FROM (SELECT * FROM \(table)\(filter(and: given))) AS t
      LEFT ANTI JOIN \(quoted(other.schema)).\(quoted(other.name)) AS o
        ON \(pairs.joined(separator: " AND "))
      """
  }

  private func stale(_ column: String, _ seconds: Int64) -> String {
    // Nothing is older than the first instant.
    let oldest = clock.now.adding(seconds: 0 &- seconds) ?? Timestamp(microseconds: .min)
    return """
      SELECT newest FROM (SELECT max(CAST(\(quoted(column)) AS TIMESTAMP)) AS newest
        FROM \(table)\(filter())) AS n
      WHERE newest IS NULL OR newest < TIMESTAMP'\(oldest.sparkText)'
      """
  }

  private func miscounted(_ minimum: Int?, _ maximum: Int?) -> String {
    let low = minimum.map { "`rows` < \($0)" }
    let high = maximum.map { "`rows` > \($0)" }
    let conditions = [low, high].compactMap(\.self)
    return """
      SELECT `rows` FROM (SELECT count(*) AS `rows` FROM \(table)\(filter())) AS c
      WHERE \(conditions.isEmpty ? "false" : conditions.joined(separator: " OR "))
      """
  }

  private func list(_ columns: [String]) -> String {
    columns.map(quoted).joined(separator: ", ")
  }

  private func quoted(_ name: String) -> String { Identifier.quoted(name) }

  private func text(_ value: String) -> String {
    let escaped = substituting("\\", in: value, with: "\\\\")
    return "'" + substituting("'", in: escaped, with: "\\'") + "'"
  }
}
