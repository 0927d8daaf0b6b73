import Columnar
import Core

/// Window functions.
extension ExpressionBinder {
  func bindWindow(_ syntax: CallSyntax, at place: Place) throws -> Expression {
    guard clause.allowsWindows, !isInAggregate else {
      throw Fault(
        .configuration, at: place,
        "window function '\(syntax.name)' has no place in "
          + (isInAggregate ? "an aggregate" : clause.rawValue),
        remedy: "compute it in a subquery or a common table first")
    }
    guard let written = syntax.window else {
      throw Fault(.internal, at: place, "a window call without a window", remedy: "report this")
    }
    let definition = try resolved(written, depth: 0)
    let partitionBy = try definition.partitionBy.map(bind)
    let orderBy = try definition.orderBy.map(sortKey)
    let (function, type, isNullable) = try function(of: syntax, at: place)
    if function.needsOrder, orderBy.isEmpty {
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' needs an order",
        remedy: "add ORDER BY to its window")
    }
    let call = WindowCall(
      function, partitionBy: partitionBy, orderBy: orderBy,
      frame: try frame(definition.frame, function, orderBy, at: place),
      type: type, isNullable: isNullable)
    if let nested = call.expressions.first(where: Placeholder.hasWindow) {
      throw Fault(
        .configuration, at: nested.place ?? place, "a window stands inside a window",
        remedy: "compute the inner one in a subquery first")
    }
    windows.append(LogicalPlan.NamedWindow("\(syntax.name)_\(windows.count)", call))
    return Expression(
      .column(Placeholder.window(windows.count - 1)), type, isNullable: isNullable, place: place)
  }

  /// A sort key with Spark's default for NULLs.
  func sortKey(_ item: SortItemSyntax) throws -> SortKey {
    let expression = try bind(item.expression)
    guard expression.type.isOrderable else {
      throw Fault(
        .configuration, at: item.expression.place, "\(expression.type.sql) has no order",
        remedy: "order by what it is made of")
    }
    return SortKey(
      expression, isDescending: item.isDescending,
      nullsFirst: item.nullsFirst ?? !item.isDescending)
  }

  /// The window with what its base adds.
  private func resolved(_ window: WindowSyntax, depth: Int) throws -> WindowSyntax {
    guard let name = window.baseName else { return window }
    guard let base = windowDefinitions[name.lowercased()], depth < 8 else {
      throw Fault(
        .configuration, at: window.place, "no window '\(name)'",
        remedy: Suggestion.remedy(
          for: name, among: windowDefinitions.keys.sorted(),
          otherwise: "define it in the WINDOW clause"))
    }
    var result = try resolved(base, depth: depth + 1)
    if !window.partitionBy.isEmpty { result.partitionBy = window.partitionBy }
    if !window.orderBy.isEmpty { result.orderBy = window.orderBy }
    if window.frame != nil { result.frame = window.frame }
    result.baseName = nil
    return result
  }

  // MARK: Functions

  private typealias Typed = (WindowCall.Function, DataType, isNullable: Bool)

  private func function(of syntax: CallSyntax, at place: Place) throws -> Typed {
    let ranks: [String: WindowCall.Function] = [
      "row_number": .rowNumber, "rank": .rank, "dense_rank": .denseRank,
    ]
    let shares: [String: WindowCall.Function] = [
      "percent_rank": .percentRank, "cume_dist": .cumeDist,
    ]
    if let rank = ranks[syntax.name] {
      try check(syntax, 0...0, at: place)
      return (rank, .int, false)
    }
    if let share = shares[syntax.name] {
      try check(syntax, 0...0, at: place)
      return (share, .double, false)
    }
    switch syntax.name {
    case "ntile":
      try check(syntax, 0...1, at: place)
      let one = Expression(.literal(.integer(1)), .int, isNullable: false)
      let count = try syntax.arguments.first.map { try wholeNumber($0, from: 1) } ?? one
      return (.ntile(count), .int, false)
    case "lag", "lead": return try neighbour(syntax, at: place)
    case "first_value", "first", "any_value", "last_value", "last":
      return try edge(syntax, at: place)
    case "nth_value":
      try check(syntax, 2...2, at: place)
      let value = try bind(syntax.arguments[0])
      let number = try wholeNumber(syntax.arguments[1], from: 1)
      return (.nthValue(value, number, ignoreNulls: syntax.ignoreNulls), value.type, true)
    case let name where FunctionCatalog.isAggregate(name):
      guard !syntax.isDistinct, syntax.filter == nil, syntax.withinGroup.isEmpty else {
        throw Fault(
          .configuration, at: place,
          "DISTINCT, FILTER and WITHIN GROUP have no place in a window",
          remedy: "prepare the rows in a subquery first")
      }
      let call = try aggregateOverWindow(syntax, at: place)
      return (.aggregate(call), call.function.resultType, call.function.isNullable)
    default:
      throw Fault(
        .configuration, at: place, "'\(syntax.name)' is no window function",
        remedy: Suggestion.remedy(
          for: syntax.name, among: BuiltIn.windows.sorted() + FunctionCatalog.names,
          otherwise: "leave OVER out, or use an aggregate"))
    }
  }

  /// `sum(sum(x)) OVER (…)` is allowed: the inner one is an aggregate of the groups.
  private func aggregateOverWindow(
    _ syntax: CallSyntax, at place: Place
  ) throws -> AggregateCall {
    var inner = syntax
    inner.window = nil
    let values = try arguments(of: inner)
    let known = values.map { FunctionCatalog.Argument($0.type, literal: $0.literal) }
    let function: AggregateFunction
    do throws(FunctionCatalog.Refusal) {
      function = try FunctionCatalog.aggregate(inner.name, known)
    } catch {
      throw fault(error, inner.name, at: place)
    }
    return AggregateCall(
      function, zip(values, function.argumentTypes).map { coerce($0, to: $1) },
      filter: nil)
  }

  private func neighbour(_ syntax: CallSyntax, at place: Place) throws -> Typed {
    try check(syntax, 1...3, at: place)
    let value = try bind(syntax.arguments[0])
    var offset = Expression(.literal(.integer(1)), .int, isNullable: false)
    if syntax.arguments.count > 1 { offset = try wholeNumber(syntax.arguments[1], from: nil) }
    var otherwise: Expression?
    if syntax.arguments.count > 2 {
      let given = try bind(syntax.arguments[2])
      guard TypeCoercion.commonType(value.type, given.type) != nil else {
        throw Fault(
          .configuration, at: place,
          "'\(syntax.name)' has a default of \(given.type.sql) for \(value.type.sql)",
          remedy: "cast the default")
      }
      otherwise = coerce(given, to: value.type)
    }
    let isNullable = value.isNullable || otherwise?.isNullable ?? true
    let function: WindowCall.Function =
      syntax.name == "lag"
      ? .lag(value, offset: offset, otherwise: otherwise, ignoreNulls: syntax.ignoreNulls)
      : .lead(value, offset: offset, otherwise: otherwise, ignoreNulls: syntax.ignoreNulls)
    return (function, value.type, isNullable)
  }

  private func edge(_ syntax: CallSyntax, at place: Place) throws -> Typed {
    try check(syntax, 1...2, at: place)
    let value = try bind(syntax.arguments[0])
    var ignoreNulls = syntax.ignoreNulls
    if syntax.arguments.count > 1 {
      guard case .boolean(let value)? = try bind(syntax.arguments[1]).literal else {
        throw Fault(
          .configuration, at: place, "'\(syntax.name)' is not told by a literal to skip NULLs",
          remedy: "write IGNORE NULLS")
      }
      ignoreNulls = value
    }
    let isFirst = !syntax.name.hasPrefix("last")
    return (
      isFirst
        ? .firstValue(value, ignoreNulls: ignoreNulls)
        : .lastValue(value, ignoreNulls: ignoreNulls),
      value.type, true
    )
  }

  private func check(
    _ syntax: CallSyntax, _ counts: ClosedRange<Int>, at place: Place
  ) throws {
    guard counts.contains(syntax.arguments.count) else {
      throw Fault(
        .configuration, at: place,
        "'\(syntax.name)' has \(syntax.arguments.count) arguments",
        remedy: counts.upperBound == 0
          ? "give it none" : "give it \(counts.lowerBound) to \(counts.upperBound)")
    }
  }

  /// A whole number that is known before the query runs.
  private func wholeNumber(_ syntax: ExpressionSyntax, from minimum: Int64?) throws -> Expression {
    let value = try bind(syntax)
    guard case .integer(let number)? = queries.constant(value), number >= minimum ?? .min,
      Int32(exactly: number) != nil
    else {
      throw Fault(
        .configuration, at: syntax.place,
        "'\(syntax.text)' is no whole number of INT's range that is known beforehand",
        remedy: "write a number")
    }
    return Expression(.literal(.integer(number)), .bigint, isNullable: false, place: syntax.place)
  }

  // MARK: Frames

  private func frame(
    _ syntax: WindowSyntax.Frame?, _ function: WindowCall.Function, _ orderBy: [SortKey],
    at place: Place
  ) throws -> WindowCall.Frame {
    guard let syntax else {
      return !orderBy.isEmpty
        ? WindowCall.Frame(isRange: true, start: .unboundedPreceding, end: .currentRow)
        : WindowCall.Frame(isRange: false, start: .unboundedPreceding, end: .unboundedFollowing)
    }
    guard !function.hasOwnFrame else {
      throw Fault(
        .configuration, at: place, "a ranking function takes no frame",
        remedy: "leave ROWS or RANGE out")
    }
    let start = try bound(syntax.start)
    let end = try bound(syntax.end)
    if case .unboundedFollowing = start {
      throw Fault(
        .configuration, at: place, "a frame cannot start at UNBOUNDED FOLLOWING",
        remedy: "start it earlier")
    }
    if case .unboundedPreceding = end {
      throw Fault(
        .configuration, at: place, "a frame cannot end at UNBOUNDED PRECEDING",
        remedy: "end it later")
    }
    for case .preceding(let offset) in [start, end] {
      try check(offset, syntax.isRange, orderBy, at: place)
    }
    for case .following(let offset) in [start, end] {
      try check(offset, syntax.isRange, orderBy, at: place)
    }
    return WindowCall.Frame(isRange: syntax.isRange, start: start, end: end)
  }

  /// ROWS counts rows; RANGE counts in the unit of its only order key.
  private func check(
    _ offset: Expression, _ isRange: Bool, _ orderBy: [SortKey], at place: Place
  ) throws {
    guard isRange else {
      guard offset.type == .int else {
        throw Fault(
          .configuration, at: offset.place ?? place, "ROWS by \(offset.type.sql)",
          remedy: "count rows by an INT")
      }
      return
    }
    guard orderBy.count == 1 else {
      throw Fault(
        .configuration, at: place, "RANGE by an offset over \(orderBy.count) order keys",
        remedy: "order by one number or date")
    }
    let type = orderBy[0].expression.type
    guard type.isNumeric && offset.type.isNumeric || type == .date && offset.type == .int else {
      throw Fault(
        .configuration, at: place, "RANGE by \(offset.type.sql) over \(type.sql)",
        remedy: "order by a number or a date")
    }
  }

  private func bound(_ syntax: WindowSyntax.Bound) throws -> WindowCall.Bound {
    switch syntax {
    case .unboundedPreceding: return .unboundedPreceding
    case .unboundedFollowing: return .unboundedFollowing
    case .currentRow: return .currentRow
    case .preceding(let value): return .preceding(try offset(value))
    case .following(let value): return .following(try offset(value))
    }
  }

  /// How far a frame reaches: a number; of days, when an interval of whole days is written.
  private func offset(_ syntax: ExpressionSyntax) throws -> Expression {
    if let interval = try interval(syntax) {
      guard case .structure(let parts)? = interval.literal, parts[0] == .integer(0),
        parts[2] == .integer(0)
      else {
        throw Fault(
          .configuration, at: syntax.place, "a frame's INTERVAL counts in whole days here",
          remedy: "write INTERVAL n DAYS")
      }
      return Expression(.literal(parts[1]), .int, isNullable: false, place: syntax.place)
    }
    let value = try bind(syntax)
    guard let constant = queries.constant(value), !constant.isNull else {
      throw Fault(
        .configuration, at: syntax.place, "'\(syntax.text)' is not known before the query runs",
        remedy: "write a number")
    }
    return Expression(.literal(constant), value.type, isNullable: false, place: syntax.place)
  }
}

extension WindowCall.Function {
  /// Whether the result makes sense only in an order.
  var needsOrder: Bool {
    switch self {
    case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist, .ntile, .lag, .lead: true
    case .firstValue, .lastValue, .nthValue, .aggregate: false
    }
  }

  /// Whether a frame has no meaning for it.
  var hasOwnFrame: Bool { needsOrder }
}
