import Columnar
import Core

extension LeafColumn {
  /// Stored values as the column has them. A decimal with more digits than its type is damage:
  /// arithmetic rests on the type.
  func converted(_ stored: Column.Values) throws(Damage) -> Column.Values {
    let values = try conversion.applied(to: stored)
    guard case .decimal(let precision, _) = type else { return values }
    let bound = Decimal.power(precision)
    var isTooLong = false
    switch values {
    case .int64(let values):
      let bound = UInt64(bound)
      for value in values { isTooLong = isTooLong || value.magnitude >= bound }
    case .int128(let values):
      for value in values { isTooLong = isTooLong || value.magnitude >= bound.magnitude }
    default: break
    }
    if isTooLong { throw Damage("a decimal has more than \(precision) digits") }
    return values
  }
}

extension Conversion {
  /// Stored values as the column's type has them.
  func applied(to values: Column.Values) throws(Damage) -> Column.Values {
    switch (self, values) {
    case (.none, _), (.nothing, _): return values
    case (.int8, .int32(let values)):
      return .int32(values.map { Int32(Int8(truncatingIfNeeded: $0)) })
    case (.int16, .int32(let values)):
      return .int32(values.map { Int32(Int16(truncatingIfNeeded: $0)) })
    case (.uint8, .int32(let values)):
      return .int32(values.map { Int32(UInt8(truncatingIfNeeded: $0)) })
    case (.uint16, .int32(let values)):
      return .int32(values.map { Int32(UInt16(truncatingIfNeeded: $0)) })
    case (.uint32, .int32(let values)):
      return .int64(values.map { Int64(UInt32(bitPattern: $0)) })
    case (.int32ToInt64, .int32(let values)): return .int64(values.map { Int64($0) })
    case (.uint64ToInt128, .int64(let values)):
      return .int128(values.map { Int128(UInt64(bitPattern: $0)) })
    case (.int64ToInt128, .int64(let values)): return .int128(values.map { Int128($0) })
    case (.int64ToInt128, .int32(let values)): return .int128(values.map { Int128($0) })
    case (.millisToMicros, .int64(let values)):
      let limit = Int64.max / 1_000
      guard values.allSatisfy({ $0 <= limit && $0 >= -limit }) else {
        throw Damage("a timestamp lies beyond the year 294247")
      }
      return .int64(values.map { $0 &* 1_000 })
    case (.nanosToMicros, .int64(let values)):
      return .int64(values.map { floorDivide($0, 1_000) })
    case (.bytesToInt64, .bytes(let runs)):
      let numbers = try bigEndian(runs)
      guard numbers.allSatisfy({ Int64(exactly: $0) != nil }) else {
        throw Damage("a decimal has more than 18 digits")
      }
      return .int64(numbers.map { Int64(truncatingIfNeeded: $0) })
    case (.bytesToInt128, .bytes(let runs)): return .int128(try bigEndian(runs))
    case (.float16, .bytes(let runs)): return .double(halves(runs))
    case (.uuid, .bytes(let runs)): return .bytes(uuidTexts(runs))
    case (.oldDays, .int32(let values)):
      let days = values.compactMap(OldCalendar.day)
      guard days.count == values.count else { throw Damage("a date lies before all that are held") }
      return .int32(days)
    case (.oldMicros(let isUTC), .int64(let values)):
      return .int64(try oldInstants(values, isUTC: isUTC))
    case (.oldMillis(let isUTC), .int64):
      return try Conversion.oldMicros(isUTC: isUTC).applied(
        to: Conversion.millisToMicros.applied(to: values))
    case (.timeText(let unit), .int32(let values)):
      return .bytes(try TimeTexts.times(values.map { Int64($0) }, unit))
    case (.timeText(let unit), .int64(let values)):
      return .bytes(try TimeTexts.times(values, unit))
    case (.intervalText, .bytes(let runs)): return .bytes(try TimeTexts.intervals(runs))
    default: preconditionFailure("\(self) is not applied to such values")
    }
  }
}

private func oldInstants(_ values: [Int64], isUTC: Bool) throws(Damage) -> [Int64] {
  guard isUTC || values.allSatisfy({ $0 >= OldCalendar.firstSureInstant }) else {
    throw .unsupported("an instant before 1900 in the old calendar of a zone that is not UTC")
  }
  let instants = values.compactMap(OldCalendar.instant)
  guard instants.count == values.count else {
    throw Damage("a timestamp lies before all that are held")
  }
  return instants
}

extension Column.Values {
  /// Whether there are none, of the kinds that a file stores.
  fileprivate var isEmpty: Bool {
    switch self {
    case .boolean(let values): values.isEmpty
    case .int32(let values): values.isEmpty
    case .int64(let values): values.isEmpty
    case .int128(let values): values.isEmpty
    case .double(let values): values.isEmpty
    case .bytes(let runs): runs.count == 0
    case .dictionary(let codes, _): codes.isEmpty
    case .list, .structure: false
    }
  }
}

/// Two's complement numbers of up to 16 bytes, the highest byte first; longer ones must fit too.
private func bigEndian(_ runs: ByteRuns) throws(Damage) -> [Int128] {
  var numbers: [Int128] = []
  numbers.reserveCapacity(runs.count)
  var isTooLarge = false
  runs.bytes.withUnsafeBufferPointer { bytes in
    for row in 0..<runs.count {
      let start = Int(runs.offsets[row])
      let end = Int(runs.offsets[row + 1])
      var number: Int128 = start < end && bytes[start] & 128 != 0 ? -1 : 0
      for index in start..<end {
        // What is shifted out must be copies of the sign.
        isTooLarge = isTooLarge || (number != 0 && number != -1 && number >> 119 != number >> 127)
        number = number << 8 | Int128(bytes[index])
      }
      isTooLarge = isTooLarge || number.magnitude > greatestUnscaled
      numbers.append(number)
    }
  }
  if isTooLarge { throw Damage("a decimal has more than 38 digits") }
  return numbers
}

/// 38 nines.
private let greatestUnscaled = (Decimal.power(Decimal.maximumPrecision) - 1).magnitude

private func halves(_ runs: ByteRuns) -> [Double] {
  (0..<runs.count).map { row in
    let bits = UInt16(runs.bytes[2 * row]) | UInt16(runs.bytes[2 * row + 1]) << 8
    let sign: Double = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1_023)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      let power = Double(sign: .plus, exponent: exponent - 25, significand: 1)
      return sign * (1_024 + fraction) * power
    }
  }
}

private func uuidTexts(_ runs: ByteRuns) -> ByteRuns {
  let digits = Array("0123456789abcdef".utf8)
  var texts = ByteRuns()
  texts.offsets.reserveCapacity(runs.count + 1)
  texts.bytes.reserveCapacity(runs.count * 36)
  for row in 0..<runs.count {
    var text: [UInt8] = []
    for (index, byte) in runs[row].enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    texts.append(text)
  }
  return texts
}
