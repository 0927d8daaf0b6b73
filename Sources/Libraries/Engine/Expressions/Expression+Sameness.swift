import Columnar

extension Expression {
  /// Whether the other expression is surely equal: built of the same columns, literals and calls.
  func isSame(as other: Expression) -> Bool {
    guard type == other.type else { return false }
    switch (kind, other.kind) {
    case (.column(let a), .column(let b)): return a == b
    case (.literal(let a), .literal(let b)): return a == b
    case (.call(let f, let a), .call(let g, let b)):
      return f.name == g.name && f.isDeterministic && f.argumentTypes == g.argumentTypes
        && Expression.areSame(a, b)
    case (.cast(let a, let x), .cast(let b, let y)): return x == y && a.isSame(as: b)
    case (.and(let a), .and(let b)), (.or(let a), .or(let b)): return Expression.areSame(a, b)
    case (.not(let a), .not(let b)), (.isNull(let a), .isNull(let b)): return a.isSame(as: b)
    case (.isIn(let a, let x), .isIn(let b, let y)):
      return a.isSame(as: b) && Expression.areSame(x, y)
    case (.member(let a, let i), .member(let b, let j)): return i == j && a.isSame(as: b)
    default: return false
    }
  }

  /// Whether two lists are surely equal.
  static func areSame(_ left: [Expression], _ right: [Expression]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
  }
}
