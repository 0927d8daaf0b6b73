import Columnar
import Core
import Database

/// The rows of a batch as COPY's binary form has them: laid out ahead, on whichever thread has the
/// time, so that the thread that sends has only to hand them over.
struct BinaryRows: LaidOutRows {
  let rowCount: Int
  /// All of the message, with head and end.
  let bytes: [UInt8]

  private static let head = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + zeros(8)
  private static let end: [UInt8] = [0xFF, 0xFF]

  /// `.verdict` at `place` when the server could not hold a value, or we could not read it back.
  init(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String
  ) throws(Fault) {
    rowCount = batch.rowCount
    for (column, field) in zip(batch.columns, batch.schema.fields) {
      guard let flaw = Self.flaw(column) else { continue }
      throw Fault(
        .verdict, at: place,
        "\(name(flaw.row)): \(field.name) is \(flaw.value), which PostgreSQL cannot hold",
        remedy: flaw.remedy)
    }
    var bytes = Self.head
    bytes.reserveCapacity(batch.rowCount * batch.columns.count * 16)
    let cells = batch.columns.map(BinaryColumn.init)
    for row in 0..<batch.rowCount {
      bytes.append(bigEndian: Int16(cells.count))
      for cell in cells { cell.append(row, to: &bytes) }
    }
    self.bytes = bytes + Self.end
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private typealias Flaw = (row: Int, value: String, remedy: String)

  private static func flaw(_ column: Column) -> Flaw? {
    let mend = "mend it in the job's SELECT, or set such rows aside in silver"
    func first<Value>(_ values: [Value], _ isBad: (Value) -> Bool) -> Int? {
      values.indices.first { isBad(values[$0]) && !column.isNull($0) }
    }
    switch column.values {
    case .double(let values):
      // The server would, but then no sum of the column is a number any more.
      return first(values) { $0.isNaN }.map {
        ($0, "NaN", "give a number or NULL in the job's SELECT: nullif(…, double('NaN'))")
      }
    case .int32(let values) where column.type == .date:
      return first(values) { !days.contains($0) }.map {
        ($0, "\(CivilDate(dayNumber: values[$0]))", mend)
      }
    case .int64(let values) where column.type == .timestamp:
      return first(values) { !instants.contains($0) }.map {
        ($0, "\(Timestamp(microseconds: values[$0]))", mend)
      }
    case .bytes(let runs) where column.type != .binary && runs.bytes.contains(0):
      return (0..<column.count).first { !column.isNull($0) && runs[$0].contains(0) }.map {
        ($0, "a text with a NUL character", mend)
      }
    case .dictionary(let codes, let dictionary)
    where column.type != .binary && dictionary.values.bytes.contains(0):
      return first(codes) { dictionary.values[Int($0)].contains(0) }.map {
        ($0, "a text with a NUL character", mend)
      }
    default: return nil
    }
  }

  /// The years 1 to 9999.
  private static let days: ClosedRange<Int32> = -719_162...2_932_896
  private static let instants: ClosedRange<Int64> =
    -62_135_596_800_000_000...253_402_300_799_999_999
}

/// A column whose values are written as the server's types send them.
private struct BinaryColumn {
  /// 2000-01-01, from which the server counts.
  private static let firstDay: Int32 = 10_957
  private static let firstInstant: Int64 = 946_684_800_000_000

  private let column: Column

  init(_ column: Column) { self.column = column }

  func append(_ row: Int, to bytes: inout [UInt8]) {
    guard !column.isNull(row) else { return bytes.append(bigEndian: Int32(-1)) }
    switch column.values {
    case .boolean(let values):
      bytes.append(bigEndian: Int32(1))
      bytes.append(values[row] ? 1 : 0)
    case .int32(let values): append(values[row], to: &bytes)
    case .int64(let values):
      switch column.type {
      case .decimal(_, let scale):
        BinaryNumber(Int128(values[row]), scale: scale).append(to: &bytes)
      case .timestamp: bytes.append(sized: values[row] - Self.firstInstant)
      default: bytes.append(sized: values[row])
      }
    case .int128(let values):
      BinaryNumber(values[row], scale: column.type.scale).append(to: &bytes)
    case .double(let values):
      if column.type == .float {
        bytes.append(sized: Float(values[row]).bitPattern)
      } else {
        bytes.append(sized: values[row].bitPattern)
      }
    case .bytes(let runs): append(runs[row], to: &bytes)
    case .dictionary(let codes, let dictionary):
      append(dictionary.values[Int(codes[row])], to: &bytes)
    case .list, .structure: bytes.append(bigEndian: Int32(-1))
    }
  }

  private func append(_ value: Int32, to bytes: inout [UInt8]) {
    switch column.type {
    case .date: bytes.append(sized: value - Self.firstDay)
    case .tinyint, .smallint: bytes.append(sized: Int16(truncatingIfNeeded: value))
    default: bytes.append(sized: value)
    }
  }

  private func append(_ text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(bigEndian: Int32(text.count))
    bytes.append(contentsOf: text)
  }
}

/// A decimal as the server sends one: digits of base 10,000, the weight of the first, sign, scale.
private struct BinaryNumber {
  private var groups: [Int16] = []
  private var weight: Int16 = 0
  private let isNegative: Bool
  private let scale: Int

  init(_ unscaled: Int128, scale: Int) {
    isNegative = unscaled < 0
    self.scale = scale
    let unit = UInt128(Decimal.power(scale))
    var (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: unit)
    var wholeGroups: [Int16] = []
    while whole > 0 {
      wholeGroups.append(Int16(whole % 10_000))
      whole /= 10_000
    }
    groups = wholeGroups.reversed()
    weight = Int16(groups.count) - 1
    // Four digits of the fraction at a time, the highest first.
    var left = scale
    while left > 0 {
      let step = min(4, left)
      left -= step
      let part = UInt128(Decimal.power(left))
      groups.append(Int16(fraction / part) * [1, 1_000, 100, 10, 1][step])
      fraction %= part
    }
    while groups.last == 0 { groups.removeLast() }
    while groups.first == 0 {
      groups.removeFirst()
      weight -= 1
    }
    if groups.isEmpty { weight = 0 }
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: Int32(8 + groups.count * 2))
    bytes.append(bigEndian: Int16(groups.count))
    bytes.append(bigEndian: weight)
    bytes.append(bigEndian: isNegative ? Int16(0x4000) : 0)
    bytes.append(bigEndian: Int16(scale))
    for group in groups { bytes.append(bigEndian: group) }
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// A value behind the number of its bytes.
  fileprivate mutating func append(sized value: some FixedWidthInteger) {
    append(bigEndian: Int32(value.bitWidth / 8))
    append(bigEndian: value)
  }
}
