import Columnar
import Core

extension FunctionCatalog {
  /// Functions that choose among their arguments. Those that compute an argument only for the rows
  /// that need it are replaced by an expression that says so.
  static let conditionals: [(String, ScalarBinding)] = [
    ("if", choice), ("iff", choice), ("coalesce", coalesce(.takes(.any, repeated: .any))),
    ("ifnull", coalesce(.takes(.any, .any))), ("nvl", coalesce(.takes(.any, .any))),
    (
      "nvl2",
      ScalarBinding(.takes(.any, .any, .any)) { arguments throws(Refusal) in
        let common = try requireCommonType(Array(arguments.dropFirst()))
        return .replaced("nvl2", [arguments[0].type, common, common], common) { values in
          Expression(if: .isNull(values[0]), values[2], otherwise: values[1], common)
        }
      }
    ),
    (
      "nullif",
      ScalarBinding(.takes(.orderable, .orderable)) { arguments throws(Refusal) in
        let common = try requireCommonType(arguments)
        // The result keeps the first argument's type: it is cast for the comparison only.
        let own = arguments[0].type
        return ScalarFunction(
          "nullif", [own, common], own, mayAddNulls: true
        ) { columns, count, _ in
          let first = try columns[0].cast(to: common, isTry: false)
          let equal = Column.compare(first, .equal, columns[1]).trueRows
          return Column(
            own, count: count, validity: Bitmap.both(columns[0].validity, ~equal), columns[0].values
          )
        }
      }
    ),
    (
      "nullifzero",
      ScalarBinding(.takes(.number)) { arguments throws(Refusal) in
        // A text is compared with 0 as any other is: as a BIGINT.
        let isText = arguments[0].type == .string
        let type = isText ? .string : try numberType(arguments[0])
        return ScalarFunction("nullifzero", [type], type, mayAddNulls: true) { columns, count, _ in
          let numbers = isText ? try columns[0].cast(to: .bigint, isTry: false) : columns[0]
          let nonZero = try numbers.cast(to: .boolean, isTry: false).trueRows
          return Column(type, count: count, validity: nonZero, columns[0].values)
        }
      }
    ),
    (
      "zeroifnull",
      ScalarBinding(.takes(.any)) { arguments throws(Refusal) in
        let zero = Expression(.literal(.integer(0)), .int, isNullable: false)
        let common = try requireCommonType([arguments[0], Argument(.int)])
        return .replaced("zeroifnull", [common], common) { values in
          firstPresent([values[0], zero.coerced(to: common)], common)
        }
      }
    ),
    ("greatest", extreme("greatest", wantsGreater: true)),
    ("least", extreme("least", wantsGreater: false)),
    (
      "isnull",
      ScalarBinding(.takes(.any)) { arguments in
        .replaced("isnull", [arguments[0].type], .boolean) { .isNull($0[0]) }
      }
    ),
    (
      "isnotnull",
      ScalarBinding(.takes(.any)) { arguments in
        .replaced("isnotnull", [arguments[0].type], .boolean) { .isPresent($0[0]) }
      }
    ),
    (
      "typeof",
      ScalarBinding(.takes(.any)) { arguments in
        let text = arguments[0].type.sql.lowercased()
        return ScalarFunction("typeof", [arguments[0].type], .string, isTotal: true) {
          _, count, _ in
          Column.constant(.string(text), .string, count: count)
        }
      }
    ),
    (
      "raise_error",
      function("raise_error", [.string], .null, mayAddNulls: true) {
        columns, count, _ in
        if let row = (0..<count).first(where: { !columns[0].isNull($0) }) {
          let text = columns[0].sparkText(at: row)
          throw dataFault(
            text.isEmpty ? "an error without a word" : text,
            remedy: "the job raised this error itself: mend the row it tells of")
        }
        return .nulls(.null, count: count)
      }
    ),
    (
      "assert_true",
      function(
        "assert_true", .takes(.condition, optional: .of(.string)), [.boolean, .string], .null,
        mayAddNulls: true
      ) { columns, count, _ in
        let holds = columns[0].trueRows
        if !holds.isAllSet, let row = (~holds).firstSet {
          let text = columns.count > 1 ? columns[1].sparkText(at: row) : ""
          throw dataFault(
            text.isEmpty ? "an assertion does not hold" : text,
            remedy: "the job asserts this itself: mend the row it tells of")
        }
        return .nulls(.null, count: count)
      }
    ),
  ]

