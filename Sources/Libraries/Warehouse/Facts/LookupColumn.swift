import Columnar
import Core
import Database

/// Makes one foreign key column: looks each row's natural key up as of the row's moment.
final class LookupColumn {
  let lookup: WarehouseTable.Lookup
  let index: LookupIndex
  /// Rows that found no member so far.
  private(set) var unknownCount = 0
  private let naturalPositions: [Int]
  private let momentPosition: Int?
  private var key: [UInt8] = []

  init(
    _ lookup: WarehouseTable.Lookup, of table: WarehouseTable, _ load: WarehouseLoad
  ) throws(Fault) {
    self.lookup = lookup
    try DimensionShape(lookup.dimension, load, for: table.place).check(lookup, of: table)
    index = try LookupIndex(lookup.dimension, load, for: table.place)
    naturalPositions = lookup.naturalColumns.compactMap { table.schema.index(of: $0) }
    momentPosition = lookup.asOf.flatMap { table.schema.index(of: $0) }
  }

  /// The surrogate keys of a batch's rows.
  func resolve(_ batch: Batch) -> Column {
    let parts = naturalPositions.map { KeyPart(batch.columns[$0]) }
    let moments = momentPosition.map { batch.columns[$0] }
    var times: [Int64] = []
    if case .int64(let values)? = moments?.values { times = values }
    var keys = [Int64](repeating: ReservedKey.notApplicable, count: batch.rowCount)
    for row in 0..<batch.rowCount {
      guard write(parts, row) else { continue }
      let moment = moments.flatMap { $0.isNull(row) ? nil : times[row] }
      let found = key.withUnsafeBufferPointer { index.surrogate(of: $0, at: moment) }
      if found == ReservedKey.unknown { unknownCount += 1 }
      keys[row] = found
    }
    return Column(.bigint, count: batch.rowCount, .int64(keys))
  }

  /// Writes the row's natural key to `key`; false when a part is NULL.
  private func write(_ parts: [KeyPart], _ row: Int) -> Bool {
    key.removeAll(keepingCapacity: true)
    for (position, part) in parts.enumerated() {
      if position > 0 { key.append(0x1F) }
      guard part.append(row, to: &key) else { return false }
    }
    return true
  }
}

/// A column of a natural key, whose values are written as the texts that the warehouse holds.
private struct KeyPart {
  private enum Values {
    case runs(ByteRuns)
    case codes([Int32], ByteRuns)
    case integers([Int64])
    case dates([Int32])
    case instants([Int64])
    case booleans([Bool])
    case none
  }

  private let column: Column
  private let values: Values

  init(_ column: Column) {
    self.column = column
    switch (column.values, column.type) {
    case (.bytes(let runs), _): values = .runs(runs)
    case (.dictionary(let codes, let dictionary), _): values = .codes(codes, dictionary.values)
    case (.int32(let days), .date): values = .dates(days)
    case (.int32(let numbers), _): values = .integers(numbers.map(Int64.init))
    case (.int64(let moments), .timestamp): values = .instants(moments)
    case (.int64(let numbers), _): values = .integers(numbers)
    case (.boolean(let flags), .boolean): values = .booleans(flags)
    default: values = .none
    }
  }

  /// Appends the text at `row`; false when it is NULL.
  func append(_ row: Int, to key: inout [UInt8]) -> Bool {
    if column.isNull(row) { return false }
    switch values {
    case .runs(let runs): key.append(contentsOf: runs[row])
    case .codes(let codes, let runs): key.append(contentsOf: runs[Int(codes[row])])
    case .integers(let numbers): ValueText.append(integer: numbers[row], to: &key)
    case .dates(let days): ValueText.append(date: days[row], to: &key)
    case .instants(let moments): ValueText.append(instant: moments[row], to: &key)
    case .booleans(let flags): key.append(flags[row] ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    case .none: return false
    }
    return true
  }
}
