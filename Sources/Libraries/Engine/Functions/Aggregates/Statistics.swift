import Columnar
import Core

extension FunctionCatalog {
  /// Deviations, variances and correlations of doubles.
  static let statistics: [(String, AggregateBinding)] = [
    ("stddev", moments("stddev", 1) { sample($0).map { $0.squareRoot() } }),
    ("std", moments("std", 1) { sample($0).map { $0.squareRoot() } }),
    ("stddev_samp", moments("stddev_samp", 1) { sample($0).map { $0.squareRoot() } }),
    ("stddev_pop", moments("stddev_pop", 1) { ($0.xx / $0.count).squareRoot() }),
    ("variance", moments("variance", 1) { sample($0) }),
    ("var_samp", moments("var_samp", 1) { sample($0) }),
    ("var_pop", moments("var_pop", 1) { $0.xx / $0.count }),
    ("covar_pop", moments("covar_pop", 2) { $0.xy / $0.count }),
    ("covar_samp", moments("covar_samp", 2) { $0.count > 1 ? $0.xy / ($0.count - 1) : nil }),
    (
      "corr",
      moments("corr", 2) { moments in
        moments.xx == 0 || moments.yy == 0
          ? nil : moments.xy / (moments.xx * moments.yy).squareRoot()
      }
    ),
  ]

  /// The sample variance; of a single row there is none.
  private static func sample(_ moments: Moments) -> Double? {
    moments.count > 1 ? moments.xx / (moments.count - 1) : nil
  }

  private static func moments(
    _ name: String, _ argumentCount: Int, _ result: @escaping @Sendable (Moments) -> Double?
  ) -> AggregateBinding {
    let kinds = [Parameters.Kind](repeating: .of(.double), count: argumentCount)
    return AggregateBinding(Parameters(required: kinds, optional: [], repeated: [])) { arguments in
      AggregateFunction(name, arguments.map(\.type), .double) { _ in MomentAccumulator(result) }
    }
  }
}

/// Count, means and central second moments of one variable or two.
struct Moments {
  var count = 0.0
  private var meanX = 0.0
  private var meanY = 0.0
  private(set) var xx = 0.0
  private(set) var yy = 0.0
  private(set) var xy = 0.0

  /// Adds one point.
  mutating func add(_ x: Double, _ y: Double) {
    count += 1
    let dx = x - meanX
    let dy = y - meanY
    meanX += dx / count
    meanY += dy / count
    xx += dx * (x - meanX)
    yy += dy * (y - meanY)
    xy += dx * (y - meanY)
  }

  /// Adds all points of another.
  mutating func add(_ other: Moments) {
    guard other.count > 0 else { return }
    let total = count + other.count
    let dx = other.meanX - meanX
    let dy = other.meanY - meanY
    let weight = count * other.count / total
    xx += other.xx + dx * dx * weight
    yy += other.yy + dy * dy * weight
    xy += other.xy + dx * dy * weight
    meanX += dx * other.count / total
    meanY += dy * other.count / total
    count = total
  }
}

/// Moments of each group.
final class MomentAccumulator: Accumulator {
  private var moments: [Moments] = []
  private let result: @Sendable (Moments) -> Double?

  init(_ result: @escaping @Sendable (Moments) -> Double?) { self.result = result }

  func update(groups: [Int32], groupCount: Int, arguments: [Column]) {
    grow(&moments, to: groupCount, Moments())
    let x = arguments[0].doubles
    let y = arguments.count > 1 ? arguments[1].doubles : x
    let present = FunctionCatalog.validity(of: arguments)
    for row in 0..<groups.count where present?[row] ?? true {
      moments[Int(groups[row])].add(x[row], y[row])
    }
  }

  func merge(_ other: any Accumulator, groups: [Int32], groupCount: Int) {
    guard let other = other as? MomentAccumulator else { return }
    grow(&moments, to: groupCount, Moments())
    for (index, part) in other.moments.enumerated() { moments[Int(groups[index])].add(part) }
  }

  func finish(groupCount: Int) -> Column {
    grow(&moments, to: groupCount, Moments())
    let values = fillRows(groupCount) { moments[$0].count > 0 ? result(moments[$0]) : nil }
    return Column(
      .double, count: groupCount,
      validity: Bitmap(count: groupCount) { values[$0] != nil }.unlessAllSet,
      .double(mapRows(values) { $0 ?? 0 }))
  }
}
