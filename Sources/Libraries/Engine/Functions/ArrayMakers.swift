import Columnar
import Core

extension FunctionCatalog {
  /// Arrays, maps and structures made of values.
  static let arrayMakers: [(String, ScalarBinding)] = [
    (
      "array",
      { arguments throws(Refusal) in
        let common = arguments.isEmpty ? .null : try requireCommonType(arguments)
        let type = DataType.array(element: common, containsNull: true)
        return ScalarFunction(
          "array", arguments.map { _ in common }, type, isTotal: true
        ) { columns, count, _ in
          interleaved(columns, count, type, common)
        }
      }
    ),
    (
      "struct",
      { arguments throws(Refusal) in
        try checkCount(arguments, 1...Int.max)
        let fields = arguments.enumerated().map { Field("col\($0.offset + 1)", $0.element.type) }
        return structure("struct", arguments.map(\.type), fields) { $0 }
      }
    ),
    (
      "named_struct",
      { arguments throws(Refusal) in
        try checkCount(arguments, 2...Int.max)
        var fields: [Field] = []
        for index in stride(from: 0, to: arguments.count - 1, by: 2) {
          guard case .string(let name)? = arguments[index].literal else {
            throw .wrongArguments("names of members must be literals")
          }
          fields.append(Field(name, arguments[index + 1].type))
        }
        guard arguments.count.isMultiple(of: 2) else {
          throw .wrongArguments("wants a value for each name")
        }
        return structure("named_struct", arguments.map(\.type), fields) { columns in
          stride(from: 1, to: columns.count, by: 2).map { columns[$0] }
        }
      }
    ),
    (
      "map",
      { arguments throws(Refusal) in
        guard arguments.count.isMultiple(of: 2) else {
          throw .wrongArguments("wants a value for each key")
        }
        let indices = Array(arguments.indices)
        let keys = indices.filter { $0 % 2 == 0 }.map { arguments[$0] }
        let key = keys.isEmpty ? .null : try requireCommonType(keys)
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
      { arguments throws(Refusal) in
        try checkCount(arguments, 2...2)
        let element = arguments[0].type
        let type = DataType.array(element: element, containsNull: true)
        return ScalarFunction("array_repeat", [element, .int], type) { columns, count, _ in
          let builder = ColumnBuilder(type, capacity: count)
          for row in 0..<count {
            guard !columns[1].isNull(row) else {
              builder.appendNull()
              continue
            }
            let times = max(0, Int(columns[1].int32s[row]))
            builder.append(
              .list([Scalar](repeating: columns[0].scalar(at: row), count: times)))
          }
          return builder.finish()
        }
      }
    ),
    (
      "array_append",
      { arguments throws(Refusal) in
        try checkCount(arguments, 2...2)
        let (_, element) = try arrayType(arguments[0])
        let common = try requireCommonType([Argument(element), arguments[1]])
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
  ) -> Column {
    let width = columns.count
    let offsets = fillRows(count + 1) { Int32($0 * width) }
    guard width > 0 else {
      return Column(
        type, count: count, .list(offsets: offsets, elements: .nulls(element, count: 0)))
    }
    let joined = Column.concatenating(element, columns)
    let places = fillRows(count * width) { Int32($0 % width * count + $0 / width) }
    return Column(type, count: count, .list(offsets: offsets, elements: joined.taking(places)))
  }

  /// `sequence(start, stop[, step])`; for dates and instants the step is an interval.
  private static let sequence: ScalarBinding = { arguments throws(Refusal) in
    try checkCount(arguments, 2...3)
    let common = try requireCommonType(Array(arguments.prefix(2)))
    let type = DataType.array(element: common, containsNull: false)
    if common.isWhole {
      let element =
        arguments.count == 3
        ? try requireCommonType([Argument(common), arguments[2]]) : common
      let type = DataType.array(element: element, containsNull: false)
      return ScalarFunction(
        "sequence", arguments.map { _ in element }, type,
        evaluate: rows(type) { values, _ in
          let start = values[0].integer
          let stop = values[1].integer
          let step = values.count > 2 ? values[2].integer : start <= stop ? 1 : -1
          try checkStep(start < stop, start > stop, step)
          if start == stop { return .list([values[0]]) }
          return .list(stride(from: start, through: stop, by: step).map { .integer(Int64($0)) })
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
      "sequence", Array(types.prefix(arguments.count)), type, evaluate: rows(type, calendarRow))
  }

  @Sendable
  private static func calendarRow(_ values: [Scalar], _: EvaluationContext) throws -> Scalar {
    let isDate: Bool
    let start: Int64
    let stop: Int64
    switch (values[0], values[1]) {
    case (.date(let a), .date(let b)):
      (isDate, start, stop) = (true, Timestamp(a).microseconds, Timestamp(b).microseconds)
    case (.timestamp(let a), .timestamp(let b)):
      (isDate, start, stop) = (false, a.microseconds, b.microseconds)
    default: return .null
    }
    let step =
      values.count == 3 ? values[2].elements.map(\.integer) : [0, start > stop ? -1 : 1, 0]
    let months = step[0]
    let days = step[1]
    let time = Int64(step[2])
    let sign = months != 0 ? months : days != 0 ? days : Int(time)
    try checkStep(start < stop, start > stop, sign)
    var result: [Scalar] = []
    var number = 0
    while true {
      // Each value is counted from the start, so that month ends do not drift.
      let base = Timestamp(microseconds: start)
      let day = try addingMonths(base.date.dayNumber, months * number)
      let next = Timestamp(
        microseconds:
          Int64(Int(day) + days * number) * Timestamp.microsecondsPerDay + base.microsecondOfDay
          + time * Int64(number))
      guard sign > 0 ? next.microseconds <= stop : next.microseconds >= stop else { break }
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
