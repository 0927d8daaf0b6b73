package import Columnar

/// What a written file holds: the stuff of a table format's statistics.
package struct WrittenFile: Sendable, Equatable {
  package var rowCount: Int
  package var byteCount: Int
  /// One entry a leaf that no list or map stands above, and one a list or map at the top.
  package var columns: [ColumnStatistics]

  package init(rowCount: Int, byteCount: Int, columns: [ColumnStatistics]) {
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.columns = columns
  }
}

/// Bounds and NULLs of one column or structure member of a file.
package struct ColumnStatistics: Sendable, Equatable {
  /// The names from the top to the member.
  package var path: [String]
  package var type: DataType
  /// Rows where the value, or a structure around it, is NULL.
  package var nullCount: Int
  /// The least value, whole; nil when there is none, or no order: lists, or floats with NaN.
  package var minimum: Scalar?
  /// The greatest value, whole.
  package var maximum: Scalar?

  package init(
    path: [String], type: DataType, nullCount: Int, minimum: Scalar? = nil, maximum: Scalar? = nil
  ) {
    self.path = path
    self.type = type
    self.nullCount = nullCount
    self.minimum = minimum
    self.maximum = maximum
  }
}
