import Columnar
import Core

extension FunctionCatalog {
  /// Arrays, maps and structures made of values.
  static let arrayMakers: [(String, ScalarBinding)] = [
    (
      "array",
      ScalarBinding(.takes(repeated: .any)) { arguments throws(Refusal) in
        let common = arguments.isEmpty ? .null : try requireCommonType(arguments)
        let type = DataType.array(element: common, containsNull: true)
        return ScalarFunction(
          "array", arguments.map { _ in common }, type, isTotal: true
        ) { columns, count, _ in
          try interleaved(columns, count, type, common)
        }
      }
    ),
    (
      "struct",
      ScalarBinding(.takes(.any, repeated: .any)) { arguments in
        let fields = arguments.enumerated().map { Field("col\($0.offset + 1)", $0.element.type) }
        return structure("struct", arguments.map(\.type), fields) { $0 }
      }
    ),
    (
      "named_struct",
      ScalarBinding(
        .takes(.literal(.string), .any, repeated: .literal(.string), .any)
      ) { arguments in
        var fields: [Field] = []
        for index in stride(from: 0, to: arguments.count - 1, by: 2) {
          guard case .string(let name)? = arguments[index].literal else { continue }
          fields.append(Field(name, arguments[index + 1].type))
        }
        return structure("named_struct", arguments.map(\.type), fields) { columns in
          stride(from: 1, to: columns.count, by: 2).map { columns[$0] }
        }
      }
    ),
    (
      "map",
      ScalarBinding(.takes(repeated: .any, .any)) { arguments throws(Refusal) in
        let indices = Array(arguments.indices)
        let keys = indices.filter { $0 % 2 == 0 }.map { arguments[$0] }
        let key = keys.isEmpty ? .null : try requireCommonType(keys)
        guard key.isOrderable else { throw .wrongArguments("\(key.sql) is no key") }
        let value =
          keys.isEmpty
          ? .null : try requireCommonType(indices.filter { $0 % 2 == 1 }.map { arguments[$0] })
        let type = DataType.map(key: key, value: value, valueContainsNull: true)
        return ScalarFunction(
          "map", indices.map { $0 % 2 == 0 ? key : value }, type
        ) { columns, count, _ in
          let builder = ColumnBuilder(type, capacity: count)
          for row in 0..<count {
            let pairs = stride(from: 0, to: columns.count, by: 2).map {
              Scalar.structure([columns[$0].scalar(at: row), columns[$0 + 1].scalar(at: row)])
            }
            builder.append(try mapValue(pairs))
          }
          return builder.finish()
        }
      }
    ),
    (
      "array_repeat",
      ScalarBinding(.takes(.any, .exactly(.int))) { arguments in
        let element = arguments[0].type
        let type = DataType.array(element: element, containsNull: true)
        return ScalarFunction("array_repeat", [element, .int], type) { columns, count, context in
          let meter = GrowthMeter("array_repeat", context)
          let builder = ColumnBuilder(type, capacity: count)
          for row in 0..<count {
            guard !columns[1].isNull(row) else {
              builder.appendNull()
              continue
            }
            let times = max(0, Int(columns[1].int32s[row]))
            let value = columns[0].scalar(at: row)
            try meter.take(times, of: value.byteCount)
            builder.append(.list([Scalar](repeating: value, count: times)))
          }
          return builder.finish()
        }
      }
    ),
    (
      "array_append",
      ScalarBinding(.takes(.trueArray, .any)) { arguments throws(Refusal) in
        let (_, element) = try arrayType(arguments[0])
        let common = try requireCommonKind([Argument(element), arguments[1]])
        let type = DataType.array(element: common, containsNull: true)
        return ScalarFunction("array_append", [type, common], type) { columns, count, _ in
          let builder = ColumnBuilder(type, capacity: count)
          for row in 0..<count {
            let list = columns[0].scalar(at: row)
            builder.append(
              list.isNull ? .null : .list(list.elements + [columns[1].scalar(at: row)]))
          }
          return builder.finish()
        }
      }
    ),
    ("sequence", sequence),
  ]

  private static func structure(
    _ name: String, _ types: [DataType], _ fields: [Field],
    _ members: @escaping @Sendable ([Column]) -> [Column]
  ) -> ScalarFunction {
    let type = DataType.structure(fields)
    return ScalarFunction(name, types, type, isTotal: true) { columns, count, _ in
      Column(type, count: count, .structure(members(columns)))
    }
  }

  /// Lists of one element from each column.
  private static func interleaved(
    _ columns: [Column], _ count: Int, _ type: DataType, _ element: DataType
  ) throws(Fault) -> Column {
    let width = columns.count
    let offsets = fillRows(count + 1) { Int32($0 * width) }
    guard width > 0 else {
      return Column(
        type, count: count, .list(offsets: offsets, elements: .nulls(element, count: 0)))
    }
    let joined = try Column.concatenating(element, columns)
    let places = fillRows(count * width) { Int32($0 % width * count + $0 / width) }
    return Column(type, count: count, .list(offsets: offsets, elements: joined.taking(places)))
  }

