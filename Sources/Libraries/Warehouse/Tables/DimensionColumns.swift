/// How dimensions and the columns that the loader gives them are called: `dim_customer` has
/// `customer_key` and `customer_durable_key`.
package enum DimensionColumns {
  private static let mark = "dim_"
  private static let keyMark = "_key"

  /// Whether `table` is called as dimensions are.
  package static func isDimension(_ table: String) -> Bool {
    table.hasPrefix(mark) && table.utf8.count > mark.utf8.count
  }

  /// The column with one number a version: the surrogate key of the table `dimension`.
  package static func surrogate(of dimension: String) -> String {
    dimension.dropFirst(mark.count) + keyMark
  }

  /// The column with one number a member for ever, beside the surrogate key's column.
  static func durable(beside surrogate: String) -> String {
    surrogate.dropLast(keyMark.count) + "_durable" + keyMark
  }

  /// The column with the durable key of the member of before, beside the surrogate key's column.
  static func previousDurable(beside surrogate: String) -> String {
    surrogate.dropLast(keyMark.count) + "_previous_durable" + keyMark
  }

  /// The columns that bound what was known when.
  static let knownFrom = "known_from"
  static let knownTo = "known_to"
}
