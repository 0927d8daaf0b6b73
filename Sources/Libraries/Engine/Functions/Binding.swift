import Columnar
import Core

// What the tables of functions are written with.
extension FunctionCatalog {
  typealias Evaluation = @Sendable ([Column], Int, EvaluationContext) throws -> Column
  /// One row's arguments, none of them NULL.
  typealias RowEvaluation = @Sendable ([Scalar], EvaluationContext) throws -> Scalar

  static let textArray = DataType.array(element: .string, containsNull: true)

  /// A function whose arguments have these types, whatever they are; those past `required` may be
  /// left away.
  static func function(
    _ name: String, _ types: [DataType], required: Int? = nil, _ result: DataType,
    mayAddNulls: Bool = false, isTotal: Bool = false, evaluate: @escaping Evaluation
  ) -> ScalarBinding {
    let kinds = types.map { Parameters.Kind.of($0) }
    let count = required ?? types.count
    let parameters = Parameters(
      required: Array(kinds.prefix(count)), optional: Array(kinds.dropFirst(count)), repeated: [])
    return function(
      name, parameters, types, result, mayAddNulls: mayAddNulls, isTotal: isTotal,
      evaluate: evaluate)
  }

  /// A function that takes less than what becomes its types unasked.
  static func function(
    _ name: String, _ parameters: Parameters, _ types: [DataType], _ result: DataType,
    mayAddNulls: Bool = false, isTotal: Bool = false, evaluate: @escaping Evaluation
  ) -> ScalarBinding {
    ScalarBinding(parameters) { arguments in
      ScalarFunction(
        name, Array(types.prefix(arguments.count)), result, mayAddNulls: mayAddNulls,
        isTotal: isTotal, evaluate: evaluate)
    }
  }

  /// A function computed row by row from scalars; NULL when an argument is NULL.
  static func rowFunction(
    _ name: String, _ types: [DataType], required: Int? = nil, _ result: DataType,
    mayAddNulls: Bool = false, evaluate: @escaping RowEvaluation
  ) -> ScalarBinding {
    function(
      name, types, required: required, result, mayAddNulls: mayAddNulls,
      evaluate: rows(result, evaluate))
  }

  /// A function of rows that takes less than what becomes its types unasked.
  static func rowFunction(
    _ name: String, _ parameters: Parameters, _ types: [DataType], _ result: DataType,
    mayAddNulls: Bool = false, evaluate: @escaping RowEvaluation
  ) -> ScalarBinding {
    function(
      name, parameters, types, result, mayAddNulls: mayAddNulls, evaluate: rows(result, evaluate))
  }

  /// Evaluates `row` for each row without a NULL argument.
  static func rows(_ result: DataType, _ row: @escaping RowEvaluation) -> Evaluation {
    { columns, count, context in
      try eachRow(result, columns, count) { values in try row(values, context) }
    }
  }

  /// A value is less than 1 GiB, and more than 2 GiB of them no column has room for.
  private static let textLimit = 1 << 30

  private static let tooMuchText = dataFault(
    "a call would make more than 1 GiB of text of one batch of rows",
    remedy: "make less of each row")

  /// The column of what `row` gives for each row without a NULL argument.
  static func eachRow(
    _ result: DataType, _ columns: [Column], _ count: Int, _ row: ([Scalar]) throws -> Scalar
  ) throws -> Column {
    let builder = ColumnBuilder(result, capacity: count)
    let present = validity(of: columns)
    for index in 0..<count {
      if let present, !present[index] {
        builder.appendNull()
      } else {
        builder.append(try row(columns.map { $0.scalar(at: index) }))
        guard builder.byteCount <= textLimit else { throw tooMuchText }
      }
    }
    return builder.finish()
  }

  /// The rows where no column is NULL; nil when that is all rows.
  static func validity(of columns: [Column]) -> Bitmap? {
    columns.reduce(nil) { Bitmap.both($0, $1.validity) }
  }

