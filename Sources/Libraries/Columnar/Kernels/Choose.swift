/// The choice between two columns, row by row.
extension Column {
  /// `chosen` where `condition` is true, `otherwise` elsewhere; nil for types whose values have no
  /// fixed width. All columns have the same rows, and both sides one type.
  package static func choosing(
    _ condition: Column, _ chosen: Column, otherwise: Column
  ) -> Column? {
    guard let values = chosenValues(condition.certainlyTrue, chosen, otherwise) else { return nil }
    return Column(
      chosen.type, count: condition.count, validity: chosenValidity(condition, chosen, otherwise),
      values)
  }

  private static func chosenValues(_ test: [Bool], _ left: Column, _ right: Column) -> Values? {
    switch (left.values, right.values) {
    case (.boolean(let a), .boolean(let b)): .boolean(choose(test, a, b))
    case (.int32(let a), .int32(let b)): .int32(choose(test, a, b))
    case (.int64(let a), .int64(let b)): .int64(choose(test, a, b))
    case (.int128(let a), .int128(let b)): .int128(choose(test, a, b))
    case (.double(let a), .double(let b)): .double(choose(test, a, b))
    default: nil
    }
  }

  private static func chosenValidity(
    _ condition: Column, _ chosen: Column, _ otherwise: Column
  ) -> Bitmap? {
    if chosen.validity == nil, otherwise.validity == nil { return nil }
    let test = condition.trueRows
    let left = chosen.validity.map { $0 & test } ?? test
    let right = otherwise.validity.map { $0 & ~test } ?? ~test
    return (left | right).unlessAllSet
  }

  /// Whether each row of a boolean column is true; false for NULL.
  package var certainlyTrue: [Bool] {
    guard let validity else { return booleans }
    let values = booleans
    return fillRows(count) { values[$0] && validity[$0] }
  }

  /// Whether every row of a boolean column is true.
  package var isTrueEverywhere: Bool {
    if hasNulls { return false }
    return booleans.withUnsafeBytes { bytes in
      let eightTrue: UInt64 = 0x0101_0101_0101_0101
      var at = 0
      while at + 8 <= bytes.count {
        if bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) != eightTrue { return false }
        at += 8
      }
      return bytes[at...].allSatisfy { $0 == 1 }
    }
  }
}

extension DataType {
  /// Whether each value takes as much room as any other.
  package var hasFixedWidth: Bool {
    switch layout {
    case .boolean, .int32, .int64, .int128, .double: true
    case .bytes, .list, .structure: false
    }
  }
}

@inline(__always)
private func choose<Value: BitwiseCopyable>(
  _ test: [Bool], _ left: [Value], _ right: [Value]
) -> [Value] {
  precondition(
    test.count == left.count && test.count == right.count, "both sides have the same rows")
  return test.withUnsafeBufferPointer { test in
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        fillRows(test.count) { test[$0] ? left[$0] : right[$0] }
      }
    }
  }
}
