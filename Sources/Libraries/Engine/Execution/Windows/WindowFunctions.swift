import Columnar
import Core

/// Computes window functions over one order.
struct WindowComputation {
  let batch: Batch
  let order: WindowOrder
  let world: EvaluationContext

  init(_ batch: Batch, _ order: WindowOrder, _ world: EvaluationContext) {
    self.batch = batch
    self.order = order
    self.world = world
  }

  /// The function's value for each row of the input.
  func column(_ call: WindowCall) throws -> Column {
    let column = try positioned(call).cast(to: call.type, isTry: false)
    return order.inInputOrder(column)
  }

  private func positioned(_ call: WindowCall) throws -> Column {
    switch call.function {
    case .rowNumber: return numbers { $0 - Int(order.partitionStart[$0]) + 1 }
    case .rank: return numbers { Int(order.peerStart[$0] - order.partitionStart[$0]) + 1 }
    case .denseRank: return denseRanks()
    case .percentRank:
      return shares { position in
        let size = order.partitionEnd[position] - order.partitionStart[position]
        let before = order.peerStart[position] - order.partitionStart[position]
        return size == 1 ? 0 : Double(before) / Double(size - 1)
      }
    case .cumeDist:
      return shares { position in
        let size = order.partitionEnd[position] - order.partitionStart[position]
        return Double(order.peerEnd[position] - order.partitionStart[position]) / Double(size)
      }
    case .ntile(let count): return try tiles(count)
    case .lag(let value, let offset, let otherwise, let ignoreNulls):
      return try shifted(value, offset, -1, otherwise, ignoreNulls)
    case .lead(let value, let offset, let otherwise, let ignoreNulls):
      return try shifted(value, offset, 1, otherwise, ignoreNulls)
    case .firstValue(let value, let ignoreNulls):
      return try picked("first_value", value, call, ignoreNulls) { range, isKept in
        range.first(where: isKept)
      }
    case .lastValue(let value, let ignoreNulls):
      return try picked("last_value", value, call, ignoreNulls) { range, isKept in
        range.last(where: isKept)
      }
    case .nthValue(let value, let number, let ignoreNulls):
      let wanted = Int(try values(number).cast(to: .bigint, isTry: false).int64s.first ?? 1)
      return try picked("nth_value", value, call, ignoreNulls) { range, isKept in
        guard wanted <= range.count else { return nil }
        if !ignoreNulls { return range.lowerBound + wanted - 1 }
        return range.lazy.filter(isKept).dropFirst(wanted - 1).first
      }
    case .aggregate(let aggregate):
      let frame = try WindowFrame(call.frame, order, call.orderBy, batch, world)
      let window = try WindowAggregate(batch, order, frame, aggregate, world)
      return try window.column()
    }
  }

  // MARK: Ranks

  private func numbers(_ body: (Int) -> Int) -> Column {
    Column(.int, count: order.count, .int32(fillRows(order.count) { Int32(body($0)) }))
  }

  private func shares(_ body: (Int) -> Double) -> Column {
    Column(.double, count: order.count, .double(fillRows(order.count, body)))
  }

  private func denseRanks() -> Column {
    var rank = 0
    return numbers { position in
      if order.partitionStart[position] == position {
        rank = 1
      } else if order.peerStart[position] == position {
        rank += 1
      }
      return rank
    }
  }

  private func tiles(_ count: Expression) throws -> Column {
    let tileCount = Int(
      try values(count).cast(to: .bigint, isTry: false).int64s.first ?? 1)
    guard tileCount > 0 else {
      throw Fault(
        .data, at: count.place, "ntile wants at least one tile", remedy: "give a positive number")
    }
    return numbers { position in
      let start = Int(order.partitionStart[position])
      let size = Int(order.partitionEnd[position]) - start
      let index = position - start
      // The first tiles take a row more when the rows do not come out even.
      let (small, large) = (size / tileCount, size % tileCount)
      let inLarge = large * (small + 1)
      return index < inLarge
        ? index / (small + 1) + 1 : large + (index - inLarge) / max(1, small) + 1
    }
  }

  // MARK: Values of other rows

  /// An expression by position.
  private func values(_ expression: Expression) throws -> Column {
    try Evaluator(expression, in: world).evaluate(batch).taking(order.rows)
  }

  private func shifted(
    _ value: Expression, _ offset: Expression, _ sign: Int, _ otherwise: Expression?,
    _ ignoreNulls: Bool
  ) throws -> Column {
    let column = try values(value)
    let offsets = try values(offset).cast(to: .bigint, isTry: false).int64s
    let places = fillRows(order.count) { position -> Int32 in
      let range = Int(order.partitionStart[position])..<Int(order.partitionEnd[position])
      let offset = offsets[position]
      // No partition has so many rows.
      guard offset.magnitude <= Int64(Int32.max) else { return -1 }
      if !ignoreNulls {
        let place = position + sign * Int(offset)
        return range.contains(place) ? Int32(place) : -1
      }
      let step = offset < 0 ? -sign : sign
      var left = Int(offset.magnitude)
      var place = position
      while left > 0 {
        place += step
        guard range.contains(place) else { return -1 }
        if !column.isNull(place) { left -= 1 }
      }
      return Int32(place)
    }
    try ListRoom(of: [column]).check(picking: places, sign < 0 ? "lag" : "lead", world)
    let result = column.takingOrNull(places)
    guard let otherwise else { return result }
    let others = try values(otherwise)
    return try FunctionCatalog.choose(
      [result, others], by: mapRows(places) { $0 < 0 ? 1 : 0 }, column.type)
  }

  private func picked(
    _ name: String, _ value: Expression, _ call: WindowCall, _ ignoreNulls: Bool,
    _ pick: (Range<Int>, (Int) -> Bool) -> Int?
  ) throws -> Column {
    let column = try values(value)
    let frame = try WindowFrame(call.frame, order, call.orderBy, batch, world)
    let places = fillRows(order.count) { position in
      Int32(
        pick(Int(frame.start[position])..<Int(frame.end[position])) {
          !ignoreNulls || !column.isNull($0)
        } ?? -1)
    }
    try ListRoom(of: [column]).check(picking: places, name, world)
    return column.takingOrNull(places)
  }
}
