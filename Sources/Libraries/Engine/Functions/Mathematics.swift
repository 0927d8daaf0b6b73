import Columnar
import Core

extension FunctionCatalog {
  /// Rounding, powers, logarithms and their like.
  static let mathematics: [(String, ScalarBinding)] =
    RealFunction.allCases.map { ($0.rawValue, real($0)) } + roundings + [
      ("abs", absolute), ("sign", sign("sign")), ("signum", sign("signum")),
      ("power", power("power")), ("pow", power("pow")), ("log", logarithm),
      (
        "atan2",
        function("atan2", [.double, .double], .double, isTotal: true) { columns, count, _ in
          pairs(columns, count) {
            // A zero has no sign here: what is 0 behind the origin lies half a turn away.
            RealFunction.arctangent($0 + 0, $1 + 0)
          }
        }
      ),
      (
        "hypot",
        function("hypot", [.double, .double], .double, isTotal: true) { columns, count, _ in
          pairs(columns, count) { ($0 * $0 + $1 * $1).squareRoot() }
        }
      ),
      (
        "degrees",
        function("degrees", [.double], .double, isTotal: true) { columns, count, _ in
          singles(columns, count) { $0 * 180 / Double.pi }
        }
      ),
      (
        "radians",
        function("radians", [.double], .double, isTotal: true) { columns, count, _ in
          singles(columns, count) { $0 / 180 * Double.pi }
        }
      ),
      ("pi", constant("pi", Double.pi)), ("e", constant("e", 2.718281828459045)),
      (
        "isnan",
        function("isnan", [.double], .boolean, isTotal: true) { columns, count, _ in
          let isNaN = mapRows(columns[0].doubles) { $0.isNaN }
          return Column(
            .boolean, count: count,
            .boolean(
              columns[0].validity.map { bits in fillRows(count) { bits[$0] && isNaN[$0] } } ?? isNaN
            ))
        }
      ),
      (
        "factorial",
        rowFunction("factorial", [.int], .bigint, mayAddNulls: true) { values, _ in
          (0...20).contains(values[0].integer)
            ? .integer((1...max(1, Int64(values[0].integer))).reduce(1, *)) : .null
        }
      ),
      (
        "bin",
        rowFunction("bin", [.bigint], .string) { values, _ in
          .string(String(UInt64(bitPattern: Int64(values[0].integer)), radix: 2))
        }
      ),
      (
        "width_bucket",
        rowFunction(
          "width_bucket", [.double, .double, .double, .bigint], .bigint, mayAddNulls: true,
          evaluate: widthBucket)
      ),
      ("rand", refusedAsRandom), ("random", refusedAsRandom), ("randn", refusedAsRandom),
      ("uuid", refusedAsRandom), ("shuffle", refusedAsRandom),
    ]

  private static let refusedAsRandom = ScalarBinding(.takes(repeated: .any)) {
    _ throws(Refusal) in
    throw .wrongArguments(
      "is random: a run could not be repeated; derive a value from a key, as hash(key)")
  }

  private static func constant(_ name: String, _ value: Double) -> ScalarBinding {
    function(name, [], .double, isTotal: true) { _, count, _ in
      Column(.double, count: count, .double([Double](repeating: value, count: count)))
    }
  }

  private static func singles(
    _ columns: [Column], _ count: Int, _ body: (Double) -> Double
  ) -> Column {
    Column(
      .double, count: count, validity: columns[0].validity,
      .double(mapRows(columns[0].doubles, body)))
  }

  private static func pairs(
    _ columns: [Column], _ count: Int, _ body: (Double, Double) -> Double
  ) -> Column {
    Column(
      .double, count: count, validity: validity(of: columns),
      .double(mapRows(columns[0].doubles, columns[1].doubles, body)))
  }

  /// A real function; logarithms outside their range are NULL.
  private static func real(_ real: RealFunction) -> ScalarBinding {
    let lowest: Double? =
      switch real {
      case .ln, .log10, .log2: 0
      case .log1p: -1
      default: nil
      }
    return function(
      real.rawValue, [.double], .double, mayAddNulls: lowest != nil, isTotal: true
    ) { columns, count, _ in
      let result = singles(columns, count) { real($0) }
      guard let lowest else { return result }
      let values = columns[0].doubles
      let inRange = Bitmap(count: count) { !(values[$0] <= lowest) }
      return Column(
        .double, count: count, validity: Bitmap.both(result.validity, inRange.unlessAllSet),
        result.values)
    }
  }

  /// `log(x)`, or `log(base, x)`.
  private static let logarithm = ScalarBinding(
    .takes(.of(.double), optional: .of(.double))
  ) { arguments throws(Refusal) in
    if arguments.count == 1 { return try real(.ln)(arguments) }
    return try rowFunction("log", [.double, .double], .double, mayAddNulls: true) { values, _ in
      guard case .double(let base) = values[0], case .double(let x) = values[1], base > 0, x > 0
      else { return .null }
      return .double(RealFunction.ln(x) / RealFunction.ln(base))
    }(arguments)
  }

  private static func power(_ name: String) -> ScalarBinding {
    function(name, [.double, .double], .double, isTotal: true) { columns, count, _ in
      pairs(columns, count) { RealFunction.power($0, $1) }
    }
  }

  private static let absolute = ScalarBinding(.takes(.number)) { arguments throws(Refusal) in
    let type = try numberType(arguments[0])
    return ScalarFunction("abs", [type], type) { columns, _, _ in
      try columns[0].negated(onlyIfNegative: true)
    }
  }

  private static func sign(_ name: String) -> ScalarBinding {
    function(name, [.double], .double, isTotal: true) { columns, count, _ in
      singles(columns, count) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    }
  }

  /// NULL as Spark has it: for a count that is not a whole number of buckets, for equal or infinite
  /// bounds, for NaN anywhere.
  @Sendable
  private static func widthBucket(_ values: [Scalar], _: EvaluationContext) throws -> Scalar {
    guard case .double(let value) = values[0], case .double(let low) = values[1],
      case .double(let high) = values[2], values[3].integer > 0, values[3].integer < Int.max,
      low != high, !value.isNaN, low.isFinite, high.isFinite
    else { return .null }
    let count = Int64(values[3].integer)
    // From the first bound to the second, which belongs to no bucket, whichever is the greater.
    let (past, width) = low < high ? (value - low, high - low) : (low - value, low - high)
    let bucket: Int64
    if past < 0 {
      bucket = 0
    } else if low < high ? value >= high : value <= high {
      bucket = count + 1
    } else {
      let part = Double(count) * past / width
      // Bounds that are far apart overflow to a NaN; nothing is past the last bucket.
      bucket = part.isNaN ? 1 : part >= Double(count) ? count : Int64(part) + 1
    }
    return .integer(bucket)
  }
}
