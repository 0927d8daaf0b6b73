import Columnar
import Core
import Engine
import JSON
import TestSupport

/// Calls of one function of the catalog, of one operator, or casts, over edge values of every type.
///
/// Each must give a value or a fault. Beside that a function is held to what it says of itself:
/// the type of its result, that it never fails, that it gives NULL for NULL only.
struct FunctionCalls {
  private static let casts = ["cast", "try_cast"]

  /// What can be called.
  static let names = casts + FunctionCatalog.names

  private let name: String
  private var random: SeededRandom
  /// How many calls of two arguments and more the input stands for: fewer without a seed, so that
  /// each function has its turn soon.
  private let callCount: Int
  /// Types that the function takes, as far as they are known.
  private var known: [[DataType]] = []

  /// `input` is a name and, after a space, a seed.
  init(_ input: String) throws(Fault) {
    let words = input.split(separator: " ")
    guard let name = words.first.map(String.init), Self.names.contains(name) else {
      throw Fault(.data, "'\(input)' is no function", remedy: "write a name and a seed")
    }
    self.name = name
    let seed = words.dropFirst().first.flatMap { UInt64($0) }
    random = SeededRandom(seed ?? 0)
    callCount = seed == nil ? 60 : 250
  }

  /// A function and a seed.
  static func input(_ random: inout SeededRandom) -> String {
    "\(names.randomElement(using: &random)!) \(UInt64.random(in: 1...999_999, using: &random))"
  }

  /// Makes all calls, one after the other.
  mutating func visit(_ body: (FunctionCall) throws -> Void) rethrows {
    for value in EdgeValue.all {
      if Self.casts.contains(name) {
        for type in Self.castTypes where Column.canCast(value.type, to: type) {
          try body(FunctionCall(name: name, arguments: [value], castType: type))
        }
      } else {
        try body(FunctionCall(name: name, arguments: [value]))
      }
    }
    if Self.casts.contains(name) { return }
    try body(FunctionCall(name: name, arguments: []))
    for _ in 0..<callCount {
      guard let arguments = sampled() else { return }
      let isColumn = (0..<arguments.count).map { _ in Int.random(in: 0..<4, using: &random) == 0 }
      try body(FunctionCall(name: name, arguments: arguments, isColumn: isColumn))
    }
  }

  /// Arguments that the function takes; nil when none are found.
  private mutating func sampled() -> [EdgeValue]? {
    for _ in 0..<40 {
      var types: [DataType]
      if !known.isEmpty, Int.random(in: 0..<8, using: &random) > 0 {
        types = known.randomElement(using: &random)!
        if !types.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
          types[Int.random(in: types.indices, using: &random)] = randomType()
        }
      } else {
        let first = randomType()
        let isMixed = Bool.random(using: &random)
        let count = [2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7].randomElement(using: &random)!
        types = (0..<count).map { $0 == 0 || !isMixed ? first : randomType() }
      }
      let values = types.map { EdgeValue.ofType[$0]!.randomElement(using: &random)! }
      guard FunctionCall(name: name, arguments: values).binds else { continue }
      if known.count < 200, !known.contains(types) { known.append(types) }
      return values
    }
    return nil
  }

  private mutating func randomType() -> DataType { EdgeValue.types.randomElement(using: &random)! }

  private static let castTypes: [DataType] =
    EdgeValue.types.filter { $0 != DataType.null && $0 != DataType.interval } + [
      .decimal(precision: 38, scale: 6), .decimal(precision: 19, scale: 19),
      .decimal(precision: 5, scale: 5), .array(element: .timestamp, containsNull: true),
    ]
}

/// One call: a function or a cast, and its arguments.
struct FunctionCall {
  let name: String
  let arguments: [EdgeValue]
  /// Which arguments are columns and no literals.
  var isColumn: [Bool] = []
  var castType: DataType?

  /// What came of a call.
  enum Outcome {
    case refused(String)
    case fault(Fault)
    case value(DataType, String?)
  }

  private static let clock = Clock(now: Timestamp(microseconds: 1_767_225_600_000_000))

  /// The call in SQL. Aggregates take their values from three rows.
  var sql: String {
    let texts = arguments.map(\.sql)
    if let castType { return "\(name)(\(texts[0]) AS \(castType.sql))" }
    let isWord = name.first?.isLetter == true && name != "div" && !name.hasSuffix("like")
    if isWord { return "\(name)(\(texts.joined(separator: ", ")))" }
    return texts.count == 2 ? "\(texts[0]) \(name) \(texts[1])" : "\(name) \(texts.joined())"
  }

  /// Whether the catalog takes arguments of these types.
  var binds: Bool {
    if FunctionCatalog.isAggregate(name) {
      return (try? FunctionCatalog.aggregate(name, bound)) != nil
    }
    return (try? FunctionCatalog.scalar(name, bound)) != nil
  }

