import Columnar
import Core

/// An aggregate over the frame of each position.
struct WindowAggregate {
  private let order: WindowOrder
  private let frame: WindowFrame
  private let call: AggregateCall
  private let context: EvaluationContext
  /// The arguments by position.
  private let arguments: [Column]
  /// The positions that the filter keeps; nil for all.
  private let kept: Bitmap?

  init(
    _ batch: Batch, _ order: WindowOrder, _ frame: WindowFrame, _ call: AggregateCall,
    _ world: EvaluationContext
  ) throws {
    self.order = order
    self.frame = frame
    self.call = call
    context = world.at(call.arguments.first?.place)
    arguments = try call.arguments.map {
      try Evaluator($0, in: world).evaluate(batch).taking(order.rows)
    }
    try ArgumentColumns(name: call.function.name, types: call.function.argumentTypes)
      .check(arguments, rowCount: order.count)
    kept = try call.filter.map {
      try Evaluator($0, in: world).evaluate(batch).taking(order.rows).trueRows
    }
  }

  /// The results by position.
  func column() throws -> Column {
    if call.isDistinct {
      throw Fault(
        .configuration, at: context.place, "DISTINCT in a window aggregate is not supported",
        remedy: "aggregate the distinct rows first")
    }
    do {
      if frame.isPartition { return try wholePartitions() }
      return try sums() ?? extremes() ?? eachFrame()
    } catch let fault as Fault {
      throw context.place.map { fault.placed(at: $0) } ?? fault
    }
  }

  /// The values at `places`, one of which many positions may have.
  private func picked(_ places: [Int32], of column: Column) throws -> Column {
    try ListRoom(of: [column]).check(picking: places, call.function.name, context)
    return column.takingOrNull(places)
  }

  // MARK: Whole partitions

  private func wholePartitions() throws -> Column {
    var partitionCount: Int32 = 0
    let groups = fillRows(order.count) { position -> Int32 in
      if order.partitionStart[position] == position { partitionCount += 1 }
      return partitionCount - 1
    }
    let accumulator = call.function.makeAccumulator(context)
    if let kept {
      let positions = kept.setPositions
      try accumulator.update(
        groups: mapRows(positions) { groups[Int($0)] }, groupCount: Int(partitionCount),
        arguments: arguments.map { $0.taking(positions) })
    } else {
      try accumulator.update(
        groups: groups, groupCount: Int(partitionCount), arguments: arguments)
    }
    return try picked(groups, of: accumulator.finish(groupCount: Int(partitionCount)))
  }

  // MARK: Sums

  /// Counts and exact sums, by differences of running totals.
  private func sums() -> Column? {
    let name = call.function.name
    guard name == "count" || name == "sum" else { return nil }
    let present =
      FunctionCatalog.validity(of: arguments).map { bits in
        kept.map { $0 & bits } ?? bits
      } ?? kept
    var count: Int64 = 0
    let counts = running { position in
      if present?[position] ?? true { count += 1 }
      return count
    }
    let inFrame = fillRows(order.count) {
      counts[Int(frame.end[$0])] - counts[Int(frame.start[$0])]
    }
    if name == "count" { return Column(.bigint, count: order.count, .int64(inFrame)) }
    let values: [Int128]
    switch arguments[0].values {
    case .int64(let column): values = mapRows(column) { Int128($0) }
    case .int128(let column): values = column
    default: return nil
    }
    return exactSums(values, present, inFrame)
  }

  private func exactSums(_ values: [Int128], _ present: Bitmap?, _ counts: [Int64]) -> Column? {
    var total: Int128 = 0
    var overflowed = false
    let totals = running { position in
      if present?[position] ?? true {
        let (sum, overflow) = total.addingReportingOverflow(values[position])
        total = sum
        overflowed = overflowed || overflow
      }
      return total
    }
    let bound: Int128
    if case .decimal(let precision, _) = call.function.resultType {
      bound = Decimal.power(precision)
    } else {
      bound = Int128(Int64.max)
    }
    let sums = fillRows(order.count) { totals[Int(frame.end[$0])] &- totals[Int(frame.start[$0])] }
    // The accumulator says what is wrong with a sum that does not fit.
    if overflowed || sums.contains(where: { $0.magnitude >= bound.magnitude }) { return nil }
    let type = call.function.resultType
    return Column(
      type, count: order.count,
      validity: Bitmap(count: order.count) { counts[$0] > 0 }.unlessAllSet,
      Column.decimalValues(sums, type))
  }

  /// What `body` gives after each position, with its start in front.
  private func running<Value: AdditiveArithmetic>(_ body: (Int) -> Value) -> [Value] {
    var last = Value.zero
    return fillRows(order.count + 1) { index in
      if index > 0 { last = body(index - 1) }
      return last
    }
  }

  // MARK: Extremes

  /// The least or greatest so far, for frames that start with their partition.
  private func extremes() throws -> Column? {
    let name = call.function.name
    guard frame.isRunning, name == "min" || name == "max" else { return nil }
    let column = arguments[0]
    var best: Int32 = -1
    let bests = fillRows(order.count) { position -> Int32 in
      if order.partitionStart[position] == position { best = -1 }
      if !column.isNull(position), kept?[position] ?? true {
        let order = best < 0 ? 0 : Column.order(column, position, column, Int(best))
        if best < 0 || (name == "max" ? order > 0 : order < 0) { best = Int32(position) }
      }
      return best
    }
    return try picked(
      fillRows(order.count) { position in
        frame.end[position] > frame.start[position] ? bests[Int(frame.end[position]) - 1] : -1
      }, of: column)
  }

  // MARK: Any aggregate

  /// Frames one by one; one that only grows is added to, not begun again.
  private func eachFrame() throws -> Column {
    // Of lists there is one a frame, each longer than the one before.
    let meter = GrowthMeter(call.function.name, context)
    var pieces: [Column] = []
    var places = [Int32](repeating: 0, count: order.count)
    var accumulator = call.function.makeAccumulator(context)
    var held = 0..<0
    for position in 0..<order.count {
      let wanted = Int(frame.start[position])..<Int(frame.end[position])
      if position > 0, wanted == held {
        places[position] = Int32(pieces.count - 1)
        continue
      }
      let grows = wanted.lowerBound == held.lowerBound && wanted.upperBound >= held.upperBound
      if !grows || position == 0 {
        accumulator = call.function.makeAccumulator(context)
        held = wanted.lowerBound..<wanted.lowerBound
      }
      try add(held.upperBound..<wanted.upperBound, to: accumulator)
      held = wanted
      places[position] = Int32(pieces.count)
      let piece = try accumulator.finish(groupCount: 1)
      try meter.take(ListRoom(of: [piece]).elementCount(of: 0), of: 8)
      pieces.append(piece)
    }
    return try picked(places, of: Column.concatenating(call.function.resultType, pieces))
  }

  private func add(_ range: Range<Int>, to accumulator: any Accumulator) throws {
    var positions = range.map { Int32($0) }
    if let kept { positions = positions.filter { kept[Int($0)] } }
    try accumulator.update(
      groups: [Int32](repeating: 0, count: positions.count), groupCount: 1,
      arguments: arguments.map { $0.taking(positions) })
  }
}
