import Columnar
import Core
import Delta
import Engine

/// How much of a view is made anew.
enum RefreshScope: Equatable {
  case nothing
  /// Partitions by the text of their value (nil: NULL).
  case partitions(Set<String?>)
  case everything

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