  /// That an argument is not what is wanted.
  static func mismatch(
    _ index: Int, _ argument: Argument, _ wanted: String, remedy: String? = nil
  ) -> Refusal {
    let type = argument.type == .interval ? "an interval" : argument.type.sql
    let problem = "argument \(index + 1) is \(type) where \(wanted) is wanted"
    return .wrongArguments(remedy.map { "\(problem); \($0)" } ?? problem)
  }

  /// The common type of arguments, or a refusal that names them.
  static func requireCommonType(_ arguments: [Argument]) throws(Refusal) -> DataType {
    guard let common = TypeCoercion.commonType(arguments.map(\.type)) else {
      throw noCommonType(arguments)
    }
    return common
  }

  /// The same where no text is read as the number or the date it meets: what an array holds.
  static func requireCommonKind(_ arguments: [Argument]) throws(Refusal) -> DataType {
    let common = try requireCommonType(arguments)
    guard !arguments.contains(where: { readsText($0.type, as: common) }) else {
      throw noCommonType(arguments)
    }
    return common
  }

  private static func readsText(_ source: DataType, as target: DataType) -> Bool {
    switch (source, target) {
    case (.array(let a, _), .array(let b, _)): readsText(a, as: b)
    case (.structure(let a), .structure(let b)):
      zip(a, b).contains { readsText($0.type, as: $1.type) }
    default: source == .string && target != .string
    }
  }

  private static func noCommonType(_ arguments: [Argument]) -> Refusal {
    let types = arguments.map(\.type.sql).joined(separator: ", ")
    return .wrongArguments("arguments have no common type: \(types)")
  }
}

extension Scalar {
  /// The text of a string; the caller knows that it is one.
  var text: String {
    if case .string(let text) = self { return text }
    preconditionFailure("an argument was cast to STRING")
  }

  /// The bytes of a binary; the caller knows that it is one.
  var bytes: [UInt8] {
    if case .binary(let bytes) = self { return bytes }
    preconditionFailure("an argument was cast to BINARY")
  }

  /// A whole number; the caller knows that it is one.
  var integer: Int {
    if case .integer(let value) = self { return Int(value) }
    preconditionFailure("an argument was cast to a whole number")
  }

  /// The elements of an array; the caller knows that it is one.
  var elements: [Scalar] {
    switch self {
    case .list(let elements), .structure(let elements): return elements
    default: preconditionFailure("an argument is an array")
    }
  }
}

/// A fault of a row's values.
func dataFault(_ problem: String, remedy: String) -> Fault {
  Fault(.data, problem, remedy: remedy)
}

extension Column {
  /// The values of a column of layout int32.
  var int32s: [Int32] {
    guard case .int32(let values) = values else {
      preconditionFailure("a \(type.sql) column has no int32 values")
    }
    return values
  }

  /// The values of a column of layout int64.
  var int64s: [Int64] {
    guard case .int64(let values) = values else {
      preconditionFailure("a \(type.sql) column has no int64 values")
    }
    return values
  }

  /// The values of a column of layout double.
  var doubles: [Double] {
    guard case .double(let values) = values else {
      preconditionFailure("a \(type.sql) column has no double values")
    }
    return values
  }

  /// The same value in each row, if the column knows it: a constant made of a literal.
  var constantBytes: [UInt8]? {
    guard count > 0, validity == nil, case .dictionary(_, let dictionary) = values,
      dictionary.values.count == 1
    else { return nil }
    return Array(dictionary.values[0])
  }

  /// Where elements of row `row` of a list column stand.
  func listRange(_ row: Int) -> Range<Int> {
    guard case .list(let offsets, _) = values else {
      preconditionFailure("a \(type.sql) column has no lists")
    }
    return Int(offsets[row])..<Int(offsets[row + 1])
  }

  /// All elements of a list column.
  var listElements: Column {
    guard case .list(_, let elements) = values else {
      preconditionFailure("a \(type.sql) column has no lists")
    }
    return elements
  }
}
