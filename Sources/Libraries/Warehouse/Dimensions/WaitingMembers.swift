import Columnar
package import Core
package import Database

/// Members of one dimension that facts named at one moment, and that no source has described yet.
package struct WaitingMembers: Equatable, Sendable {
  /// The dimension's table.
  package let dimension: String
  /// When facts named them.
  package let since: Timestamp
  package let count: Int

  /// All that wait in `database`, by dimension, the oldest first; none where it was never loaded.
  package static func all(
    in database: any LoadingConnection
  ) throws(Fault) -> [WaitingMembers] {
    var found: [WaitingMembers] = []
    for members in try InferredMembers.all(in: database) {
      found += try database.rows(
        "SELECT i.dimension, i.inferred_at, count(*) \(members.waiting) "
          + "GROUP BY i.dimension, i.inferred_at ORDER BY i.inferred_at"
      ).compactMap { row in
        guard case .string(let dimension) = row[0], case .string(let text) = row[1],
          let since = Timestamp(parsing: text), case .integer(let count) = row[2]
        else { return nil }
        return WaitingMembers(dimension: dimension, since: since, count: Int(count))
      }
    }
    return found
  }
}
