package import Core

extension Column {
  /// Whether a CAST from one type to another exists.
  package static func canCast(_ source: DataType, to target: DataType) -> Bool {
    if source == target || source == .null { return true }
    switch (source, target) {
    case (_, .string): return true
    case (.string, .binary), (.string, .boolean), (.string, .date), (.string, .timestamp):
      return true
    case (.string, _): return target.isNumeric
    case (.boolean, .timestamp), (.timestamp, .boolean): return true
    case (.boolean, _): return target.isNumeric
    case (.date, .timestamp), (.timestamp, .date): return true
    case (.timestamp, _): return target.isNumeric
    case (_, .boolean), (_, .timestamp): return source.isNumeric
    case (.array(let a, _), .array(let b, _)): return canCast(a, to: b)
    case (.map(let a, let x, _), .map(let b, let y, _)):
      return canCast(a, to: b) && canCast(x, to: y)
    case (.structure(let a), .structure(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { canCast($0.type, to: $1.type) }
    default: return source.isNumeric && target.isNumeric
    }
  }

  /// The values as `target`, by Spark's ANSI casts. A value that cannot be cast throws a fault
  /// that shows it, or is NULL when `isTry`. `today` is what a time without a date falls on.
  package func cast(
    to target: DataType, isTry: Bool, today: CivilDate? = nil
  ) throws(Fault) -> Column {
    if type == target { return self }
    if type == .null { return .nulls(target, count: count) }
    switch (type, target) {
    case (.array(let element, _), .array(let to, _)):
      return try castingElements(element, target, to, isTry, today)
    case (.map, .map):
      return try castingElements(type.elementType, target, target.elementType, isTry, today)
    case (.structure, .structure(let fields)):
      return try castingMembers(fields, target, isTry, today)
    default: break
    }
    let (values, failures) = try castValues(to: target, today)
    guard var failures else { return Column(target, count: count, validity: validity, values) }
    if let validity { failures = failures & validity }
    if !isTry, let row = failures.firstSet { throw castFault(row, target) }
    return Column(target, count: count, validity: Bitmap.both(validity, ~failures), values)
  }

  private func castingElements(
    _ element: DataType, _ target: DataType, _ to: DataType, _ isTry: Bool, _ today: CivilDate?
  ) throws(Fault) -> Column {
    guard case .list(let offsets, let elements) = values else { return self }
    let cast = try elements.retagged(element).cast(to: to, isTry: isTry, today: today)
    return Column(
      target, count: count, validity: validity, .list(offsets: offsets, elements: cast))
  }

  private func castingMembers(
    _ fields: [Field], _ target: DataType, _ isTry: Bool, _ today: CivilDate?
  ) throws(Fault) -> Column {
    guard case .structure(let members) = values else { return self }
    var cast: [Column] = []
    for (member, field) in zip(members, fields) {
      cast.append(try member.cast(to: field.type, isTry: isTry, today: today))
    }
    return Column(target, count: count, validity: validity, .structure(cast))
  }

  private func retagged(_ type: DataType) -> Column {
    Column(type, count: count, validity: validity, values)
  }

  private func castValues(
    to target: DataType, _ today: CivilDate?
  ) throws(Fault) -> (Values, Bitmap?) {
    if target == .string { return (try textValues(), nil) }
    switch type {
    case .string, .binary:
      return target == .binary || target == .string
        ? (values, nil) : parsedValues(as: target, today)
    case .boolean: return booleanValues(as: target)
    case .date: return dateValues()
    case .timestamp: return timestampValues(as: target)
    case .float, .double: return doubleValues(as: target)
    case .decimal: return castDecimals(as: target)
    default: return wholeValues(as: target)
    }
  }

  private func castFault(_ row: Int, _ target: DataType) -> Fault {
    let text = sparkText(at: row)
    if type == .string {
      return Fault(
        .data, "'\(text)' cannot be cast to \(target.sql)",
        remedy: "correct the value, or use try_cast to get NULL")
    }
    return Fault(
      .data, "\(text) of type \(type.sql) is out of the range of \(target.sql)",
      remedy: "cast to a wider type, or use try_cast to get NULL")
  }

  /// Whether the values were cast when no row fails.
  private func textValues() throws(Fault) -> Values {
    if type == .binary { return values }
    var runs = ByteRuns()
    runs.offsets.reserveCapacity(count + 1)
    runs.bytes.reserveCapacity(count * 8)
    for row in 0..<count {
      if !isNull(row) { appendText(at: row, to: &runs.bytes) }
      try runs.endValue()
    }
    return .bytes(runs)
  }

  private func booleanValues(as target: DataType) -> (Values, Bitmap?) {
    let values = booleans
    // TRUE is one microsecond as a TIMESTAMP, and 1 as a number, which some decimals do not hold.
    if target == .timestamp { return (.int64(mapRows(values) { $0 ? 1 : 0 }), nil) }
    return Column(.tinyint, count: count, .int32(mapRows(values) { $0 ? 1 : 0 }))
      .wholeValues(as: target)
  }

  private func dateValues() -> (Values, Bitmap?) {
    guard case .int32(let days) = values else { preconditionFailure("a date is an int32") }
    let result = checkedRows(days) { day in
      Int64(day).multipliedReportingOverflow(by: Timestamp.microsecondsPerDay)
    }
    return (.int64(result.values), result.failures)
  }

  private func timestampValues(as target: DataType) -> (Values, Bitmap?) {
    guard case .int64(let instants) = values else { preconditionFailure("a timestamp is an int64") }
    switch target {
    case .date:
      return (
        .int32(
          mapRows(instants) {
            Int32(truncatingIfNeeded: floorDivide($0, Timestamp.microsecondsPerDay))
          }), nil
      )
    case .boolean: return (.boolean(mapRows(instants) { $0 != 0 }), nil)
    case .float, .double: return (.double(mapRows(instants) { Double($0) / 1e6 }), nil)
    case .decimal:
      let exact = Column(
        .decimal(precision: 38, scale: 6), count: count, .int128(mapRows(instants) { Int128($0) }))
      return exact.castDecimals(as: target)
    default:
      let seconds = mapRows(instants) { floorDivide($0, Timestamp.microsecondsPerSecond) }
      return Column(.bigint, count: count, .int64(seconds)).wholeValues(as: target)
    }
  }
}
