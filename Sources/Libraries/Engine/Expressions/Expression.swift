package import Columnar
package import Core

/// A typed expression over the columns of one input; names are resolved, casts are explicit.
package struct Expression: Sendable {
  /// What the expression computes.
  package indirect enum Kind: Sendable {
    /// The input's column at this position.
    case column(Int)
    case literal(Scalar)
    /// A function or operator (`+`, `=`, `||`, `like`…); arguments have the types it asks for.
    case call(ScalarFunction, [Expression])
    /// To the expression's type; `isTry` gives NULL where a strict cast fails.
    case cast(Expression, isTry: Bool)
    /// Three-valued; a later operand is evaluated only for rows that earlier ones leave open.
    case and([Expression])
    case or([Expression])
    case not(Expression)
    case isNull(Expression)
    /// A branch is evaluated only for the rows that reach it.
    case caseWhen(branches: [Branch], otherwise: Expression?)
    /// Three-valued `IN`; all operands have one type.
    case isIn(Expression, [Expression])
    /// A member of a structure.
    case member(Expression, Int)
  }

  /// WHEN `condition` THEN `result`.
  package struct Branch: Sendable {
    package var condition: Expression
    package var result: Expression

    package init(condition: Expression, result: Expression) {
      self.condition = condition
      self.result = result
    }
  }

  package var kind: Kind
  package var type: DataType
  package var isNullable: Bool
  /// Where it stands in the SQL text, for errors at run time.
  package var place: Place?

  package init(_ kind: Kind, _ type: DataType, isNullable: Bool = true, place: Place? = nil) {
    self.kind = kind
    self.type = type
    self.isNullable = isNullable
    self.place = place
  }
}

/// A scalar function bound to argument types: what it gives, and how a batch of it is computed.
package struct ScalarFunction: Sendable {
  /// The name in lower case, or the operator's sign.
  package var name: String
  /// The types the arguments are cast to before the call.
  package var argumentTypes: [DataType]
  package var resultType: DataType
  /// Whether the result may be NULL though no argument is.
  package var mayAddNulls: Bool
  /// Whether equal arguments give equal results at any time (not so: rand, uuid).
  package var isDeterministic: Bool
  /// Whether it never throws, whatever the values: such a call may be computed for rows that do
  /// not need it.
  package var isTotal: Bool
  /// Whether the result is the first argument that is not NULL, so that each is computed only for
  /// the rows in which those before it are NULL.
  package var givesFirstPresent = false
  /// The expression that a call stands for, over the arguments; the binder puts it in the call's
  /// place. So a function says itself, with CASE, which rows it computes an argument for.
  package var replacement: (@Sendable ([Expression]) -> Expression)?
  /// Computes the result for `rowCount` rows; arguments may be dictionary columns.
  package var evaluate: @Sendable ([Column], _ rowCount: Int, EvaluationContext) throws -> Column

  package init(
    _ name: String, _ argumentTypes: [DataType], _ resultType: DataType,
    mayAddNulls: Bool = false, isDeterministic: Bool = true, isTotal: Bool = false,
    evaluate: @escaping @Sendable ([Column], Int, EvaluationContext) throws -> Column
  ) {
    self.name = name
    self.argumentTypes = argumentTypes
    self.resultType = resultType
    self.mayAddNulls = mayAddNulls
    self.isDeterministic = isDeterministic
    self.isTotal = isTotal
    self.evaluate = evaluate
  }

  /// A function that is no more than a name for an expression over its arguments.
  package static func replaced(
    _ name: String, _ argumentTypes: [DataType], _ resultType: DataType,
    by replacement: @escaping @Sendable ([Expression]) -> Expression
  ) -> ScalarFunction {
    var function = ScalarFunction(name, argumentTypes, resultType) { _, _, _ in
      preconditionFailure("'\(name)' is replaced when it is bound")
    }
    function.replacement = replacement
    return function
  }
}

