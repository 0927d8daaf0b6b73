/// Three-valued logic over boolean columns.
extension Column {
  /// The values of a boolean column; those under a NULL mean nothing.
  package var booleans: [Bool] {
    guard case .boolean(let values) = values else {
      preconditionFailure("a \(type.sql) column holds no booleans")
    }
    return values
  }

  /// The rows that are true: neither false nor NULL.
  package var trueRows: Bitmap {
    let values = booleans
    let bits = values.withUnsafeBufferPointer { values in
      Bitmap(count: values.count) { values[$0] }
    }
    return validity.map { $0 & bits } ?? bits
  }

  /// The rows that are false: neither true nor NULL.
  package var falseRows: Bitmap {
    let values = booleans
    let bits = values.withUnsafeBufferPointer { values in
      Bitmap(count: values.count) { !values[$0] }
    }
    return validity.map { $0 & bits } ?? bits
  }

  /// A boolean column that is true on `trueRows`, false on `falseRows` and NULL elsewhere.
  package static func boolean(trueRows: Bitmap, falseRows: Bitmap) -> Column {
    Column(
      .boolean, count: trueRows.count, validity: (trueRows | falseRows).unlessAllSet,
      .boolean(fillRows(trueRows.count) { trueRows[$0] }))
  }

  /// `left AND right`: false wins over NULL.
  package static func and(_ left: Column, _ right: Column) -> Column {
    if left.validity == nil, right.validity == nil {
      return Column(
        .boolean, count: left.count,
        .boolean(mapRows(left.booleans, right.booleans) { $0 && $1 }))
    }
    return boolean(
      trueRows: left.trueRows & right.trueRows, falseRows: left.falseRows | right.falseRows)
  }

  /// `left OR right`: true wins over NULL.
  package static func or(_ left: Column, _ right: Column) -> Column {
    if left.validity == nil, right.validity == nil {
      return Column(
        .boolean, count: left.count,
        .boolean(mapRows(left.booleans, right.booleans) { $0 || $1 }))
    }
    return boolean(
      trueRows: left.trueRows | right.trueRows, falseRows: left.falseRows & right.falseRows)
  }

  /// `NOT column`.
  package static func not(_ column: Column) -> Column {
    Column(
      .boolean, count: column.count, validity: column.validity,
      .boolean(mapRows(column.booleans) { !$0 }))
  }

  /// `column IS NULL`.
  package static func isNull(_ column: Column) -> Column {
    let values =
      column.validity.map { bits in fillRows(column.count) { !bits[$0] } }
      ?? [Bool](repeating: column.type == .null, count: column.count)
    return Column(.boolean, count: column.count, .boolean(values))
  }
}
