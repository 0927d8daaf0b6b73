import Glibc

/// Functions of real numbers that the C library computes.
package enum RealFunction: String, Sendable, CaseIterable {
  case sqrt, cbrt, exp, expm1, ln, log10, log2, log1p, sin, cos, tan, asin, acos, atan, sinh, cosh,
    tanh

  /// The function's value at `x`; NaN or infinite where it has none.
  package func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .sqrt: x.squareRoot()
    case .cbrt: Glibc.cbrt(x)
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

  /// `base` to the power of `exponent`.
  package static func power(_ base: Double, _ exponent: Double) -> Double {
    Glibc.pow(base, exponent)
  }

  /// The angle of the point (`x`, `y`).
  package static func arctangent(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }
}