  /// `sequence(start, stop[, step])`; for dates and instants the step is an interval.
  private static let sequence = ScalarBinding(
    .takes(.any, .any, optional: .either([.interval, .any]))
  ) { arguments throws(Refusal) in
    let common = try requireCommonType(Array(arguments.prefix(2)))
    let type = DataType.array(element: common, containsNull: false)
    if common.isWhole {
      let element =
        arguments.count == 3
        ? try requireCommonType([Argument(common), arguments[2]]) : common
      guard element.isWhole else {
        throw .wrongArguments("the step from one whole number to the next must be one")
      }
      let type = DataType.array(element: element, containsNull: false)
      return ScalarFunction(
        "sequence", arguments.map { _ in element }, type,
        evaluate: { columns, count, context in
          try numbers(type, element, columns, count, GrowthMeter("sequence", context))
        })
    }
    guard common == .date || common == .timestamp else {
      throw .wrongArguments("start and stop must be numbers, dates or timestamps")
    }
    guard arguments.count == 2 || arguments[2].type == .interval else {
      throw .wrongArguments("the step from one date to the next must be an interval")
    }
    let types: [DataType] = [common, common, .interval]
    return ScalarFunction(
      "sequence", Array(types.prefix(arguments.count)), type,
      evaluate: growingRows("sequence", type, calendarRow))
  }

  /// The lists of whole numbers from the first column's to the second's.
  private static func numbers(
    _ type: DataType, _ element: DataType, _ columns: [Column], _ count: Int, _ meter: GrowthMeter
  ) throws -> Column {
    let present = validity(of: columns)
    let numbers = ColumnBuilder(element)
    var offsets: [Int32] = [0]
    var total = 0
    for row in 0..<count {
      if present?[row] ?? true {
        let values = columns.map { $0.scalar(at: row).integer }
        let (start, stop) = (values[0], values[1])
        let step = values.count > 2 ? values[2] : start <= stop ? 1 : -1
        try checkStep(start < stop, start > stop, step)
        let length = start == stop ? 1 : steps(from: start, to: stop, by: step)
        // A number, and room to grow into.
        try meter.take(length, of: 16)
        // Each lies between start and stop: what wraps on the way comes back.
        for number in 0..<length {
          numbers.append(.integer(Int64(start &+ number &* step)))
        }
        total += length
      }
      offsets.append(Int32(total))
    }
    return Column(
      type, count: count, validity: present,
      .list(offsets: offsets, elements: numbers.finish()))
  }

  /// How many numbers there are, as many as can be counted at most.
  private static func steps(from start: Int, to stop: Int, by step: Int) -> Int {
    let (low, high) = (min(start, stop), max(start, stop))
    let distance = UInt(bitPattern: high) &- UInt(bitPattern: low)
    return Int(clamping: min(distance / step.magnitude, UInt(Int.max) - 1) + 1)
  }

  @Sendable
  private static func calendarRow(_ values: [Scalar], _ meter: GrowthMeter) throws -> Scalar {
    let isDate: Bool
    let start: Timestamp
    let stop: Timestamp
    switch (values[0], values[1]) {
    case (.date(let a), .date(let b)):
      guard let first = Timestamp(a), let last = Timestamp(b) else {
        throw endOfCalendar("sequence(\(a), \(b))", .timestamp)
      }
      (isDate, start, stop) = (true, first, last)
    case (.timestamp(let a), .timestamp(let b)): (isDate, start, stop) = (false, a, b)
    default: return .null
    }
    let step =
      values.count == 3 ? values[2].elements.map(\.integer) : [0, start > stop ? -1 : 1, 0]
    let months = step[0]
    let days = step[1]
    let sign = months != 0 ? months : days != 0 ? days : step[2]
    try checkStep(start < stop, start > stop, sign)
    var result: [Scalar] = []
    var number = 0
    // Each value is counted from the start, so that month ends do not drift. Where the calendar
    // ends, no value is before the stop any more.
    while let next = start.adding(
      months: months * number, days: days * number,
      microseconds: Int128(step[2]) * Int128(number)),
      sign > 0 ? next <= stop : next >= stop
    {
      try meter.take(1, of: 80)
      result.append(isDate ? .date(next.date) : .timestamp(next))
      number += 1
      if start == stop { break }
    }
    return .list(result)
  }

  /// A map of pairs of keys and values; a key that is NULL, or there twice, is refused.
  private static func mapValue(_ pairs: [Scalar]) throws(Fault) -> Scalar {
    var keys: Set<Scalar> = []
    for pair in pairs {
      let key = pair.elements[0]
      guard !key.isNull else {
        throw dataFault("a map's key is NULL", remedy: "use coalesce to give it a value")
      }
      guard keys.insert(key).inserted else {
        throw dataFault(
          "the map has the key \(keyName(key)) twice", remedy: "leave one of the two out")
      }
    }
    return .list(pairs)
  }

  private static func keyName(_ key: Scalar) -> String {
    switch key {
    case .string(let text): "'\(text)'"
    case .integer(let value): "\(value)"
    case .double(let value): javaText(value)
    case .decimal(let value): value.description
    case .date(let value): value.description
    case .timestamp(let value): value.sparkText
    default: "\(key)"
    }
  }

  private static func checkStep(_ isRising: Bool, _ isFalling: Bool, _ step: Int) throws {
    guard isRising && step <= 0 || isFalling && step >= 0 else { return }
    throw dataFault(
      "a sequence with step \(step) never reaches its end", remedy: "turn the step's sign")
  }
}
