import Core

/// Casts from text.
extension Column {
  /// The strings parsed as `target`; those that do not parse fail.
  func parsedValues(as target: DataType, _ today: CivilDate?) -> (Values, Bitmap?) {
    switch target {
    case .boolean:
      let result = parsedRows(false) { Bool(parsing: $0) }
      return (.boolean(result.values), result.failures)
    case .bigint:
      let result = parsedRows(0 as Int64) { Int64(parsing: $0) }
      return (.int64(result.values), result.failures)
    case .tinyint, .smallint, .int:
      let (lower, upper) = target.wholeRange
      let result = parsedRows(0 as Int32) { text in
        Int64(parsing: text).flatMap { $0 < lower || $0 > upper ? nil : Int32($0) }
      }
      return (.int32(result.values), result.failures)
    case .double:
      let result = parsedRows(0.0) { Double(parsing: $0) }
      return (.double(result.values), result.failures)
    case .float:
      let result = parsedRows(0.0) { Double(parsing: $0).map { Double(Float($0)) } }
      return (.double(result.values), result.failures)
    case .decimal(let precision, let scale):
      let result = parsedRows(0 as Int128) {
        Decimal(parsing: $0, precision: precision, scale: scale)?.unscaled
      }
      return (Column.decimalValues(result.values, target), result.failures)
    case .date:
      let result = parsedRows(0 as Int32) { CivilDate(parsing: $0)?.dayNumber }
      return (.int32(result.values), result.failures)
    case .timestamp:
      let result = parsedRows(0 as Int64) { Timestamp(parsing: $0, today: today)?.microseconds }
      return (.int64(result.values), result.failures)
    default: preconditionFailure("no text is read as \(target.sql)")
    }
  }

  @inline(__always)
  private func parsedRows<Value>(
    _ missing: Value, _ parse: (TextBytes) -> Value?
  ) -> (values: [Value], failures: Bitmap?) {
    var failed: [Int32] = []
    let parsed = withBytes { view in
      fillRows(count) { row -> Value in
        if isNull(row) { return missing }
        if let value = parse(view[row]) { return value }
        failed.append(Int32(row))
        return missing
      }
    }
    guard !failed.isEmpty else { return (parsed, nil) }
    var bits = Bitmap(repeating: false, count: count)
    for row in failed { bits.set(Int(row), true) }
    return (parsed, bits)
  }
}
