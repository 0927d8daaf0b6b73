import Columnar

/// Positions that stand for what is computed at a later step of a SELECT.
enum Placeholder {
  private static let step = 1 << 40
  private static let bases = [1, 2, 3].map { $0 * step }

  static func aggregate(_ index: Int) -> Int { bases[0] + index }
  static func window(_ index: Int) -> Int { bases[1] + index }
  static func subquery(_ index: Int) -> Int { bases[2] + index }

  /// The aggregate that `position` stands for.
  static func aggregateIndex(_ position: Int) -> Int? { index(position, 0) }
  /// The window that `position` stands for.
  static func windowIndex(_ position: Int) -> Int? { index(position, 1) }
  /// The subquery that `position` stands for.
  static func subqueryIndex(_ position: Int) -> Int? { index(position, 2) }

  private static func index(_ position: Int, _ kind: Int) -> Int? {
    let index = position - bases[kind]
    return index >= 0 && index < step ? index : nil
  }

  /// Whether the expression holds an aggregate, directly or in a window or subquery's place.
  static func hasAggregate(_ expression: Expression) -> Bool {
    expression.columns.contains { aggregateIndex($0) != nil }
  }

  static func hasWindow(_ expression: Expression) -> Bool {
    expression.columns.contains { windowIndex($0) != nil }
  }
}

/// Columns of the query around a subquery: negative positions until the two are joined.
enum OuterColumn {
  /// The expression over the outer query's columns, marked as such.
  static func marked(_ expression: Expression) -> Expression {
    expression.movingColumns { -1 - $0 } ?? expression
  }

  /// The outer position that `position` stands for.
  static func position(_ position: Int) -> Int? { position < 0 ? -1 - position : nil }

  static func isUsed(in expression: Expression) -> Bool { expression.columns.contains { $0 < 0 } }
}
