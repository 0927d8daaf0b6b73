package import Columnar
import Delta

/// Numbers for partitions, in the order they are met. More than an entry can tell apart share the
/// number that stands for any.
package struct PartitionNumbers {
  /// By number: the text of the partition's values.
  package private(set) var values: [[String?]]
  private var numbers: [[[UInt8]?]: UInt16] = [:]

  package init(_ values: [[String?]] = []) {
    self.values = []
    for value in values { _ = number(of: value) }
  }

  /// The number of a partition, a new one if it had none.
  mutating func number(of values: [String?]) -> UInt16 {
    // By bytes: two spellings of one text are two partitions.
    let key = values.map { $0.map { [UInt8]($0.utf8) } }
    if let number = numbers[key] { return number }
    guard self.values.count < Int(KeyEntry.anyPartition) else { return KeyEntry.anyPartition }
    let number = UInt16(self.values.count)
    self.values.append(values)
    numbers[key] = number
    return number
  }

  /// The number of each row's partition by the columns at `positions`.
  package mutating func numbers(of batch: Batch, by positions: [Int]) -> [UInt16] {
    if positions.isEmpty {
      return [UInt16](repeating: number(of: []), count: batch.rowCount)
    }
    let groups = Partitioning.groups(of: batch, by: positions)
    if groups.count == 1 {
      return [UInt16](repeating: number(of: groups[0].values), count: batch.rowCount)
    }
    var result = [UInt16](repeating: 0, count: batch.rowCount)
    for group in groups {
      let number = number(of: group.values)
      for row in group.rows { result[Int(row)] = number }
    }
    return result
  }
}
