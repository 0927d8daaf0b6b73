import Columnar
import Core
import Parquet

extension FileStatistics {
  /// How many leaf columns get bounds unless the table says otherwise, as with Spark.
  static let standardColumnCount = 32

  /// What the log is to say of a file just written: bounds of the first `columnCount` leaves (all
  /// of them when it is negative), long strings cut as Spark cuts them.
  init(written: Parquet.WrittenFile, columnCount: Int) {
    self.init(rowCount: written.rowCount)
    let leaves = columnCount < 0 ? written.columns[...] : written.columns.prefix(columnCount)
    for leaf in leaves {
      var bounds = ColumnBounds(nullCount: leaf.nullCount)
      switch leaf.type {
      case .boolean, .binary, .array, .map, .structure, .null: break
      default:
        bounds.minimum = leaf.minimum.map(FileStatistics.lowered)
        bounds.maximum = leaf.maximum.flatMap(FileStatistics.raised)
      }
      columns[leaf.path] = bounds
    }
  }

  private static let boundLength = 32
  private static let lastScalar: Unicode.Scalar = "\u{10FFFF}"

  /// A lower bound of limited length.
  static func lowered(_ value: Scalar) -> Scalar {
    guard case .string(let text) = value else { return value }
    return .string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(boundLength))))
  }

  /// An upper bound of limited length: not below any text that begins with the same letters. Nil
  /// when there is none.
  static func raised(_ value: Scalar) -> Scalar? {
    guard case .string(let text) = value else { return value }
    let scalars = text.unicodeScalars
    guard
      var end = scalars.index(
        scalars.startIndex, offsetBy: boundLength, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return value }
    // What follows the cut must stand below the letter put in its place.
    while end < scalars.endIndex, scalars[end] == lastScalar { scalars.formIndex(after: &end) }
    guard end < scalars.endIndex else { return nil }
    let mark: Unicode.Scalar = scalars[end].value < 0x7F ? "\u{7F}" : lastScalar
    return .string(String(scalars[..<end]) + String(Character(mark)))
  }
}
