/// The values or rows whose bit is set.
extension Column {
  /// The values whose bit in `rows` is set, in order.
  package func filtering(_ rows: Bitmap) -> Column {
    precondition(rows.count == count, "a filter has a bit for each row")
    return rows.isAllSet ? self : taking(rows.setPositions)
  }
}

extension Batch {
  /// The rows whose bit in `rows` is set, in order.
  package func filtering(_ rows: Bitmap) -> Batch {
    precondition(rows.count == rowCount, "a filter has a bit for each row")
    return rows.isAllSet ? self : taking(rows.setPositions)
  }
}
