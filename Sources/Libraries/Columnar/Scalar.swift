package import Core

/// One value of any type: a literal, a partition value, a bound of statistics. Never used per row
/// in a hot loop.
package indirect enum Scalar: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// tinyint, smallint, int, bigint.
  case integer(Int64)
  case double(Double)
  case decimal(Decimal)
  case string(String)
  case binary([UInt8])
  case date(CivilDate)
  case timestamp(Timestamp)
  case list([Scalar])
  case structure([Scalar])

  package var isNull: Bool { self == .null }
}
