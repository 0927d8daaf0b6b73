import Columnar
import Core

extension FunctionCatalog {
  /// Operators by their sign, and the functions of the same meaning.
  static let operators: [(String, ScalarBinding)] =
    arithmeticOperators + comparisons + [
      ("||", concatenation("||")),
      ("concat", concatenation("concat")),
      (
        "!",
        function("!", [.boolean], .boolean, isTotal: true) { columns, _, _ in
          Column.not(columns[0])
        }
      ),
    ] + bitOperators

  private static let arithmeticOperators: [(String, ScalarBinding)] = [
    ("+", signed(.add)), ("-", signed(.subtract)),
    ("*", arithmetic("*", .multiply)), ("/", arithmetic("/", .divide)),
    ("div", arithmetic("div", .wholeQuotient)),
    ("%", arithmetic("%", .remainder)), ("mod", arithmetic("mod", .remainder)),
    ("pmod", arithmetic("pmod", .positiveRemainder)),
    ("try_add", arithmetic("try_add", .add, isTry: true)),
    ("try_subtract", arithmetic("try_subtract", .subtract, isTry: true)),
    ("try_multiply", arithmetic("try_multiply", .multiply, isTry: true)),
    ("try_divide", arithmetic("try_divide", .divide, isTry: true)),
    ("try_mod", arithmetic("try_mod", .remainder, isTry: true)),
    ("negative", negation), ("positive", identity),
  ]

  private static let comparisons: [(String, ScalarBinding)] = [
    ("=", comparison(.equal)), ("==", comparison(.equal)),
    ("<>", comparison(.notEqual)), ("!=", comparison(.notEqual)),
    ("<", comparison(.less)), ("<=", comparison(.lessOrEqual)),
    (">", comparison(.greater)), (">=", comparison(.greaterOrEqual)),
    ("<=>", nullSafeEqual("<=>")), ("equal_null", nullSafeEqual("equal_null")),
  ]

  private static let bitOperators: [(String, ScalarBinding)] = [
    ("&", bits("&") { $0 & $1 }), ("|", bits("|") { $0 | $1 }), ("^", bits("^") { $0 ^ $1 }),
    ("shiftleft", shift("shiftleft") { $0 << $1 }),
    ("shiftright", shift("shiftright") { $0 >> $1 }),
    (
      "~",
      ScalarBinding(.takes(.whole)) { arguments in
        let type = arguments[0].type
        return ScalarFunction("~", [type], type, isTotal: true) { columns, count, _ in
          wholeColumn(type, count, columns, mapRows(wholeNumbers(columns[0])) { ~$0 })
        }
      }
    ),
  ]

  // MARK: Arithmetic

  /// `+` and `-`: with one argument the sign, with a date and a number of days a later date.
  private static func signed(_ op: ArithmeticOperator) -> ScalarBinding {
    let moved = Parameters.Kind.either([.interval, .any])
    return ScalarBinding(.takes(moved, optional: moved)) { arguments throws(Refusal) in
      if arguments.count == 1 {
        return try op == .add ? identity(arguments) : negation(arguments)
      }
      let types = arguments.map(\.type)
      if types[1] == .interval {
        return try intervalShift(op.rawValue, op == .add ? 1 : -1, arguments)
      }
      if types[0] == .interval, op == .add {
        return try reversed(intervalShift("+", 1, [arguments[1], arguments[0]]))
      }
      if types[0] == .date, types[1].isWhole {
        return try dateShift(op.rawValue, op == .add ? 1 : -1)(arguments)
      }
      if op == .add, types[1] == .date, types[0].isWhole {
        return try reversed(dateShift("+", 1)([arguments[1], arguments[0]]))
      }
      if op == .subtract, types.contains(.date) || types.contains(.timestamp) {
        throw .wrongArguments(
          "the difference of dates is an interval; use datediff, or unix_timestamp of both")
      }
      return try arithmetic(op.rawValue, op)(arguments)
    }
  }

  /// The function with its two arguments the other way round.
  private static func reversed(_ function: ScalarFunction) -> ScalarFunction {
    var result = function
    result.argumentTypes.reverse()
    result.evaluate = { columns, count, context in
      try function.evaluate([columns[1], columns[0]], count, context)
    }
    return result
  }

