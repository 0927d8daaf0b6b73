import Columnar

/// Which inputs of a region conditions tie together, and what an order of them costs: the rows of
/// all that stands between.
struct JoinGraph {
  /// Up to so many inputs all orders are looked at, beyond it the next best input is taken.
  private static let exhaustiveCount = 10
  /// More inputs than there are bits are left as they are.
  static let inputLimit = 60

  private let rows: [Double]
  private let sizes: [Double]
  /// Inputs of one row, which multiply nothing.
  private let singles: UInt64
  /// Columns that equalities make one, and how many values they have at most.
  private let classes: [(members: Set<Int>, valueCount: Double)]
  private let ties: [Tie]

  /// A condition between inputs, as bits.
  private struct Tie {
    var inputs: UInt64
    /// The side of an equality that each join must have whole.
    var left: UInt64 = 0
    var right: UInt64 = 0
    /// The class of its columns; nil for a condition that is no equality.
    var number: Int?
    var share = 1.0
  }

  init(_ region: JoinRegion) {
    rows = region.inputs.map { max(1, RowEstimate.estimate($0)) }
    let sizes = region.inputs.map { max(1, RowEstimate.size($0)) }
    self.sizes = sizes
    singles = region.inputs.indices.reduce(0) {
      region.inputs[$1].givesOneRow ? $0 | 1 << UInt64($1) : $0
    }
    func bits(_ expression: Expression) -> UInt64 {
      region.inputs(of: expression).reduce(0) { $0 | 1 << UInt64($1) }
    }
    func valueCount(_ expression: Expression) -> Double {
      region.inputs(of: expression).map { sizes[$0] }.max() ?? 1
    }
    var classes: [(members: Set<Int>, valueCount: Double)] = []
    var ties: [Tie] = []
    for equality in region.equalities {
      let members = equality.left.columns.union(equality.right.columns)
      var whole = members
      var count = min(valueCount(equality.left), valueCount(equality.right))
      for known in classes where !known.members.isDisjoint(with: members) {
        whole.formUnion(known.members)
        count = min(count, known.valueCount)
      }
      classes.removeAll { !$0.members.isDisjoint(with: whole) }
      classes.append((whole, count))
    }
    for equality in region.equalities {
      let (left, right) = (bits(equality.left), bits(equality.right))
      ties.append(
        Tie(
          inputs: left | right, left: left, right: right,
          number: classes.firstIndex { !$0.members.isDisjoint(with: equality.left.columns) }))
    }
    for condition in region.conditions where !condition.columns.isEmpty {
      ties.append(Tie(inputs: bits(condition), share: RowEstimate.share(of: condition)))
    }
    self.classes = classes
    self.ties = ties
  }

  /// How many joins of `order` are products that no equality ties.
  func productCount(_ order: [Int]) -> Int {
    var present = bit(order[0])
    var count = 0
    for input in order.dropFirst() {
      if isProduct(present, input) { count += 1 }
      present |= bit(input)
    }
    return count
  }

  /// The rows of all joins of `order`.
  func cost(_ order: [Int]) -> Double {
    var present = bit(order[0])
    var count = rows[order[0]]
    var cost = 0.0
    for input in order.dropFirst() {
      count = joined(count, present, input)
      cost += count
      present |= bit(input)
    }
    return cost
  }

  /// The order that costs least.
  func bestOrder() -> [Int] {
    rows.count <= Self.exhaustiveCount ? exhaustive() : greedy()
  }

  private func bit(_ input: Int) -> UInt64 { 1 << UInt64(input) }

  /// Whether joining `input` multiplies the rows that are there by its own.
  private func isProduct(_ present: UInt64, _ input: Int) -> Bool {
    !isTied(input, to: present) && bit(input) & singles == 0 && present & ~singles != 0
  }

  /// Whether an equality lets `input` be found by key from the inputs that are there.
  private func isTied(_ input: Int, to present: UInt64) -> Bool {
    ties.contains { tie in
      tie.number != nil
        && (tie.left & ~present == 0 && tie.right == bit(input)
          || tie.right & ~present == 0 && tie.left == bit(input))
    }
  }

  /// How many rows there are when `input` is joined to `count` rows of those that are `present`.
  private func joined(_ count: Double, _ present: UInt64, _ input: Int) -> Double {
    let all = present | bit(input)
    var seen: Set<Int> = []
    var values = 1.0
    var partners: UInt64 = 0
    var share = 1.0
    for tie in ties where tie.inputs & ~all == 0 && tie.inputs & bit(input) != 0 {
      guard let number = tie.number else {
        if tie.inputs & present != 0 { share *= tie.share }
        continue
      }
      partners |= tie.inputs & present
      if seen.insert(number).inserted { values *= classes[number].valueCount }
    }
    guard !seen.isEmpty else { return count * rows[input] * share }
    // Several columns together have no more values than their table has rows.
    values = min(values, sizes[input])
    if partners.nonzeroBitCount == 1 { values = min(values, sizes[partners.trailingZeroBitCount]) }
    return max(1, count * rows[input] / max(1, values) * share)
  }

  /// All orders, each set of inputs once: what is tied comes before what is not.
  private func exhaustive() -> [Int] {
    struct Best {
      var order: [Int]
      var products: Int
      var cost: Double
      var count: Double

      func isBetter(than other: Best) -> Bool {
        (products, cost) < (other.products, other.cost)
      }
    }
    var level: [UInt64: Best] = [:]
    for input in rows.indices {
      level[bit(input)] = Best(order: [input], products: 0, cost: 0, count: rows[input])
    }
    for _ in rows.indices.dropFirst() {
      var next: [UInt64: Best] = [:]
      for (present, best) in level.sorted(by: { $0.key < $1.key }) {
        for input in rows.indices where present & bit(input) == 0 {
          let count = joined(best.count, present, input)
          let longer = Best(
            order: best.order + [input],
            products: best.products + (isProduct(present, input) ? 1 : 0),
            cost: best.cost + count, count: count)
          if next[present | bit(input)].map({ longer.isBetter(than: $0) }) ?? true {
            next[present | bit(input)] = longer
          }
        }
      }
      level = next
    }
    return level.values.first?.order ?? Array(rows.indices)
  }

  /// The least input first, then always the one that leaves the fewest rows.
  private func greedy() -> [Int] {
    var left = Set(rows.indices)
    guard let first = left.min(by: { (rows[$0], $0) < (rows[$1], $1) }) else { return [] }
    var order = [first]
    var count = rows[first]
    var present = bit(first)
    left.remove(first)
    while !left.isEmpty {
      let tied = left.filter { isTied($0, to: present) }
      let next = (tied.isEmpty ? left : tied).map { ($0, joined(count, present, $0)) }
        .min { ($0.1, $0.0) < ($1.1, $1.0) }
      guard let next else { break }
      order.append(next.0)
      count = next.1
      present |= bit(next.0)
      left.remove(next.0)
    }
    return order
  }
}
