import Columnar
import Core

extension FunctionCatalog {
  /// Aggregates that need all values of a group at once.
  static let collectors: [(String, AggregateBinding)] =
    ["collect_list", "array_agg"].map { ($0, list($0, isSet: false)) }
    + [("collect_set", list("collect_set", isSet: true))]
    + ["listagg", "string_agg"].map { ($0, joining($0)) }
    + [
      (
        "approx_count_distinct",
        AggregateBinding(.takes(.any, optional: .literal(.double))) { arguments in
          let types = arguments.map(\.type)
          return AggregateFunction("approx_count_distinct", types, .bigint, isNullable: false) {
            context in
            CollectingAccumulator("approx_count_distinct", types, context) { offsets, columns in
              let counts = fillRows(offsets.count - 1) { group -> Int64 in
                let rows = Int(offsets[group])..<Int(offsets[group + 1])
                return Int64(Set(rows.lazy.map { columns[0].scalar(at: $0) }).count)
              }
              return Column(.bigint, count: counts.count, .int64(counts))
            }
          }
        }
      ),
      (
        "mode",
        // Whether the least of equals is wanted need not be asked: it is what there is.
        AggregateBinding(.takes(.any, optional: .literal(.boolean))) { arguments in
          let types = arguments.map(\.type)
          return AggregateFunction("mode", types, types[0]) { context in
            CollectingAccumulator("mode", types, context) { offsets, columns in
              columns[0].takingOrNull(
                fillRows(offsets.count - 1) { group in
                  mode(columns[0], Int(offsets[group])..<Int(offsets[group + 1]))
                })
            }
          }
        }
      ),
      ("median", percentile("median", share: nil, value: 0, interpolates: true)),
      ("percentile_cont", percentile("percentile_cont", share: 0, value: 1, interpolates: true)),
      ("percentile_disc", percentile("percentile_disc", share: 0, value: 1, interpolates: false)),
      ("percentile", percentile("percentile", share: 1, value: 0, interpolates: true)),
      ("percentile_approx", pickedPercentile),
    ]

  private static func list(_ name: String, isSet: Bool) -> AggregateBinding {
    AggregateBinding(.takes(isSet ? .orderable : .any)) { arguments in
      let element = arguments[0].type
      let type = DataType.array(element: element, containsNull: false)
      return AggregateFunction(name, [element], type, isNullable: false) { context in
        CollectingAccumulator(name, [element], context) { offsets, columns in
          guard isSet else {
            return Column(
              type, count: offsets.count - 1, .list(offsets: offsets, elements: columns[0]))
          }
          var kept: [Int32] = []
          var starts: [Int32] = [0]
          for group in 0..<offsets.count - 1 {
            var seen: Set<Scalar> = []
            for row in offsets[group]..<offsets[group + 1]
            where seen.insert(columns[0].scalar(at: Int(row))).inserted { kept.append(row) }
            starts.append(Int32(kept.count))
          }
          return Column(
            type, count: offsets.count - 1,
            .list(offsets: starts, elements: columns[0].taking(kept)))
        }
      }
    }
  }

  /// `listagg(x[, separator[, key, isDescending]])`: texts joined in the order of the key.
  private static func joining(_ name: String) -> AggregateBinding {
    AggregateBinding(
      .takes(
        .either([.exactly(.string), .exactly(.binary), .of(.string)]),
        optional: .either([.literal(.string), .literal(.binary)]), .orderable,
        .literal(.boolean))
    ) { arguments in
      let isDescending = arguments.count > 3 && arguments[3].literal == .boolean(true)
      var types = arguments.map(\.type)
      let result = types[0]
      if types.count > 1 { types[1] = result }
      let bound = types
      return AggregateFunction(name, bound, result) { context in
        CollectingAccumulator(name, bound, context) { offsets, columns in
          let builder = ColumnBuilder(result)
          let meter = GrowthMeter(name, context.holdingText)
          try meter.take([columns[0]].flatByteCount)
          for group in 0..<offsets.count - 1 {
            var rows = Array(Int(offsets[group])..<Int(offsets[group + 1]))
            if columns.count > 2 {
              rows.sort { a, b in
                let order = Column.nullableOrder(columns[2], a, columns[2], b)
                return order == 0 ? a < b : isDescending ? order > 0 : order < 0
              }
            }
            guard let first = rows.first else {
              builder.appendNull()
              continue
            }
            let separator =
              columns.count > 1 && !columns[1].isNull(first)
              ? columns[1].withBytes { Array($0[first]) } : []
            try meter.take(rows.count, of: separator.count)
            let texts = columns[0].withBytes { view in rows.map { Array(view[$0]) } }
            builder.append(bytes: Array(texts.joined(separator: separator)))
          }
          return builder.finish()
        }
      }
    }
  }

  /// The row of the most frequent value; of values that are as frequent, where they have an order,
  /// of the least, whatever the order of the rows.
  private static func mode(_ column: Column, _ rows: Range<Int>) -> Int32 {
    var counts: [Scalar: (first: Int, count: Int)] = [:]
    for row in rows {
      counts[column.scalar(at: row), default: (row, 0)].count += 1
    }
    let isOrderable = column.type.isOrderable
    let best = counts.values.max { one, other in
      if one.count != other.count { return one.count < other.count }
      let order = isOrderable ? Column.order(column, one.first, column, other.first) : 0
      return order == 0 ? one.first > other.first : order > 0
    }
    return Int32(best?.first ?? -1)
  }

