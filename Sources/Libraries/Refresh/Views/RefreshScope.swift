import Columnar
import Core
import Delta
import Engine

/// How much of a view is made anew.
package enum RefreshScope: Equatable {
  case nothing
  /// Partitions by the text of their value (nil: NULL).
  case partitions(Set<String?>)
  case everything

  /// Whether the partition whose value has that text is among it.
  package func covers(_ partition: String) -> Bool {
    switch self {
    case .nothing: false
    case .everything: true
    case .partitions(let values): values.contains(partition)
    }
  }

  /// `3 partitions`, `everything`, `nothing`.
  var words: String {
    switch self {
    case .nothing: "nothing"
    case .everything: "everything"
    case .partitions(let values): counted(values.count, "partition")
    }
  }
}

extension LogicalPlan {
  /// The plan's rows of some partitions only.
  func restricted(to scope: RefreshScope, of column: String?) -> LogicalPlan {
    guard case .partitions(let values) = scope, let column,
      let position = schema.index(of: column)
    else { return self }
    let type = schema.fields[position].type
    return restricted(
      toColumn: position, in: values.map { PartitionValue.decode($0, as: type) ?? .null })
  }
}
