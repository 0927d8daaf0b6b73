package import Columnar

/// Compares rows of two batches of one schema, column by column.
package struct RowComparison {
  private let left: Batch
  private let right: Batch

  /// Compares rows of `left` with rows of `right`.
  package init(_ left: Batch, _ right: Batch) {
    self.left = left
    self.right = right
  }

  /// Whether the rows hold the same values; NULL equals NULL, NaN equals NaN.
  package func areEqual(_ leftRow: Int, _ rightRow: Int) -> Bool {
    for index in left.columns.indices {
      if !equal(left.columns[index], leftRow, right.columns[index], rightRow) { return false }
    }
    return true
  }

  private func equal(_ a: Column, _ aRow: Int, _ b: Column, _ bRow: Int) -> Bool {
    let aIsNull = a.isNull(aRow)
    guard aIsNull == b.isNull(bRow) else { return false }
    if aIsNull { return true }
    switch (a.values, b.values) {
    case (.boolean(let left), .boolean(let right)): return left[aRow] == right[bRow]
    case (.int32(let left), .int32(let right)): return left[aRow] == right[bRow]
    case (.int64(let left), .int64(let right)): return left[aRow] == right[bRow]
    case (.int128(let left), .int128(let right)): return left[aRow] == right[bRow]
    case (.double(let left), .double(let right)):
      return left[aRow] == right[bRow] || left[aRow].isNaN && right[bRow].isNaN
    case (.list(let aOffsets, let aElements), .list(let bOffsets, let bElements)):
      let count = aOffsets[aRow + 1] - aOffsets[aRow]
      guard count == bOffsets[bRow + 1] - bOffsets[bRow] else { return false }
      return (0..<count).allSatisfy {
        equal(aElements, Int(aOffsets[aRow] + $0), bElements, Int(bOffsets[bRow] + $0))
      }
    case (.structure(let left), .structure(let right)):
      return left.indices.allSatisfy { equal(left[$0], aRow, right[$0], bRow) }
    default:
      guard let left = bytes(a, aRow), let right = bytes(b, bRow) else { return false }
      return left == right
    }
  }

  private func bytes(_ column: Column, _ row: Int) -> ArraySlice<UInt8>? {
    switch column.values {
    case .bytes(let runs): runs[row]
    case .dictionary(let codes, let dictionary): dictionary.values[Int(codes[row])]
    default: nil
    }
  }
}