/// What an evaluation may know of the world.
package struct EvaluationContext: Sendable {
  /// The run's fixed time: `current_date()`, `now()`.
  package var clock: Clock
  /// Where the call stands in the SQL text, for errors.
  package var place: Place?
  /// How many bytes one call may make of a batch.
  package var allowance: Int

  package init(clock: Clock, place: Place? = nil, allowance: Int = 128 << 20) {
    self.clock = clock
    self.place = place
    self.allowance = allowance
  }

  /// The same for a call at `place`.
  func at(_ place: Place?) -> EvaluationContext {
    EvaluationContext(clock: clock, place: place, allowance: allowance)
  }
}

/// An aggregate bound to its arguments: `sum(DISTINCT x) FILTER (WHERE c)`.
package struct AggregateCall: Sendable {
  package var function: AggregateFunction
  package var arguments: [Expression]
  package var isDistinct: Bool
  package var filter: Expression?

  package init(
    _ function: AggregateFunction, _ arguments: [Expression], isDistinct: Bool = false,
    filter: Expression? = nil
  ) {
    self.function = function
    self.arguments = arguments
    self.isDistinct = isDistinct
    self.filter = filter
  }
}

/// An aggregate function bound to argument types.
package struct AggregateFunction: Sendable {
  package var name: String
  package var argumentTypes: [DataType]
  package var resultType: DataType
  package var isNullable: Bool
  /// Makes an empty accumulator.
  package var makeAccumulator: @Sendable (EvaluationContext) -> any Accumulator

  package init(
    _ name: String, _ argumentTypes: [DataType], _ resultType: DataType, isNullable: Bool = true,
    makeAccumulator: @escaping @Sendable (EvaluationContext) -> any Accumulator
  ) {
    self.name = name
    self.argumentTypes = argumentTypes
    self.resultType = resultType
    self.isNullable = isNullable
    self.makeAccumulator = makeAccumulator
  }
}

/// The running state of one aggregate over many groups, fed a batch at a time.
package protocol Accumulator: AnyObject {
  /// Adds row `i` of the arguments to group `groups[i]`; group numbers are below `groupCount`.
  func update(groups: [Int32], groupCount: Int, arguments: [Column]) throws
  /// Adds the groups of another accumulator of the same function: its group `i` to `groups[i]`.
  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) throws
  /// The results of groups 0 to `groupCount` - 1.
  func finish(groupCount: Int) throws -> Column
}

/// A sort key: NULLs first ascending and last descending unless said otherwise.
package struct SortKey: Sendable {
  package var expression: Expression
  package var isDescending: Bool
  package var nullsFirst: Bool

  package init(_ expression: Expression, isDescending: Bool, nullsFirst: Bool) {
    self.expression = expression
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

/// A window function over its partition, order and frame.
package struct WindowCall: Sendable {
  /// What is computed for each row.
  package enum Function: Sendable {
    case rowNumber, rank, denseRank, percentRank, cumeDist
    case ntile(Expression)
    case lag(Expression, offset: Expression, otherwise: Expression?, ignoreNulls: Bool)
    case lead(Expression, offset: Expression, otherwise: Expression?, ignoreNulls: Bool)
    case firstValue(Expression, ignoreNulls: Bool)
    case lastValue(Expression, ignoreNulls: Bool)
    case nthValue(Expression, Expression, ignoreNulls: Bool)
    case aggregate(AggregateCall)
  }

  /// One end of a frame.
  package enum Bound: Sendable {
    case unboundedPreceding
    case preceding(Expression)
    case currentRow
    case following(Expression)
    case unboundedFollowing
  }

  /// `ROWS` or `RANGE BETWEEN start AND end`.
  package struct Frame: Sendable {
    package var isRange: Bool
    package var start: Bound
    package var end: Bound

    package init(isRange: Bool, start: Bound, end: Bound) {
      self.isRange = isRange
      self.start = start
      self.end = end
    }
  }

  package var function: Function
  package var partitionBy: [Expression]
  package var orderBy: [SortKey]
  package var frame: Frame
  package var type: DataType
  package var isNullable: Bool

  package init(
    _ function: Function, partitionBy: [Expression], orderBy: [SortKey], frame: Frame,
    type: DataType, isNullable: Bool
  ) {
    self.function = function
    self.partitionBy = partitionBy
    self.orderBy = orderBy
    self.frame = frame
    self.type = type
    self.isNullable = isNullable
  }
}
