import Columnar
import Core

extension FunctionCatalog {
  /// `round` (half up), `bround` (half even), `ceil`, `floor`.
  static let roundings: [(String, ScalarBinding)] = [
    ("round", rounding("round", .halfUp)), ("bround", rounding("bround", .halfEven)),
    ("ceil", whole("ceil", .up)), ("ceiling", whole("ceiling", .up)),
    ("floor", whole("floor", .down)),
    (
      "rint",
      function("rint", [.double], .double, isTotal: true) { columns, count, _ in
        Column(
          .double, count: count, validity: columns[0].validity,
          .double(mapRows(columns[0].doubles) { $0.rounded(.toNearestOrEven) }))
      }
    ),
  ]

  private enum Mode: Sendable { case halfUp, halfEven, up, down }

  /// `round(x[, places])`: places is a literal, as its value decides the type.
  private static func rounding(_ name: String, _ mode: Mode) -> ScalarBinding {
    ScalarBinding(
      .takes(.number, optional: .literal(.int))
    ) { arguments throws(Refusal) in
      let places = try literalPlaces(arguments)
      let type = try numberType(arguments[0])
      let types = arguments.count == 1 ? [type] : [type, .int]
      switch type {
      case .decimal(let precision, let scale):
        return decimalRounding(name, types, precision, scale, places, mode)
      case .float, .double:
        return ScalarFunction(name, types, type, isTotal: true) { columns, count, _ in
          Column(
            type, count: count, validity: columns[0].validity,
            .double(mapRows(columns[0].doubles) { roundedDouble($0, places, mode) }))
        }
      default:
        guard places < 0 else {
          return ScalarFunction(name, types, type, isTotal: true) { columns, _, _ in columns[0] }
        }
        return ScalarFunction(name, types, type) { columns, count, _ in
          let wide = try columns[0].cast(
            to: .decimal(precision: 20, scale: 0), isTry: false)
          let values = mapRows(wide.unscaledValues) { rounded($0, -places, mode) }
          return try Column(
            .decimal(precision: 38, scale: 0), count: count, validity: columns[0].validity,
            .int128(values)
          ).cast(to: type, isTry: false)
        }
      }
    }
  }

  private static func literalPlaces(_ arguments: [Argument]) throws(Refusal) -> Int {
    guard arguments.count == 2 else { return 0 }
    switch arguments[1].literal {
    case .integer(let places)? where (-38...38).contains(places): return Int(places)
    default: throw .wrongArguments("the number of places must be a literal from -38 to 38")
    }
  }

  private static func decimalRounding(
    _ name: String, _ types: [DataType], _ precision: Int, _ scale: Int, _ places: Int, _ mode: Mode
  ) -> ScalarFunction {
    let whole = precision - scale + 1
    let result: DataType =
      places < 0
      ? .decimal(precision: min(38, max(whole, -places + 1)), scale: 0)
      : .decimal(precision: min(38, whole + min(scale, places)), scale: min(scale, places))
    let drop = scale - places
    let smallUnit = places >= 0 && 1...18 ~= drop ? Int64(Decimal.power(drop)) : nil
    // A value that rounds up may take one digit more, for which 38 have no room.
    let mayOverflow = precision == 38 || places <= -38
    return ScalarFunction(name, types, result, isTotal: !mayOverflow) { columns, count, _ in
      let values = mapRows(columns[0].unscaledValues) { value -> Int128 in
        guard drop > 0 else { return value }
        if let smallUnit, let small = Int64(exactly: value) {
          return Int128(roundedQuotient(small, smallUnit, mode))
        }
        let kept = rounded(value, drop, mode)
        // Places left of the point come back as zeros: the result has scale 0.
        return kept / Decimal.power(places < 0 ? scale : drop)
      }
      let present = columns[0].validity
      if mayOverflow {
        let bound = Decimal.power(Decimal.maximumPrecision).magnitude
        for row in 0..<count where values[row].magnitude >= bound && present?[row] ?? true {
          throw dataFault(
            "\(name)(\(columns[0].sparkText(at: row)), \(places)) is out of the range of "
              + result.sql, remedy: "cast to a decimal with fewer digits first")
        }
      }
      return Column(result, count: count, validity: present, Column.decimalValues(values, result))
    }
  }

