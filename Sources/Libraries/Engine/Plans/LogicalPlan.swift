package import Columnar

/// What a query means, as a tree of relational steps. Expressions in a step speak of the columns
/// of the step's input by position (a join's: left columns, then right columns).
package indirect enum LogicalPlan: Sendable {
  case scan(Scan)
  /// Literal rows; expressions have no input.
  case values(rows: [[Expression]], schema: Schema)
  case project(LogicalPlan, [NamedExpression])
  case filter(LogicalPlan, Expression)
  case join(Join)
  case aggregate(Aggregate)
  /// Output: the input's columns, then one a call.
  case window(LogicalPlan, [NamedWindow])
  case generate(Generate)
  case sort(LogicalPlan, [SortKey])
  case limit(LogicalPlan, count: Int?, offset: Int)
  /// Rows of all inputs one after the other; the schemas have equal types.
  case unionAll([LogicalPlan], schema: Schema)
  /// INTERSECT or EXCEPT; NULLs are equal.
  case setOperation(LogicalPlan, LogicalPlan, SetOperation)

  /// The columns of a table that a query reads.
  package struct Scan: Sendable {
    package var table: any TableProvider
    package var reading: TableReading
    /// Names of the table's (or its hidden) columns, in output order.
    package var columns: [Field]
    /// What pushdown found; the plan checks these conditions elsewhere too.
    package var predicates: [ColumnPredicate]

    package init(
      table: any TableProvider, reading: TableReading, columns: [Field],
      predicates: [ColumnPredicate] = []
    ) {
      self.table = table
      self.reading = reading
      self.columns = columns
      self.predicates = predicates
    }
  }

  /// An output column: a name and how it is computed.
  package struct NamedExpression: Sendable {
    package var name: String
    package var expression: Expression

    package init(_ name: String, _ expression: Expression) {
      self.name = name
      self.expression = expression
    }
  }

  /// A window function and the name of its output column.
  package struct NamedWindow: Sendable {
    package var name: String
    package var call: WindowCall

    package init(_ name: String, _ call: WindowCall) {
      self.name = name
      self.call = call
    }
  }

  /// Rows of two inputs brought together; semi and anti joins give left columns only.
  package struct Join: Sendable {
    package var left: LogicalPlan
    package var right: LogicalPlan
    package var kind: JoinKind
    /// Pairs that must be equal (NULL equals nothing): over the left, over the right input.
    package var equalities: [Equality]
    /// A further condition over left then right columns.
    package var residual: Expression?

    package init(
      _ left: LogicalPlan, _ right: LogicalPlan, _ kind: JoinKind, equalities: [Equality],
      residual: Expression?
    ) {
      self.left = left
      self.right = right
      self.kind = kind
      self.equalities = equalities
      self.residual = residual
    }
  }

  /// `left = right`, or `left <=> right` when NULLs match.
  package struct Equality: Sendable {
    package var left: Expression
    package var right: Expression
    package var nullsMatch: Bool

    package init(_ left: Expression, _ right: Expression, nullsMatch: Bool = false) {
      self.left = left
      self.right = right
      self.nullsMatch = nullsMatch
    }
  }

  /// Groups and their aggregates. Output: the group columns, then one a call.
  package struct Aggregate: Sendable {
    package var input: LogicalPlan
    package var groups: [NamedExpression]
    package var calls: [NamedAggregate]
    /// For ROLLUP, CUBE, GROUPING SETS: the groups each set keeps, by position; nil = one set of
    /// all.
    package var groupingSets: [[Int]]?

    package init(
      _ input: LogicalPlan, groups: [NamedExpression], calls: [NamedAggregate],
      groupingSets: [[Int]]? = nil
    ) {
      self.input = input
      self.groups = groups
      self.calls = calls
      self.groupingSets = groupingSets
    }
  }

  /// An aggregate and the name of its output column.
  package struct NamedAggregate: Sendable {
    package var name: String
    package var call: AggregateCall

    package init(_ name: String, _ call: AggregateCall) {
      self.name = name
      self.call = call
    }
  }

  /// LATERAL VIEW: each input row once for each element. Output: input columns, then generated
  /// ones.
  package struct Generate: Sendable {
    /// `explode`: element (or key, value); `posexplode`: position first; `inline`: the members;
    /// `range`: each number from the argument's first element to its second, by its third.
    package enum Generator: String, Sendable { case explode, posexplode, inline, range }

    package var input: LogicalPlan
    package var generator: Generator
    /// An array or map.
    package var argument: Expression
    /// OUTER: a row whose array is NULL or empty stays, with NULLs.
    package var isOuter: Bool
    package var columns: [Field]
    /// Input columns that no later step reads: they may come as NULLs, uncopied.
    package var unread: Set<Int> = []

    package init(
      _ input: LogicalPlan, _ generator: Generator, _ argument: Expression, isOuter: Bool,
      columns: [Field]
    ) {
      self.input = input
      self.generator = generator
      self.argument = argument
      self.isOuter = isOuter
      self.columns = columns
    }
  }

  /// INTERSECT and EXCEPT, with or without ALL.
  package enum SetOperation: Sendable { case intersect, intersectAll, except, exceptAll }
}
