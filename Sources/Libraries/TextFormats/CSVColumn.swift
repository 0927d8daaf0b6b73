import Columnar
import Core

/// The fields at `position` as a column of `type`; rows whose field does not suit are NULL and
/// named in `bad`.
func csvColumn(_ type: DataType, _ round: CSVChunk, at position: Int?, _ bad: inout [Int]) -> Column
{
  switch type {
  case .boolean:
    return flat(type, round, position, &bad, false, Column.Values.boolean) { text in
      text.equalsIgnoringCase("true") ? true : text.equalsIgnoringCase("false") ? false : nil
    }
  case .tinyint:
    return flat(type, round, position, &bad, 0, Column.Values.int32) { text in
      Int64(parsing: text).flatMap { Int8(exactly: $0) }.map { Int32($0) }
    }
  case .smallint:
    return flat(type, round, position, &bad, 0, Column.Values.int32) { text in
      Int64(parsing: text).flatMap { Int16(exactly: $0) }.map { Int32($0) }
    }
  case .int:
    return flat(type, round, position, &bad, 0, Column.Values.int32) { text in
      Int64(parsing: text).flatMap { Int32(exactly: $0) }
    }
  case .bigint:
    return flat(type, round, position, &bad, 0, Column.Values.int64) { Int64(parsing: $0) }
  case .date:
    return flat(type, round, position, &bad, 0, Column.Values.int32) {
      CivilDate(parsing: $0)?.dayNumber
    }
  case .timestamp:
    return flat(type, round, position, &bad, 0, Column.Values.int64) {
      Timestamp(parsing: $0)?.microseconds
    }
  case .float:
    return flat(type, round, position, &bad, 0, Column.Values.double) { text in
      Double(parsing: text).map { Double(Float($0)) }
    }
  case .double:
    return flat(type, round, position, &bad, 0, Column.Values.double) { Double(parsing: $0) }
  case .decimal(let precision, let scale) where precision <= 18:
    return flat(type, round, position, &bad, 0, Column.Values.int64) { text in
      csvDecimal(text, round.options, precision, scale).map { Int64($0) }
    }
  case .decimal(let precision, let scale):
    return flat(type, round, position, &bad, 0, Column.Values.int128) { text in
      csvDecimal(text, round.options, precision, scale)
    }
  default: return textColumn(type, round, position)
  }
}

/// One loop for all types whose values have a fixed width.
@inline(__always)
private func flat<Value>(
  _ type: DataType, _ round: CSVChunk, _ position: Int?, _ bad: inout [Int], _ filler: Value,
  _ layout: ([Value]) -> Column.Values, _ parse: (TextBytes) -> Value?
) -> Column {
  let count = round.records.count
  var values = [Value](repeating: filler, count: count)
  var validity = Bitmap(repeating: false, count: count)
  round.forEachField(at: position) { row, text in
    guard let text else { return }
    guard let value = parse(text) else {
      bad.append(row)
      return
    }
    values[row] = value
    validity[row] = true
  }
  return Column(
    type, count: count, validity: validity.isAllSet ? nil : validity, layout(values))
}

private func textColumn(_ type: DataType, _ round: CSVChunk, _ position: Int?) -> Column {
  let count = round.records.count
  var runs = ByteRuns()
  runs.offsets.reserveCapacity(count + 1)
  var validity = Bitmap(repeating: false, count: count)
  round.forEachField(at: position) { row, text in
    guard let text else {
      runs.offsets.append(Int32(runs.bytes.count))
      return
    }
    runs.append(text)
    validity[row] = true
  }
  return Column(
    type, count: count, validity: validity.isAllSet ? nil : validity, .bytes(runs))
}

/// The number of a field, whose digits may stand in groups; with `exactNumbers` none that would
/// have to be rounded.
private func csvDecimal(
  _ text: TextBytes, _ options: CSVOptions, _ precision: Int, _ scale: Int
) -> Int128? {
  if options.numerals == .english, !text.contains(UInt8(ascii: ",")) {
    return decimal(text, options, precision, scale)
  }
  return options.numerals.plain(text)?.withUnsafeBufferPointer {
    decimal($0, options, precision, scale)
  }
}

private func decimal(
  _ text: TextBytes, _ options: CSVOptions, _ precision: Int, _ scale: Int
) -> Int128? {
  guard let value = Decimal(parsing: text, precision: precision, scale: scale) else { return nil }
  guard !options.exactNumbers || Decimal(parsing: text) == value else { return nil }
  return value.unscaled
}
