import Columnar
import Core

/// The frame of each position: from `start[i]` up to `end[i]`; empty when they are equal.
struct WindowFrame {
  private(set) var start: [Int32]
  private(set) var end: [Int32]
  /// Whether each frame is its partition.
  let isPartition: Bool
  /// Whether each frame starts where its partition starts.
  let isRunning: Bool

  init(
    _ frame: WindowCall.Frame, _ order: WindowOrder, _ orderBy: [SortKey], _ batch: Batch,
    _ world: EvaluationContext
  ) throws {
    var startsAtPartition = false
    var endsAtPartition = false
    if case .unboundedPreceding = frame.start { startsAtPartition = true }
    if case .unboundedFollowing = frame.end { endsAtPartition = true }
    // Without an order all rows of a partition are peers.
    let allArePeers = frame.isRange && orderBy.isEmpty
    isRunning = startsAtPartition || allArePeers
    isPartition = isRunning && (endsAtPartition || allArePeers)
    start = order.partitionStart
    end = order.partitionEnd
    if isPartition { return }
    let bounds = FrameBounds(order, orderBy, batch, world)
    start =
      try frame.isRange
      ? bounds.range(frame.start, isStart: true) : bounds.rows(frame.start, isStart: true)
    end =
      try frame.isRange
      ? bounds.range(frame.end, isStart: false) : bounds.rows(frame.end, isStart: false)
    for position in start.indices where end[position] < start[position] {
      end[position] = start[position]
    }
  }
}

/// Computes one end of all frames.
private struct FrameBounds {
  let order: WindowOrder
  let orderBy: [SortKey]
  let batch: Batch
  let world: EvaluationContext

  init(_ order: WindowOrder, _ orderBy: [SortKey], _ batch: Batch, _ world: EvaluationContext) {
    self.order = order
    self.orderBy = orderBy
    self.batch = batch
    self.world = world
  }

  /// ROWS: so many rows away, within the partition.
  func rows(_ bound: WindowCall.Bound, isStart: Bool) throws -> [Int32] {
    let after: Int32 = isStart ? 0 : 1
    switch bound {
    case .unboundedPreceding: return order.partitionStart
    case .unboundedFollowing: return order.partitionEnd
    case .currentRow: return fillRows(order.count) { Int32($0) + after }
    case .preceding(let distance):
      let offsets = try offsets(distance)
      return fillRows(order.count) { clamp(Int($0) - offsets[$0] + Int(after), $0) }
    case .following(let distance):
      let offsets = try offsets(distance)
      return fillRows(order.count) { clamp(Int($0) + offsets[$0] + Int(after), $0) }
    }
  }

  /// RANGE: peers, or rows whose key lies within a distance.
  func range(_ bound: WindowCall.Bound, isStart: Bool) throws -> [Int32] {
    switch bound {
    case .unboundedPreceding: return order.partitionStart
    case .unboundedFollowing: return order.partitionEnd
    case .currentRow: return isStart ? order.peerStart : order.peerEnd
    case .preceding(let distance): return try range(distance, sign: -1, isStart: isStart)
    case .following(let distance): return try range(distance, sign: 1, isStart: isStart)
    }
  }

  private func clamp(_ position: Int, _ row: Int) -> Int32 {
    min(max(Int32(clamping: position), order.partitionStart[row]), order.partitionEnd[row])
  }

  /// Distances in rows, which the binder takes as INT only.
  private func offsets(_ distance: Expression) throws -> [Int] {
    let column = try Evaluator(distance, in: world).evaluate(batch)
      .cast(to: .int, isTry: false).taking(order.rows)
    return mapRows(column.int32s) { Int($0) }
  }

  private func range(_ distance: Expression, sign: Double, isStart: Bool) throws -> [Int32] {
    guard order.keys.count == 1 else {
      throw Fault(
        .configuration, at: distance.place, "a RANGE with a distance wants one ORDER BY key",
        remedy: "order by one number or date, or use ROWS")
    }
    let key = order.keys[0]
    let isDescending = orderBy[0].isDescending
    // Doubles hold days, microseconds of this age and most amounts exactly.
    var values = try FrameBounds.numbers(key)
    let distances = try FrameBounds.numbers(
      Evaluator(distance, in: world).evaluate(batch).taking(order.rows), beside: key.type)
    if isDescending { values = mapRows(values) { -$0 } }
    return fillRows(order.count) { position in
      if key.isNull(position) {
        return isStart ? order.peerStart[position] : order.peerEnd[position]
      }
      let limit = values[position] + sign * distances[position]
      var low = Int(order.partitionStart[position])
      var high = Int(order.partitionEnd[position])
      // NULLs stand together at one end and are in no frame of a value.
      while low < high, key.isNull(low) { low = Int(order.peerEnd[low]) }
      while high > low, key.isNull(high - 1) { high = Int(order.peerStart[high - 1]) }
      while low < high {
        let middle = (low + high) / 2
        if isStart ? values[middle] < limit : values[middle] <= limit {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return Int32(low)
    }
  }

  /// Keys and distances as numbers of one unit.
  private static func numbers(_ column: Column, beside key: DataType? = nil) throws -> [Double] {
    switch column.type {
    case .date: return mapRows(column.int32s) { Double($0) }
    case .timestamp: return mapRows(column.int64s) { Double($0) }
    case .interval:
      guard case .structure(let parts) = column.values else { return [] }
      let days = parts[1].int32s
      let times = parts[2].int64s
      let unit = key == .date ? 1.0 : Double(Timestamp.microsecondsPerDay)
      let time = key == .date ? Double(Timestamp.microsecondsPerDay) : 1
      if parts[0].int32s.contains(where: { $0 != 0 }) {
        throw dataFault(
          "months have no fixed length for a RANGE", remedy: "give the distance in days")
      }
      return mapRows(days, times) { Double($0) * unit + Double($1) / time }
    default: return try column.cast(to: .double, isTry: false).doubles
    }
  }
}
