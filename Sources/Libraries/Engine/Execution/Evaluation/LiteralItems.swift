import Columnar

/// The items of `x IN (1, 2, …)` as a set: many are not compared one by one with each row.
struct LiteralItems {
  /// So few are compared as fast.
  private static let leastCount = 16

  private let values: Set<Scalar>
  /// Texts are compared by their bytes.
  private let texts: Set<ArraySlice<UInt8>>
  private let hasNull: Bool

  /// nil for what is no IN of many literals, or of values that are equal in more ways than one.
  init?(of expression: Expression) {
    guard case .isIn(let operand, let items) = expression.kind,
      items.count >= LiteralItems.leastCount
    else { return nil }
    switch operand.type {
    case .boolean, .tinyint, .smallint, .int, .bigint, .decimal, .string, .binary, .date,
      .timestamp:
      break
    default: return nil
    }
    var values: Set<Scalar> = []
    var texts: Set<ArraySlice<UInt8>> = []
    var hasNull = false
    for item in items {
      guard let value = item.literal, value.isNull || item.type == operand.type else { return nil }
      switch value {
      case .null: hasNull = true
      case .string(let text): texts.insert(Array(text.utf8)[...])
      case .binary(let bytes): texts.insert(bytes[...])
      default: values.insert(value)
      }
    }
    self.values = values
    self.texts = texts
    self.hasNull = hasNull
  }

  /// Whether each value is one of the items; unknown where it is NULL, or where only a NULL among
  /// the items leaves it open.
  func contains(_ column: Column) -> Column {
    var isTrue = Bitmap(repeating: false, count: column.count)
    var isFalse = isTrue
    let isText = column.type.layout == .bytes
    for row in 0..<column.count where !column.isNull(row) {
      if isText ? texts.contains(column.text(at: row)) : values.contains(column.scalar(at: row)) {
        isTrue.set(row, true)
      } else if !hasNull {
        isFalse.set(row, true)
      }
    }
    return Column.boolean(trueRows: isTrue, falseRows: isFalse)
  }
}

extension Column {
  /// The bytes of a text at `row`.
  fileprivate func text(at row: Int) -> ArraySlice<UInt8> {
    switch values {
    case .bytes(let runs): runs[row]
    case .dictionary(let codes, let dictionary): dictionary.values[Int(codes[row])]
    default: []
    }
  }
}