  static func arithmetic(
    _ name: String, _ op: ArithmeticOperator, isTry: Bool = false
  ) -> ScalarBinding {
    ScalarBinding(.takes(.number, .number)) { arguments throws(Refusal) in
      let (types, result) = try arithmeticTypes(op, arguments)
      return ScalarFunction(
        name, types, result, mayAddNulls: isTry,
        isTotal: isTry || types[0] == .double && (op == .add || op == .subtract || op == .multiply)
      ) { columns, _, _ in
        // A text that was read as a whole number is divided as any other.
        let numbers = try columns.map { column in
          op == .divide && result == .double && column.type == .bigint
            ? try column.cast(to: .double, isTry: false) : column
        }
        return try Column.arithmetic(op, numbers[0], numbers[1], as: result, isTry: isTry)
      }
    }
  }

  private static func arithmeticTypes(
    _ op: ArithmeticOperator, _ arguments: [Argument]
  ) throws(Refusal) -> ([DataType], DataType) {
    let types = Set(arguments.map(\.type))
    guard !types.contains(.string) || types.contains(where: { $0 != .string && $0 != .null }) else {
      throw .wrongArguments("wants numbers, not two texts; cast them to numbers")
    }
    // A string beside a whole number is read as BIGINT, beside another number as DOUBLE.
    let numbers = arguments.enumerated().map { index, argument -> Argument in
      guard argument.type == .string || argument.type == .null else { return argument }
      let other = arguments.map(\.type).first { $0.isNumeric }
      if argument.type == .null {
        let isDividend = op == .divide && index == 0
        return Argument(isDividend ? .double : other ?? .double)
      }
      return Argument(other?.isWhole ?? false ? .bigint : .double)
    }
    if let wrong = numbers.first(where: { !$0.type.isNumeric }) {
      throw .wrongArguments("wants numbers, not \(wrong.type.sql)")
    }
    let operands = numbers.map(\.type)
    if operands.contains(where: \.isFloating) {
      let result: DataType = operands == [.float, .float] && op != .divide ? .float : .double
      return ([result, result], op == .wholeQuotient ? .bigint : result)
    }
    if operands.contains(where: \.isDecimal) {
      let decimals = numbers.map(decimalType)
      return (decimals, decimalResult(op, decimals[0], decimals[1]))
    }
    switch op {
    case .divide: return (arguments.map { $0.type == .string ? .bigint : .double }, .double)
    case .wholeQuotient: return ([.bigint, .bigint], .bigint)
    default:
      let common = operands[0].wholeDigits < operands[1].wholeDigits ? operands[1] : operands[0]
      return ([common, common], common)
    }
  }

  private static let negation = ScalarBinding(.takes(.number)) { arguments throws(Refusal) in
    let type = try numberType(arguments[0])
    // Only the least whole number has no opposite.
    return ScalarFunction("-", [type], type, isTotal: !type.isWhole) { columns, _, _ in
      try columns[0].negated()
    }
  }

  private static let identity = ScalarBinding(.takes(.number)) { arguments throws(Refusal) in
    let type = try numberType(arguments[0])
    return ScalarFunction("+", [type], type, isTotal: true) { columns, _, _ in columns[0] }
  }

  /// The type of a number, DOUBLE for a string.
  static func numberType(_ argument: Argument) throws(Refusal) -> DataType {
    switch argument.type {
    case .string, .null: return .double
    case let type where type.isNumeric: return type
    default: throw .wrongArguments("wants a number, not \(argument.type.sql)")
    }
  }

