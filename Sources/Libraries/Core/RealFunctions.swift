import Glibc

/// Functions of real numbers that the C library computes.
package enum RealFunction: String, Sendable, CaseIterable {
  case sqrt, cbrt, exp, expm1, ln, log10, log2, log1p, sin, cos, tan, asin, acos, atan, sinh, cosh,
    tanh

  /// The function's value at `x`; NaN or infinite where it has none.
  package func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .sqrt: x.squareRoot()
    case .cbrt: Self.cubeRoot(x)
    case .exp: Glibc.exp(x)
    case .expm1: Glibc.expm1(x)
    case .ln: Glibc.log(x)
    case .log10: Glibc.log10(x)
    case .log2: Glibc.log2(x)
    case .log1p: Glibc.log1p(x)
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .sinh: Glibc.sinh(x)
    case .cosh: Glibc.cosh(x)
    case .tanh: Glibc.tanh(x)
    }
  }

  /// The C library's root is off by a little where it need not be: 27 has one.
  private static func cubeRoot(_ x: Double) -> Double {
    let root = Glibc.cbrt(x)
    guard root.isNormal, x.magnitude > 1e-270, x.magnitude < 1e270 else { return root }
    // One step of Newton's, with what the square and the cube round off.
    let square = root * root
    let lost = (-square).addingProduct(root, root)
    let excess = (-x).addingProduct(square, root) + lost * root
    return root - excess / (3 * square)
  }

  /// `x`, which is finite, with `places` digits after the point: of its exact value, halves to
  /// even.
  package static func fixedText(_ x: Double, places: Int) -> String {
    var text = [CChar](repeating: 0, count: 400 + places)
    let count = withVaList([Int32(clamping: places), x]) { arguments in
      vsnprintf(&text, text.count, "%.*f", arguments)
    }
    return String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// `base` to the power of `exponent`.
  package static func power(_ base: Double, _ exponent: Double) -> Double {
    Glibc.pow(base, exponent)
  }

  /// The angle of the point (`x`, `y`).
  package static func arctangent(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }
}
