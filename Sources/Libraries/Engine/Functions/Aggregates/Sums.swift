import Columnar
import Core

extension FunctionCatalog {
  /// `count` and its like.
  static let counts: [(String, AggregateBinding)] = [
    (
      "count",
      AggregateBinding(.takes(repeated: .any)) { arguments in
        AggregateFunction("count", arguments.map(\.type), .bigint, isNullable: false) { _ in
          CountAccumulator()
        }
      }
    ),
    (
      "count_if",
      AggregateBinding(.takes(.of(.boolean))) { arguments in
        AggregateFunction("count_if", [.boolean], .bigint, isNullable: false) { _ in
          CountAccumulator(countsTrue: true)
        }
      }
    ),
  ]

  /// `sum` and `avg`.
  static let sums: [(String, AggregateBinding)] = [
    ("sum", sum("sum", isTry: false)), ("try_sum", sum("try_sum", isTry: true)),
    ("avg", average("avg", isTry: false)), ("mean", average("mean", isTry: false)),
    ("try_avg", average("try_avg", isTry: true)),
  ]

  private static func sum(_ name: String, isTry: Bool) -> AggregateBinding {
    AggregateBinding(.takes(.number)) { arguments throws(Refusal) in
      switch try numberType(arguments[0]) {
      case .decimal(let precision, let scale):
        let result = bounded(precision: precision + 10, scale: scale)
        return AggregateFunction(name, [arguments[0].type], result) { _ in
          DecimalSumAccumulator(result, divides: false, isTry: isTry)
        }
      case .float, .double:
        return AggregateFunction(name, [.double], .double) { _ in
          DoubleSumAccumulator(divides: false)
        }
      default:
        return AggregateFunction(name, [.bigint], .bigint) { _ in
          WholeSumAccumulator(isTry: isTry)
        }
      }
    }
  }

  private static func average(_ name: String, isTry: Bool) -> AggregateBinding {
    AggregateBinding(.takes(.number)) { arguments throws(Refusal) in
      guard case .decimal(let precision, let scale) = try numberType(arguments[0]) else {
        return AggregateFunction(name, [.double], .double) { _ in
          DoubleSumAccumulator(divides: true)
        }
      }
      let result = bounded(precision: precision + 4, scale: scale + 4)
      return AggregateFunction(name, [arguments[0].type], result) { _ in
        DecimalSumAccumulator(result, divides: true, isTry: isTry)
      }
    }
  }
}

/// Counts rows without a NULL among the arguments.
final class CountAccumulator: Accumulator {
  private var counts: [Int64] = []
  private let countsTrue: Bool

  init(countsTrue: Bool = false) { self.countsTrue = countsTrue }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) {
    grow(&counts, to: groupCount, 0)
    let present =
      countsTrue
      ? arguments[0].trueRows : FunctionCatalog.validity(of: arguments)
    if arguments.contains(where: { $0.type == .null }) { return }
    counts.withUnsafeMutableBufferPointer { counts in
      groups.withUnsafeBufferPointer { groups in
        guard let present else {
          for row in 0..<groups.count { counts[Int(groups[row])] += 1 }
          return
        }
        for row in 0..<groups.count where present[row] { counts[Int(groups[row])] += 1 }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) {
    guard let other = other as? CountAccumulator else { return }
    grow(&counts, to: groupCount, 0)
    for (index, count) in other.counts.enumerated() { counts[Int(groups[index])] += count }
  }

  func finish(groupCount: Int) -> Column {
    grow(&counts, to: groupCount, 0)
    return Column(.bigint, count: groupCount, .int64(Array(counts.prefix(groupCount))))
  }
}

/// The sum of BIGINTs; overflow is an error, or NULL.
final class WholeSumAccumulator: Accumulator {
  private var sums: [Int64] = []
  private var hasValue: [Bool] = []
  private var overflowed: Set<Int> = []
  private let isTry: Bool

  init(isTry: Bool) { self.isTry = isTry }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) throws {
    grow(&sums, to: groupCount, 0)
    grow(&hasValue, to: groupCount, false)
    var failed: [Int] = []
    let values = arguments[0].int64s
    sums.withUnsafeMutableBufferPointer { sums in
      hasValue.withUnsafeMutableBufferPointer { hasValue in
        values.withUnsafeBufferPointer { values in
          forEachRow(groups, arguments[0]) { group, row in
            let (sum, overflow) = sums[group].addingReportingOverflow(values[row])
            sums[group] = sum
            hasValue[group] = true
            if overflow { failed.append(group) }
          }
        }
      }
    }
    try note(failed)
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) throws {
    guard let other = other as? WholeSumAccumulator else { return }
    grow(&sums, to: groupCount, 0)
    grow(&hasValue, to: groupCount, false)
    var failed = other.overflowed.map { Int(groups[$0]) }
    for (index, sum) in other.sums.enumerated() where other.hasValue[index] {
      let group = Int(groups[index])
      let (total, overflow) = sums[group].addingReportingOverflow(sum)
      sums[group] = total
      hasValue[group] = true
      if overflow { failed.append(group) }
    }
    try note(failed)
  }

  func finish(groupCount: Int) -> Column {
    grow(&sums, to: groupCount, 0)
    grow(&hasValue, to: groupCount, false)
    let valid = Bitmap(count: groupCount) { hasValue[$0] && !overflowed.contains($0) }
    return Column(
      .bigint, count: groupCount, validity: valid.unlessAllSet,
      .int64(Array(sums.prefix(groupCount))))
  }

  private func note(_ failed: [Int]) throws {
    if failed.isEmpty { return }
    guard isTry else {
      throw dataFault(
        "a sum is out of the range of BIGINT",
        remedy: "sum a DECIMAL, or use try_sum to get NULL")
    }
    overflowed.formUnion(failed)
  }
}

