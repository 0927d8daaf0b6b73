import Columnar
import Database

/// A column of a natural key, whose values are written as the texts that the warehouse holds.
struct KeyPart {
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

  /// Whether two rows certainly have the same value; false says nothing.
  func isSame(_ row: Int, _ other: Int) -> Bool {
    guard !column.isNull(row), !column.isNull(other) else { return false }
    switch values {
    case .codes(let codes, _): return codes[row] == codes[other]
    case .integers(let numbers), .instants(let numbers): return numbers[row] == numbers[other]
    case .dates(let days): return days[row] == days[other]
    case .booleans(let flags): return flags[row] == flags[other]
    case .runs, .none: return false
    }
  }
}
