import Columnar

/// What a function takes: how many arguments, and what may stand in each place.
///
/// Each entry of the tables says it, and each call is held against it before a function is bound:
/// what a function computes may rest on it.
struct Parameters: Sendable {
  /// What may stand in one place. An interval stands only where one is wanted.
  indirect enum Kind: Sendable {
    /// A value of any type.
    case any
    /// A value that becomes this type unasked; the function is bound to the type.
    case of(DataType)
    /// A value of this type as it is, or NULL; the function is bound to the type.
    case exactly(DataType)
    /// A text, or what becomes one unasked; no bytes.
    case text
    /// A whole number of at most this type's digits; the function is bound to the type.
    case narrow(DataType)
    /// A value that CAST makes this type.
    case castable(DataType)
    /// A number, or what is read as one: a text, or NULL.
    case number
    /// A number, not a text; NULL is an INT.
    case trueNumber
    /// A whole number; NULL is an INT.
    case whole
    /// A value with an order.
    case orderable
    /// An array; NULL is one of no elements' type.
    case array
    /// An array that is more than NULL.
    case trueArray
    case map
    /// An array or a map.
    case collection
    /// A structure, an array or a map.
    case nested
    /// BOOLEAN or NULL; a text is no condition, though it can be cast to one.
    case condition
    /// A literal of this type, not NULL; for DOUBLE any number, for INT any whole one.
    case literal(DataType)
    case interval
    /// What fits the first of these that it fits at all.
    case either([Kind])
  }

  let required: [Kind]
  /// What may follow, and be left away.
  let optional: [Kind]
  /// What may follow then, any number of times.
  let repeated: [Kind]

  /// So many arguments, and at most the optional ones more.
  static func takes(_ required: Kind..., optional: Kind...) -> Parameters {
    Parameters(required: required, optional: optional, repeated: [])
  }

  /// The first arguments, then as many groups of the others as there may be.
  static func takes(_ required: Kind..., repeated: Kind, _ others: Kind...) -> Parameters {
    Parameters(required: required, optional: [], repeated: [repeated] + others)
  }

  /// The arguments as the function is bound to them, or a refusal of the first that does not fit.
  func fitting(
    _ arguments: [FunctionCatalog.Argument]
  ) throws(FunctionCatalog.Refusal) -> [FunctionCatalog.Argument] {
    try checkCount(arguments.count)
    let kinds = required + optional
    var result: [FunctionCatalog.Argument] = []
    for (index, argument) in arguments.enumerated() {
      let kind =
        index < kinds.count ? kinds[index] : repeated[(index - kinds.count) % repeated.count]
      guard let fitting = kind.fitting(argument) else {
        throw FunctionCatalog.mismatch(index, argument, kind.words, remedy: kind.remedy)
      }
      result.append(fitting)
    }
    return result
  }

  private func checkCount(_ count: Int) throws(FunctionCatalog.Refusal) {
    let least = required.count
    if repeated.isEmpty {
      let most = least + optional.count
      guard !(least...most).contains(count) else { return }
      throw Parameters.wrongCount(least == most ? "\(least)" : "\(least) to \(most)", count)
    }
    guard count >= least else { throw Parameters.wrongCount("at least \(least)", count) }
    guard (count - least).isMultiple(of: repeated.count) else {
      throw .wrongArguments("wants arguments in groups of \(repeated.count), not \(count)")
    }
  }

  private static func wrongCount(_ wanted: String, _ count: Int) -> FunctionCatalog.Refusal {
    let isOne = wanted == "1" || wanted == "at least 1"
    return .wrongArguments("takes \(wanted) argument\(isOne ? "" : "s"), not \(count)")
  }
}