/// The sum or mean of doubles, added in the order of the rows.
final class DoubleSumAccumulator: Accumulator {
  private var sums: [Double] = []
  private var counts: [Int64] = []
  private let divides: Bool

  init(divides: Bool) { self.divides = divides }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) {
    grow(&sums, to: groupCount, 0)
    grow(&counts, to: groupCount, 0)
    let values = arguments[0].doubles
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        values.withUnsafeBufferPointer { values in
          forEachRow(groups, arguments[0]) { group, row in
            sums[group] += values[row]
            counts[group] += 1
          }
        }
      }
    }
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) {
    guard let other = other as? DoubleSumAccumulator else { return }
    grow(&sums, to: groupCount, 0)
    grow(&counts, to: groupCount, 0)
    for (index, sum) in other.sums.enumerated() {
      sums[Int(groups[index])] += sum
      counts[Int(groups[index])] += other.counts[index]
    }
  }

  func finish(groupCount: Int) -> Column {
    grow(&sums, to: groupCount, 0)
    grow(&counts, to: groupCount, 0)
    let values = fillRows(groupCount) { divides ? sums[$0] / Double(counts[$0]) : sums[$0] }
    return Column(
      .double, count: groupCount,
      validity: Bitmap(count: groupCount) { counts[$0] > 0 }.unlessAllSet, .double(values))
  }
}

/// The exact sum or mean of decimals; a result past its precision is an error, or NULL.
final class DecimalSumAccumulator: Accumulator {
  private var sums: [Int128] = []
  private var counts: [Int64] = []
  private var overflowed: Set<Int> = []
  private var scale = 0
  private let type: DataType
  private let divides: Bool
  private let isTry: Bool

  init(_ type: DataType, divides: Bool, isTry: Bool) {
    self.type = type
    self.divides = divides
    self.isTry = isTry
  }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) {
    grow(&sums, to: groupCount, 0)
    grow(&counts, to: groupCount, 0)
    scale = arguments[0].type.scale
    var failed: [Int] = []
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        switch arguments[0].values {
        case .int64(let values):
          values.withUnsafeBufferPointer { values in
            forEachRow(groups, arguments[0]) { group, row in
              sums[group] &+= Int128(values[row])  // 2^63 of the largest still fit.
              counts[group] += 1
            }
          }
        case .int128(let values):
          values.withUnsafeBufferPointer { values in
            forEachRow(groups, arguments[0]) { group, row in
              let (sum, overflow) = sums[group].addingReportingOverflow(values[row])
              sums[group] = sum
              counts[group] += 1
              if overflow { failed.append(group) }
            }
          }
        default: preconditionFailure("a decimal sum is of decimals")
        }
      }
    }
    overflowed.formUnion(failed)
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) {
    guard let other = other as? DecimalSumAccumulator else { return }
    grow(&sums, to: groupCount, 0)
    grow(&counts, to: groupCount, 0)
    scale = max(scale, other.scale)
    overflowed.formUnion(other.overflowed.map { Int(groups[$0]) })
    for (index, sum) in other.sums.enumerated() {
      let group = Int(groups[index])
      let (total, overflow) = sums[group].addingReportingOverflow(sum)
      sums[group] = total
      counts[group] += other.counts[index]
      if overflow { overflowed.insert(group) }
    }
  }

  func finish(groupCount: Int) throws -> Column {
    grow(&sums, to: groupCount, 0)
    grow(&counts, to: groupCount, 0)
    var values = [Int128](repeating: 0, count: groupCount)
    var valid = Bitmap(repeating: true, count: groupCount)
    for group in 0..<groupCount {
      guard counts[group] > 0 else {
        valid.set(group, false)
        continue
      }
      if let value = result(group) {
        values[group] = value
      } else if isTry {
        valid.set(group, false)
      } else {
        throw dataFault(
          "a \(divides ? "mean" : "sum") is out of the range of \(type.sql)",
          remedy: "cast to a decimal with fewer digits first, or use try_sum to get NULL")
      }
    }
    return Column(
      type, count: groupCount, validity: valid.unlessAllSet, Column.decimalValues(values, type))
  }

  private func result(_ group: Int) -> Int128? {
    guard !overflowed.contains(group), case .decimal(let precision, let resultScale) = type else {
      return nil
    }
    let value: Int128
    if divides {
      let total = Column(.decimal(precision: 38, scale: scale), count: 1, .int128([sums[group]]))
      let count = Column(
        .decimal(precision: 20, scale: 0), count: 1, .int128([Int128(counts[group])]))
      let mean = try? Column.arithmetic(.divide, total, count, as: type, isTry: true)
      guard let mean, !mean.isNull(0) else { return nil }
      value = mean.unscaledValues[0]
    } else {
      value = sums[group]
    }
    precondition(divides || resultScale == scale, "a sum keeps the scale")
    return value.magnitude < Decimal.power(precision).magnitude ? value : nil
  }
}