  /// The result, as text.
  func outcome() throws -> Outcome {
    do {
      let result: Column
      if let castType {
        let column = columns(casting: nil)[0]
        result = try column.cast(
          to: castType, isTry: name == "try_cast", today: Self.clock.now.date)
      } else if FunctionCatalog.isAggregate(name) {
        result = try aggregated(FunctionCatalog.aggregate(name, bound))
      } else {
        let function = try FunctionCatalog.scalar(name, bound)
        guard function.replacement == nil else { return .refused("stands for an expression") }
        result = try evaluated(function)
      }
      for row in 0..<result.count { try checkRange(result, row) }
      return .value(result.type, result.isNull(0) ? nil : result.sparkText(at: 0))
    } catch let refusal as FunctionCatalog.Refusal {
      return .refused("\(refusal)")
    } catch let fault as Fault {
      return .fault(fault)
    }
  }

  /// A value past the range of its type is no answer, however it is written.
  private func checkRange(_ result: Column, _ row: Int) throws {
    let isHeld =
      switch (result.type, result.scalar(at: row)) {
      case (.decimal(let precision, _), .decimal(let value)): value.digitCount <= precision
      case (.tinyint, .integer(let value)): Int8(exactly: value) != nil
      case (.smallint, .integer(let value)): Int16(exactly: value) != nil
      default: true
      }
    if !isHeld {
      throw Disagreement(
        "\(sql) gives \(result.sparkText(at: row)), which is no \(result.type.sql)")
    }
  }

  private var bound: [FunctionCatalog.Argument] {
    arguments.indices.map { index in
      FunctionCatalog.Argument(
        arguments[index].type, literal: isInColumn(index) ? nil : arguments[index].literal)
    }
  }

  private func isInColumn(_ index: Int) -> Bool {
    isColumn.indices.contains(index) && isColumn[index]
  }

  /// The arguments in two rows; in the second one that is a column is NULL, with the same value
  /// under it.
  private func columns(casting types: [DataType]?) -> [Column] {
    arguments.indices.map { index in
      let value = arguments[index]
      guard isInColumn(index) || castType != nil, !value.scalar.isNull else {
        return Column.constant(value.scalar, value.type, count: 2)
      }
      let builder = ColumnBuilder(value.type)
      builder.append(value.scalar)
      builder.append(value.scalar)
      let column = builder.finish()
      var present = Bitmap(repeating: true, count: 2)
      present.set(1, false)
      return Column(value.type, count: 2, validity: present, column.values)
    }
  }

  private func cast(to types: [DataType]) throws -> [Column] {
    try zip(columns(casting: types), types).map { column, type in
      try column.cast(to: type, isTry: false, today: Self.clock.now.date)
    }
  }

  private func evaluated(_ function: ScalarFunction) throws -> Column {
    let columns = try cast(to: function.argumentTypes)
    let context = EvaluationContext(clock: Self.clock, allowance: 1 << 20)
    let result: Column
    do {
      result = try function.evaluate(columns, 2, context)
    } catch let fault as Fault where function.isTotal {
      throw Disagreement("\(sql) never fails, by its binding, and does: \(fault.problem)")
    }
    guard result.type == function.resultType, result.count == 2 else {
      throw Disagreement("\(sql) gives \(result.type.sql), not \(function.resultType.sql)")
    }
    guard function.mayAddNulls || !result.isNull(0) || arguments.contains(where: \.scalar.isNull)
    else { throw Disagreement("\(sql) gives NULL, by its binding, for NULL only") }
    return result
  }

  /// The values twice in one group, in two parts that are brought together, and NULLs in another.
  private func aggregated(_ function: AggregateFunction) throws -> Column {
    let columns = try cast(to: function.argumentTypes)
    let context = EvaluationContext(clock: Self.clock, allowance: 1 << 20)
    let parts = try (0..<2).map { _ in
      let part = function.makeAccumulator(context)
      try part.update(groups: [0, 1], groupCount: 2, arguments: columns)
      return part
    }
    try parts[0].merge(parts[1], groups: [0, 1], groupCount: 2)
    let result = try parts[0].finish(groupCount: 2)
    guard result.type == function.resultType, result.count == 2 else {
      throw Disagreement("\(sql) gives \(result.type.sql), not \(function.resultType.sql)")
    }
    return result
  }
}

extension FunctionCall.Outcome {
  /// The outcome of `call` on a line: whose it is, the call, and its type and value, its fault or
  /// its refusal.
  func line(_ call: FunctionCall) -> String {
    var members: [(String, JSONValue)] = [
      ("name", .string(call.name)), ("call", .string(call.sql)),
      ("aggregate", .bool(FunctionCatalog.isAggregate(call.name))),
      ("columns", .bool(call.isColumn.contains(true))),
    ]
    switch self {
    case .refused(let words): members.append(("refused", .string(words)))
    case .fault(let fault):
      members.append(("fault", .string("\(fault.kind)")))
      members.append(("problem", .string(fault.problem)))
    case .value(let type, let text):
      members.append(("type", .string(type.sql)))
      members.append(("value", text.map { .string($0) } ?? .null))
    }
    return JSONWriter.text(.object(JSONObject(members)))
  }
}