  /// `value` rounded to a multiple of 10^`places`.
  private static func rounded(_ value: Int128, _ places: Int, _ mode: Mode) -> Int128 {
    guard places <= Decimal.maximumPrecision else { return 0 }
    let unit = Decimal.power(places)
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: unit)
    if rest == 0 { return value }
    let isAway: Bool =
      switch mode {
      case .halfUp: rest.magnitude >= unit.magnitude - rest.magnitude
      case .halfEven:
        rest.magnitude * 2 > unit.magnitude
          || rest.magnitude * 2 == unit.magnitude && quotient & 1 != 0
      case .up: value > 0
      case .down: value < 0
      }
    // Of 38 digits no more than one more; what stands under a NULL may wrap around.
    return (quotient &+ (isAway ? (value < 0 ? -1 : 1) : 0)) &* unit
  }

  /// `value` by `unit`, a power of ten from 10, as a whole number.
  @inline(__always)
  private static func roundedQuotient(_ value: Int64, _ unit: Int64, _ mode: Mode) -> Int64 {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: unit)
    if rest == 0 { return quotient }
    let magnitude = rest.magnitude
    let half = unit.magnitude / 2
    let isAway: Bool =
      switch mode {
      case .halfUp: magnitude >= half
      case .halfEven: magnitude > half || magnitude == half && quotient & 1 != 0
      case .up: value > 0
      case .down: value < 0
      }
    return quotient + (isAway ? (value < 0 ? -1 : 1) : 0)
  }

  /// Rounds by the shortest decimal text, as BigDecimal does.
  private static func roundedDouble(_ value: Double, _ places: Int, _ mode: Mode) -> Double {
    guard value.isFinite, abs(value) < 1e18 || places < 0 else { return value }
    guard let exact = exactDecimal(value, mode) else { return value }
    let drop = exact.scale - places
    if drop <= 0 { return value }
    let result = Decimal(unscaled: rounded(exact.unscaled, drop, mode), scale: exact.scale)
    return Double(result.description) ?? value
  }

  /// The decimal of a double's shortest text. One too small for 38 places keeps those it has; what
  /// is left of it is then next to zero, on its side of it.
  private static func exactDecimal(_ value: Double, _ mode: Mode) -> Decimal? {
    if let exact = Decimal(parsing: value.description) { return exact }
    let places = Decimal.maximumPrecision
    guard let cut = Decimal(parsing: value.description, precision: places, scale: places) else {
      return nil
    }
    guard cut.unscaled == 0, mode == .up || mode == .down else { return cut }
    return Decimal(unscaled: value < 0 ? -1 : 1, scale: places)
  }

  /// `ceil` and `floor`, with a literal number of places if wanted.
  private static func whole(_ name: String, _ mode: Mode) -> ScalarBinding {
    ScalarBinding(
      .takes(.number, optional: .literal(.int))
    ) { arguments throws(Refusal) in
      let places = try literalPlaces(arguments)
      let type = try numberType(arguments[0])
      if case .decimal(let precision, let scale) = type {
        let types = arguments.count == 1 ? [type] : [type, .int]
        return decimalRounding(name, types, precision, scale, places, mode)
      }
      if arguments.count == 2 { return try rounding(name, mode)(arguments) }
      if type.isWhole {
        return ScalarFunction(name, [.bigint], .bigint, isTotal: true) { columns, _, _ in
          columns[0]
        }
      }
      return ScalarFunction(name, [.double], .bigint) { columns, count, _ in
        let values = mapRows(columns[0].doubles) { $0.rounded(mode == .up ? .up : .down) }
        return try Column(
          .double, count: count, validity: columns[0].validity, .double(values)
        ).cast(to: .bigint, isTry: false)
      }
    }
  }
}