  private static func bits(
    _ name: String, _ body: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> ScalarBinding {
    ScalarBinding(.takes(.number, .number)) { arguments throws(Refusal) in
      let type = try requireCommonType(arguments)
      let common = type == .null ? .int : type
      guard common.isWhole else { throw .wrongArguments("wants whole numbers, not \(common.sql)") }
      return ScalarFunction(name, [common, common], common, isTotal: true) { columns, count, _ in
        wholeColumn(
          common, count, columns,
          mapRows(wholeNumbers(columns[0]), wholeNumbers(columns[1])) { body($0, $1) })
      }
    }
  }

  /// The bits of a number moved within its own width: INT's 32 or BIGINT's 64.
  private static func shift(
    _ name: String, _ body: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> ScalarBinding {
    let number = Parameters.Kind.either([.exactly(.int), .exactly(.bigint), .of(.int)])
    return ScalarBinding(.takes(number, .of(.int))) { arguments in
      let type: DataType = arguments[0].type == .bigint ? .bigint : .int
      let mask: Int64 = type == .int ? 31 : 63
      return ScalarFunction(name, [type, .int], type, isTotal: true) { columns, count, _ in
        wholeColumn(
          type, count, columns,
          mapRows(wholeNumbers(columns[0]), wholeNumbers(columns[1])) { body($0, $1 & mask) })
      }
    }
  }

  private static func wholeNumbers(_ column: Column) -> [Int64] {
    if case .int32(let values) = column.values { return mapRows(values) { Int64($0) } }
    return column.int64s
  }

  /// Numbers of which the lower bits are meant; NULL where an argument is.
  private static func wholeColumn(
    _ type: DataType, _ count: Int, _ arguments: [Column], _ values: [Int64]
  ) -> Column {
    Column(
      type, count: count, validity: validity(of: arguments),
      type.layout == .int64
        ? .int64(values) : .int32(mapRows(values) { Int32(truncatingIfNeeded: $0) }))
  }

  // MARK: Comparison

  private static func comparison(_ comparison: Comparison) -> ScalarBinding {
    ScalarBinding(.takes(.orderable, .orderable)) { arguments throws(Refusal) in
      let common = try requireCommonType(arguments)
      return ScalarFunction(
        comparison.rawValue, [common, common], .boolean, isTotal: true
      ) { columns, _, _ in
        Column.compare(columns[0], comparison, columns[1])
      }
    }
  }

  private static func nullSafeEqual(_ name: String) -> ScalarBinding {
    ScalarBinding(.takes(.orderable, .orderable)) { arguments throws(Refusal) in
      let common = try requireCommonType(arguments)
      return ScalarFunction(name, [common, common], .boolean, isTotal: true) { columns, _, _ in
        Column.nullSafeEqual(columns[0], columns[1])
      }
    }
  }

  // MARK: Concatenation

  private static let joined = Parameters.Kind.either([
    .trueArray, .exactly(.string), .exactly(.binary), .of(.string),
  ])

  /// Of strings (NULL if any is), of bytes, or of arrays.
  private static func concatenation(_ name: String) -> ScalarBinding {
    ScalarBinding(.takes(repeated: joined)) {
      arguments throws(Refusal) in
      if arguments.contains(where: { if case .array = $0.type { true } else { false } }) {
        let common = try requireCommonType(arguments)
        return ScalarFunction(
          name, arguments.map { _ in common }, common,
          evaluate: growingRows(name, common) { values, meter in
            try meter.take(values.reduce(0) { $0 + $1.elements.count }, of: 40)
            return .list(values.flatMap(\.elements))
          })
      }
      let type: DataType =
        !arguments.isEmpty && arguments.allSatisfy { $0.type == .binary }
        ? .binary : .string
      return ScalarFunction(
        name, arguments.map { _ in type }, type, isTotal: true
      ) { columns, count, context in
        try GrowthMeter(name, context.holdingText).take(columns.flatByteCount)
        return concatenated(columns, count, type)
      }
    }
  }

  private static func concatenated(_ columns: [Column], _ count: Int, _ type: DataType) -> Column {
    let present = validity(of: columns)
    var target = ByteRuns()
    target.offsets.reserveCapacity(count + 1)
    var ends = [[UInt8]](repeating: [], count: columns.count)
    for (index, column) in columns.enumerated() { ends[index] = column.constantBytes ?? [] }
    let flat = columns.map { $0.flattened() }
    for row in 0..<count {
      if present?[row] ?? true {
        for (index, column) in flat.enumerated() {
          guard ends[index].isEmpty else {
            target.bytes.append(contentsOf: ends[index])
            continue
          }
          column.withBytes { target.bytes.append(contentsOf: $0[row]) }
        }
      }
      target.offsets.append(Int32(target.bytes.count))
    }
    return Column(type, count: count, validity: present, .bytes(target))
  }
}
