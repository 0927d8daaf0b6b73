import Columnar
import Core

extension FunctionCatalog {
  /// `format_number(x, places)`: `1,234.50`, halves to even, as Java's DecimalFormat rounds; any
  /// number of places.
  static let formatNumber = ScalarBinding(
    .takes(.trueNumber, .either([.exactly(.int), .exactly(.string)]))
  ) { arguments throws(Refusal) in
    let given = try numberType(arguments[0])
    let type: DataType =
      switch given {
      case .decimal, .float, .double: given
      default: .bigint
      }
    return ScalarFunction(
      "format_number", [type, .int], .string, mayAddNulls: true,
      evaluate: rows(.string) { values, _ in
        // More places than this say nothing, and fill memory.
        let places = values[1].integer
        guard places >= 0 else { return .null }
        guard places <= 10_000 else {
          throw dataFault(
            "format_number with \(places) places", remedy: "give at most 10000 places")
        }
        switch values[0] {
        case .integer(let value):
          return .string(
            grouped(String(value.magnitude), isNegative: value < 0, padding: places))
        case .decimal(let value): return .string(formatted(value, places))
        case .double(let value): return .string(formatted(value, places))
        default: return .null
        }
      })
  }

  private static func formatted(_ value: Decimal, _ places: Int) -> String {
    var magnitude = value.unscaled.magnitude
    var scale = value.scale
    if scale > places {
      let unit = Decimal.power(scale - places).magnitude
      let (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: unit)
      // The other half of an odd power of ten is no half.
      let isAway = rest > unit - rest || rest == unit - rest && quotient & 1 != 0
      magnitude = quotient + (isAway ? 1 : 0)
      scale = places
    }
    let digits = String(magnitude)
    let zeros = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count))
    var text = zeros + digits
    if scale > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -scale)) }
    return grouped(text, isNegative: value.unscaled < 0, padding: places - scale)
  }

  /// A double has the digits of its shortest text; those that are cut off round by its exact value.
  private static func formatted(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
    let shortest = plainText(value.magnitude)
    let fraction = shortest.split(separator: ".").dropFirst().first?.utf8.count ?? 0
    let isCut = fraction > places
    return grouped(
      isCut ? RealFunction.fixedText(value.magnitude, places: places) : shortest,
      isNegative: value.sign == .minus, padding: isCut ? 0 : places - fraction)
  }

  /// The shortest text of a positive number without an exponent: `12.5`, `300`.
  private static func plainText(_ value: Double) -> String {
    let halves = value.description.split(separator: "e")
    let parts = halves[0].split(separator: ".")
    let fraction = parts.count == 2 && parts[1] != "0" ? String(parts[1]) : ""
    var digits = String(parts[0]) + fraction
    var point = parts[0].utf8.count + (halves.count == 2 ? Int(halves[1]) ?? 0 : 0)
    if point <= 0 {
      digits = String(repeating: "0", count: 1 - point) + digits
      point = 1
    }
    if point >= digits.utf8.count {
      return digits + String(repeating: "0", count: point - digits.utf8.count)
    }
    digits.insert(".", at: digits.index(digits.startIndex, offsetBy: point))
    return digits
  }

  /// A number's text with a comma before every third digit left of the point, and `padding` zeros
  /// behind it.
  private static func grouped(_ text: String, isNegative: Bool, padding: Int) -> String {
    let whole = Array(text.prefix { $0 != "." })
    var grouped = isNegative ? "-" : ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    let fraction = text.dropFirst(whole.count)
    guard padding > 0 else { return grouped + fraction }
    return grouped + (fraction.isEmpty ? "." : fraction)
      + String(repeating: "0", count: padding)
  }
}