  private static let choice = ScalarBinding(
    .takes(.condition, .any, .any)
  ) { arguments throws(Refusal) in
    let common = try requireCommonType(Array(arguments.dropFirst()))
    return .replaced("if", [.boolean, common, common], common) { values in
      Expression(if: values[0], values[1], otherwise: values[2], common)
    }
  }

  private static func coalesce(_ parameters: Parameters) -> ScalarBinding {
    ScalarBinding(parameters) { arguments throws(Refusal) in
      let common = try requireCommonType(arguments)
      return .replaced("coalesce", arguments.map { _ in common }, common) { values in
        firstPresent(values, common)
      }
    }
  }

  /// The first value that is not NULL. One that could fail is computed only where it is needed.
  private static func firstPresent(_ values: [Expression], _ type: DataType) -> Expression {
    let isNullable = values.allSatisfy(\.isNullable)
    if values.dropFirst().contains(where: \.mayFail) {
      let branches = values.dropLast().map {
        Expression.Branch(condition: .isPresent($0), result: $0)
      }
      return Expression(
        .caseWhen(branches: branches, otherwise: values.last), type, isNullable: isNullable)
    }
    var function = ScalarFunction(
      "coalesce", values.map { _ in type }, type, isTotal: true
    ) { columns, count, _ in
      guard columns[0].hasNulls else { return columns[0] }
      let choice = fillRows(count) { row in
        Int32(columns.firstIndex { !$0.isNull(row) } ?? 0)
      }
      return try choose(columns, by: choice, type)
    }
    function.givesFirstPresent = true
    return Expression(.call(function, values), type, isNullable: isNullable)
  }

  /// Value `i` of column number `choice[i]`.
  static func choose(
    _ columns: [Column], by choice: [Int32], _ type: DataType
  ) throws(Fault) -> Column {
    let count = choice.count
    if let only = choice.first, choice.allSatisfy({ $0 == only }) { return columns[Int(only)] }
    let joined = try Column.concatenating(type, columns)
    return joined.taking(fillRows(count) { choice[$0] * Int32(count) + Int32($0) })
  }

  private static func extreme(_ name: String, wantsGreater: Bool) -> ScalarBinding {
    ScalarBinding(.takes(.orderable, .orderable, repeated: .orderable)) {
      arguments throws(Refusal) in
      let common = try requireCommonKind(arguments)
      return ScalarFunction(
        name, arguments.map { _ in common }, common, isTotal: true
      ) { columns, count, _ in
        let choice = fillRows(count) { row -> Int32 in
          var best = 0
          for index in 1..<columns.count where !columns[index].isNull(row) {
            let order =
              columns[best].isNull(row)
              ? 1 : Column.order(columns[index], row, columns[best], row)
            let isBetter = columns[best].isNull(row) || (wantsGreater ? order > 0 : order < 0)
            if isBetter { best = index }
          }
          return Int32(best)
        }
        return try choose(columns, by: choice, common)
      }
    }
  }
}

extension Expression {
  /// CASE of one condition.
  fileprivate init(
    if condition: Expression, _ result: Expression, otherwise: Expression, _ type: DataType
  ) {
    self.init(
      .caseWhen(
        branches: [Branch(condition: condition, result: result)], otherwise: otherwise),
      type, isNullable: result.isNullable || otherwise.isNullable)
  }

  fileprivate static func isNull(_ value: Expression) -> Expression {
    Expression(.isNull(value), .boolean, isNullable: false)
  }

  fileprivate static func isPresent(_ value: Expression) -> Expression {
    Expression(.not(.isNull(value)), .boolean, isNullable: false)
  }
}