extension Parameters.Kind {
  /// The argument as the function is bound to it; nil when it does not fit.
  func fitting(_ argument: FunctionCatalog.Argument) -> FunctionCatalog.Argument? {
    let type = argument.type
    if type == .interval { return takesInterval ? argument : nil }
    switch self {
    case .either(let kinds):
      for kind in kinds { if let fitting = kind.fitting(argument) { return fitting } }
      return nil
    case .of(let wanted):
      guard FunctionCatalog.isImplicitlyCast(type, to: wanted) else { return nil }
      return FunctionCatalog.Argument(wanted, literal: argument.literal)
    case .exactly(let wanted):
      guard type.agrees(with: wanted) || type == .null else { return nil }
      return FunctionCatalog.Argument(wanted, literal: argument.literal)
    case .text:
      guard type != .binary else { return nil }
      return Parameters.Kind.of(.string).fitting(argument)
    case .narrow(let wanted):
      guard type.isWhole, type.wholeDigits <= wanted.wholeDigits else { return nil }
      return FunctionCatalog.Argument(wanted, literal: argument.literal)
    case .array where type == .null:
      return FunctionCatalog.Argument(.array(element: .null, containsNull: true))
    case .trueNumber where type == .null, .whole where type == .null:
      return FunctionCatalog.Argument(.int, literal: argument.literal)
    case .literal(let wanted):
      guard let literal = argument.literal, !literal.isNull else { return nil }
      let isNumber = wanted == .double && type.isNumeric || wanted.isWhole && type.isWhole
      return type == wanted || isNumber ? argument : nil
    default: break
    }
    return holds(type) ? argument : nil
  }

  private var takesInterval: Bool {
    switch self {
    case .interval: true
    case .either(let kinds): kinds.contains(where: \.takesInterval)
    default: false
    }
  }

  /// Whether a value of the type stands here as it is.
  private func holds(_ type: DataType) -> Bool {
    switch (self, type) {
    case (.any, _), (.condition, .boolean), (.condition, .null), (.array, .array),
      (.trueArray, .array), (.map, .map), (.collection, .array), (.collection, .map),
      (.nested, .array), (.nested, .map), (.nested, .structure), (.number, .string),
      (.number, .null):
      true
    case (.number, _), (.trueNumber, _): type.isNumeric
    case (.whole, _): type.isWhole
    case (.castable(let wanted), _): Column.canCast(type, to: wanted)
    case (.orderable, _): type.isOrderable
    default: false
    }
  }

  /// What to do instead, where that is not a cast.
  var remedy: String? {
    switch self {
    case .condition: "compare it with something"
    case .literal: "write the value itself"
    default: nil
    }
  }

  /// What is wanted, for a message.
  var words: String {
    switch self {
    case .any: "a value"
    case .of(let type), .exactly(let type): type.sql
    case .text: "STRING"
    case .narrow(let type): "a whole number, at most \(type.sql),"
    case .castable(let type): "what a cast makes \(type.sql)"
    case .number, .trueNumber: "a number"
    case .whole: "a whole number"
    case .orderable: "a value with an order"
    case .array, .trueArray: "an array"
    case .map: "a map"
    case .collection: "an array or a map"
    case .nested: "a structure, an array or a map"
    case .condition: "a condition"
    case .literal(let type): "a literal of \(type.sql)"
    case .interval: "an interval"
    case .either(let kinds): kinds.map(\.words).joined(separator: " or ")
    }
  }
}

/// A function of a table: what it takes, and how it is bound to arguments that are that.
struct Binding<Function>: Sendable {
  let parameters: Parameters
  private let make: Make

  typealias Make =
    @Sendable ([FunctionCatalog.Argument]) throws(FunctionCatalog.Refusal) -> Function

  init(_ parameters: Parameters, _ make: @escaping Make) {
    self.parameters = parameters
    self.make = make
  }

  /// The function bound to `arguments`, once they are what it takes.
  func callAsFunction(
    _ arguments: [FunctionCatalog.Argument]
  ) throws(FunctionCatalog.Refusal) -> Function {
    try make(try parameters.fitting(arguments))
  }
}
