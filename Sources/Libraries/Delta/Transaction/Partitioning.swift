package import Columnar
import Core

/// The rows of a batch by the values of its partition columns.
package struct Partitioning {
  /// One partition's rows.
  package struct Group {
    /// The text of each partition column's value, in order; nil is NULL.
    package var values: [String?]
    package var rows: [Int32]
  }

  /// The groups of `batch` by the columns at `positions`, in the order of their first rows.
  package static func groups(of batch: Batch, by positions: [Int]) -> [Group] {
    var codes = [Int32](repeating: 0, count: batch.rowCount)
    var values: [[String?]] = [[]]
    for position in positions {
      let (next, texts) = coded(batch.columns[position])
      (codes, values) = combined(codes, values, next, texts)
    }
    if values.count == 1 {
      return [Group(values: values[0], rows: (0..<Int32(batch.rowCount)).map { $0 })]
    }
    var groups = values.map { Group(values: $0, rows: []) }
    for (row, code) in codes.enumerated() { groups[Int(code)].rows.append(Int32(row)) }
    return groups
  }

  /// Codes that tell rows apart by both columns, in the order of first rows.
  private static func combined(
    _ codes: [Int32], _ values: [[String?]], _ next: [Int32], _ texts: [String?]
  ) -> ([Int32], [[String?]]) {
    var codeOfPair: [Int64: Int32] = [:]
    var result = codes
    var combinedValues: [[String?]] = []
    var lastPair: Int64 = -1
    var lastCode: Int32 = 0
    for row in codes.indices {
      let pair = Int64(codes[row]) << 32 | Int64(next[row])
      if pair != lastPair {
        lastPair = pair
        if let code = codeOfPair[pair] {
          lastCode = code
        } else {
          lastCode = Int32(combinedValues.count)
          codeOfPair[pair] = lastCode
          combinedValues.append(values[Int(codes[row])] + [texts[Int(next[row])]])
        }
      }
      result[row] = lastCode
    }
    return (result, combinedValues)
  }

  /// A code a row and the text behind each code.
  private static func coded(_ column: Column) -> ([Int32], [String?]) {
    switch column.values {
    case .int32(let values): return coded(column) { values[$0] }
    case .int64(let values): return coded(column) { values[$0] }
    case .int128(let values): return coded(column) { values[$0] }
    case .double(let values): return coded(column) { values[$0].bitPattern }
    case .boolean(let values): return coded(column) { values[$0] }
    case .dictionary(let codes, _): return coded(column) { codes[$0] }
    case .bytes(let runs): return coded(column) { runs[$0] }
    case .list, .structure: return coded(column) { $0 }
    }
  }

  private static func coded<Key: Hashable>(
    _ column: Column, _ key: (Int) -> Key
  ) -> ([Int32], [String?]) {
    var codes: [Int32] = []
    codes.reserveCapacity(column.count)
    var codeOfKey: [Key: Int32] = [:]
    var nullCode: Int32?
    var texts: [String?] = []
    // Neighbours mostly share their value.
    var last: (key: Key, code: Int32)?
    for row in 0..<column.count {
      if column.isNull(row) {
        if nullCode == nil {
          nullCode = Int32(texts.count)
          texts.append(nil)
        }
        codes.append(nullCode ?? 0)
        continue
      }
      let value = key(row)
      if let last, last.key == value {
        codes.append(last.code)
        continue
      }
      let code = codeOfKey[value] ?? Int32(texts.count)
      if code == texts.count {
        codeOfKey[value] = code
        texts.append(PartitionValue.encode(column.scalar(at: row)))
      }
      codes.append(code)
      last = (value, code)
    }
    return (codes, texts)
  }
}