  /// `percentile_cont(share, x[, isDescending])` and its like. `share` and `value` are the
  /// positions of these arguments; the share is a literal, a half where there is none.
  private static func percentile(
    _ name: String, share: Int?, value: Int, interpolates: Bool
  ) -> AggregateBinding {
    let parameters: Parameters =
      share == nil
      ? .takes(.number)
      : value == 0
        ? .takes(.number, .literal(.double))
        : .takes(.literal(.double), .number, optional: .literal(.boolean))
    return AggregateBinding(parameters) { arguments throws(Refusal) in
      let wanted = try share.map { position throws(Refusal) in
        try literalShare(arguments[position])
      }
      _ = try numberType(arguments[value])
      let isDescending = arguments.count > 2 && arguments[2].literal == .boolean(true)
      var types = arguments.map(\.type)
      types[value] = .double
      let bound = types
      return AggregateFunction(name, bound, .double) { context in
        CollectingAccumulator(name, bound, context, valueArgument: value) { offsets, columns in
          let values = columns[value].doubles
          let results = fillRows(offsets.count - 1) { group -> Double in
            let sorted = values[Int(offsets[group])..<Int(offsets[group + 1])].sorted {
              orderedBits($0) < orderedBits($1)
            }
            return quantile(
              isDescending ? sorted.reversed() : sorted, wanted ?? 0.5, interpolates: interpolates)
          }
          let valid = Bitmap(count: results.count) { offsets[$0] < offsets[$0 + 1] }
          return Column(
            .double, count: results.count, validity: valid.unlessAllSet, .double(results))
        }
      }
    }
  }

  /// `percentile_approx(x, share[, accuracy])`: the value of that rank, of the type that it has; it
  /// is exact, whatever the accuracy.
  private static let pickedPercentile = AggregateBinding(
    .takes(.number, .literal(.double), optional: .literal(.int))
  ) { arguments throws(Refusal) in
    let share = try literalShare(arguments[1])
    let type = try numberType(arguments[0])
    let bound = [type] + arguments.dropFirst().map(\.type)
    return AggregateFunction("percentile_approx", bound, type) { context in
      CollectingAccumulator("percentile_approx", bound, context) { offsets, columns in
        columns[0].takingOrNull(
          fillRows(offsets.count - 1) { group -> Int32 in
            let sorted = (offsets[group]..<offsets[group + 1]).sorted {
              Column.order(columns[0], Int($0), columns[0], Int($1)) < 0
            }
            return sorted.isEmpty ? -1 : sorted[rank(share, of: sorted.count)]
          })
      }
    }
  }

  /// Which of `count` sorted values has the rank that a share asks for.
  private static func rank(_ share: Double, of count: Int) -> Int {
    min(count - 1, max(0, Int((share * Double(count)).rounded(.up)) - 1))
  }

  private static func literalShare(_ argument: Argument) throws(Refusal) -> Double {
    let share: Double
    switch argument.literal {
    case .double(let value)?: share = value
    case .decimal(let value)?: share = Double(value.description) ?? -1
    case .integer(let value)?: share = Double(value)
    default: throw .wrongArguments("the share must be a literal number")
    }
    guard (0...1).contains(share) else { throw .wrongArguments("the share must be 0 to 1") }
    return share
  }

  private static func quantile(_ sorted: [Double], _ share: Double, interpolates: Bool) -> Double {
    guard let last = sorted.indices.last else { return 0 }
    guard interpolates else {
      return sorted[rank(share, of: sorted.count)]
    }
    let place = share * Double(last)
    let lower = Int(place)
    if lower == last { return sorted[last] }
    let part = place - Double(lower)
    return part == 0 ? sorted[lower] : sorted[lower] * (1 - part) + sorted[lower + 1] * part
  }
}

/// Keeps the rows whose value is not NULL and computes all results at the end.
final class CollectingAccumulator: Accumulator {
  typealias Finish = @Sendable (_ offsets: [Int32], _ columns: [Column]) throws -> Column

  private let name: String
  private let limit: Int
  private var byteCount = 0
  private var rows: CollectedRows
  private let valueArgument: Int
  private let finish: Finish

  init(
    _ name: String, _ types: [DataType], _ context: EvaluationContext, valueArgument: Int = 0,
    finish: @escaping Finish
  ) {
    self.name = name
    // What one call may make of a batch is a quarter of what the run has.
    limit = context.allowance * 4
    rows = CollectedRows(types)
    self.valueArgument = valueArgument
    self.finish = finish
  }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) throws {
    try hold(arguments.reduce(4 * groups.count) { $0 + $1.byteCount })
    let value = arguments[valueArgument]
    rows.append(groups, arguments) { !value.isNull($0) }
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) throws {
    guard let other = other as? CollectingAccumulator else { return }
    try hold(other.byteCount)
    rows.append(other.rows, groups)
  }

  func finish(groupCount: Int) throws -> Column {
    let (offsets, columns) = try rows.grouped(groupCount)
    return try finish(offsets, columns)
  }

  /// All values of all groups are held at once: they are no more than the run may hold.
  private func hold(_ count: Int) throws(Fault) {
    byteCount += count
    guard byteCount > limit else { return }
    throw dataFault(
      "'\(name)' holds the values of all groups, \(byteCount) bytes, and may hold \(limit)",
      remedy: "give the run more with --memory, or fewer rows to it")
  }
}
