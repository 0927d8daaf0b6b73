extension WarehouseTable.Dimension {
  /// What the values of a column that makes no version come to.
  func rule(of column: String) -> HistoryFold.Rule {
    if kept.contains(column) { return .kept }
    if keyChange?.columns.contains(column) ?? false { return .linked }
    return currentOnly.contains(column) ? .overwrittenWhileCurrent : .overwritten
  }
}
