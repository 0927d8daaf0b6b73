import Columnar
import Core

extension FunctionCatalog {
  /// `min`, `max` and the values beside them; `first`, `last`; `bool_and`, `bool_or`.
  static let extremes: [(String, AggregateBinding)] =
    [
      ("min", extreme("min", wantsGreater: false)), ("max", extreme("max", wantsGreater: true)),
      ("min_by", extremeBy("min_by", wantsGreater: false)),
      ("max_by", extremeBy("max_by", wantsGreater: true)),
    ]
    + ["first", "first_value", "any_value"].map { ($0, position($0, takesLast: false)) }
    + ["last", "last_value"].map { ($0, position($0, takesLast: true)) }
    + ["bool_and", "every"].map { ($0, truth($0, wantsGreater: false)) }
    + ["bool_or", "some", "any"].map { ($0, truth($0, wantsGreater: true)) }

  private static func extreme(_ name: String, wantsGreater: Bool) -> AggregateBinding {
    AggregateBinding(.takes(.orderable)) { arguments in
      let type = arguments[0].type
      return AggregateFunction(name, [type], type) { _ in
        switch type.layout {
        case .int32, .int64: WholeExtremeAccumulator(type, wantsGreater: wantsGreater)
        default: PickAccumulator([type], .extreme(wantsGreater: wantsGreater))
        }
      }
    }
  }

  private static func extremeBy(_ name: String, wantsGreater: Bool) -> AggregateBinding {
    AggregateBinding(.takes(.any, .orderable)) { arguments in
      let types = arguments.map(\.type)
      return AggregateFunction(name, types, types[0]) { _ in
        PickAccumulator(types, .extreme(wantsGreater: wantsGreater))
      }
    }
  }

  /// `first(x[, ignoreNulls])`.
  private static func position(_ name: String, takesLast: Bool) -> AggregateBinding {
    AggregateBinding(.takes(.any, optional: .literal(.boolean))) { arguments in
      let skipsNulls = arguments.count == 2 && arguments[1].literal == .boolean(true)
      let types = arguments.map(\.type)
      let rule = PickAccumulator.Rule.position(takesLast: takesLast, skipsNulls: skipsNulls)
      return AggregateFunction(name, types, types[0]) { _ in PickAccumulator(types, rule) }
    }
  }

  private static func truth(_ name: String, wantsGreater: Bool) -> AggregateBinding {
    AggregateBinding(.takes(.of(.boolean))) { arguments in
      AggregateFunction(name, [.boolean], .boolean) { _ in
        PickAccumulator([.boolean], .extreme(wantsGreater: wantsGreater))
      }
    }
  }
}

/// The least or greatest whole number, date, instant or small decimal.
final class WholeExtremeAccumulator: Accumulator {
  private var values: [Int64] = []
  private var hasValue: [Bool] = []
  private let type: DataType
  private let wantsGreater: Bool
  private let empty: Int64

  init(_ type: DataType, wantsGreater: Bool) {
    self.type = type
    self.wantsGreater = wantsGreater
    empty = wantsGreater ? Int64.min : Int64.max
  }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) {
    switch arguments[0].values {
    case .int32(let values): update(groups, groupCount, arguments[0], values)
    case .int64(let values): update(groups, groupCount, arguments[0], values)
    default: preconditionFailure("\(type.sql) is no whole number")
    }
  }

  private func update<Value: FixedWidthInteger>(
    _ groups: [Int32], _ groupCount: Int, _ column: Column, _ newValues: [Value]
  ) {
    grow(&values, to: groupCount, empty)
    grow(&hasValue, to: groupCount, false)
    values.withUnsafeMutableBufferPointer { values in
      hasValue.withUnsafeMutableBufferPointer { hasValue in
        newValues.withUnsafeBufferPointer { newValues in
          if wantsGreater {
            forEachRow(groups, column) { group, row in
              values[group] = max(values[group], Int64(newValues[row]))
              hasValue[group] = true
            }
          } else {
            forEachRow(groups, column) { group, row in
              values[group] = min(values[group], Int64(newValues[row]))
              hasValue[group] = true
            }
          }
        }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) {
    guard let other = other as? WholeExtremeAccumulator else { return }
    grow(&values, to: groupCount, empty)
    grow(&hasValue, to: groupCount, false)
    for (index, value) in other.values.enumerated() where other.hasValue[index] {
      let group = Int(groups[index])
      values[group] = wantsGreater ? max(values[group], value) : min(values[group], value)
      hasValue[group] = true
    }
  }

  func finish(groupCount: Int) -> Column {
    grow(&values, to: groupCount, empty)
    grow(&hasValue, to: groupCount, false)
    let valid = Bitmap(count: groupCount) { hasValue[$0] }.unlessAllSet
    let result = Array(values.prefix(groupCount))
    return type.layout == .int64
      ? Column(type, count: groupCount, validity: valid, .int64(result))
      : Column(
        type, count: groupCount, validity: valid,
        .int32(mapRows(result) { Int32(truncatingIfNeeded: $0) }))
  }
}

/// One row a group, by a rule; the result is that row's first argument.
final class PickAccumulator: Accumulator {
  /// Which row a group keeps.
  enum Rule: Sendable {
    /// The least or greatest of the last argument; the first of equal ones.
    case extreme(wantsGreater: Bool)
    case position(takesLast: Bool, skipsNulls: Bool)
  }

  private var rows: PickedRows
  private let rule: Rule

  init(_ types: [DataType], _ rule: Rule) {
    rows = PickedRows(types)
    self.rule = rule
  }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) throws {
    try offer(groups, groupCount, arguments) { _ in true }
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) throws {
    guard let other = other as? PickAccumulator else { return }
    try offer(groups, groupCount, other.rows.columns(groups.count)) { other.rows.holds($0) }
  }

  func finish(groupCount: Int) throws -> Column { try rows.columns(groupCount)[0] }

  private func offer(
    _ groups: [Int32], _ groupCount: Int, _ columns: [Column], accepts: (Int) -> Bool
  ) throws {
    let last = columns.count - 1
    switch rule {
    case .extreme(let wantsGreater):
      try rows.update(groups, groupCount, columns) {
        accepts($0) && !columns[last].isNull($0)
      } isBetter: { new, row, held, heldRow in
        let order = Column.order(new[last], row, held[last], heldRow)
        return wantsGreater ? order > 0 : order < 0
      }
    case .position(let takesLast, let skipsNulls):
      try rows.update(groups, groupCount, columns) {
        accepts($0) && !(skipsNulls && columns[0].isNull($0))
      } isBetter: { _, _, _, _ in
        takesLast
      }
    }
  }
}
