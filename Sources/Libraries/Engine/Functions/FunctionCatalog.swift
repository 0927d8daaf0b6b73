package import Columnar

/// All functions and operators, by name: the binder asks, each answer is typed by Spark's rules.
///
/// An interval is a structure of `DataType.interval`.
package enum FunctionCatalog {
  /// Why a call does not bind.
  package enum Refusal: Error, Equatable, Sendable {
    case unknownName
    /// The words say which argument is wrong and what is accepted.
    case wrongArguments(String)
  }

  /// What the binder knows of an argument: its type, and its value when it is a literal.
  package struct Argument: Sendable {
    package var type: DataType
    package var literal: Scalar?

    package init(_ type: DataType, literal: Scalar? = nil) {
      self.type = type
      self.literal = literal
    }
  }

  /// A scalar function or an operator's sign (`+ - * / % div || = <=> < <= > >= like rlike`…),
  /// bound to its arguments; the caller casts them to `argumentTypes`.
  package static func scalar(
    _ name: String, _ arguments: [Argument]
  ) throws(Refusal) -> ScalarFunction {
    guard let binding = scalars[name] else { throw .unknownName }
    let function = try binding(arguments)
    try checkCasts(arguments, function.argumentTypes)
    return function
  }

  /// An aggregate function bound to its arguments; `count(*)` has none.
  package static func aggregate(
    _ name: String, _ arguments: [Argument]
  ) throws(Refusal) -> AggregateFunction {
    guard let binding = aggregates[name] else { throw .unknownName }
    let function = try binding(arguments)
    try checkCasts(arguments, function.argumentTypes)
    return function
  }

  /// Refuses arguments that no cast makes what the function is bound to. `Parameters` has looked at
  /// each argument alone; what arguments have in common, the function worked out itself.
  private static func checkCasts(
    _ arguments: [Argument], _ types: [DataType]
  ) throws(Refusal) {
    guard arguments.count == types.count else {
      throw .wrongArguments("takes \(types.count) arguments, not \(arguments.count)")
    }
    for (index, (argument, type)) in zip(arguments, types).enumerated() {
      let isInterval = argument.type == .interval
      guard isInterval == (type == .interval), Column.canCast(argument.type, to: type) else {
        throw mismatch(index, argument, type.sql)
      }
    }
  }

  /// Whether `name` (lower case) is an aggregate function.
  package static func isAggregate(_ name: String) -> Bool { aggregates[name] != nil }

  /// All names, for suggestions.
  package static var names: [String] {
    scalarTable.map(\.0).sorted() + aggregateTable.map(\.0).sorted()
  }

  typealias ScalarBinding = Binding<ScalarFunction>
  typealias AggregateBinding = Binding<AggregateFunction>

  private static let scalarTable =
    operators + mathematics + strings + textParts + patterns + dates + dateParts + conditionals
    + collections + hashes + masks + documents
  private static let aggregateTable = counts + sums + extremes + collectors + statistics

  // A name that two tables define is a mistake that no query may meet; a test looks for one.
  private static let scalars = Dictionary(uniqueKeysWithValues: scalarTable)
  private static let aggregates = Dictionary(uniqueKeysWithValues: aggregateTable)
}
