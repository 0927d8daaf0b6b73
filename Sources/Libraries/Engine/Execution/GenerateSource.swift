import Columnar
import Core

/// Each input row once for each element of an array or map: LATERAL VIEW.
final class GenerateSource: BatchSource {
  let schema: Schema
  private let input: any BatchSource
  private let generate: LogicalPlan.Generate
  private let argument: Evaluator
  /// The batch whose elements come out now.
  private var current: (batch: Batch, lists: Column, walk: ElementWalk)?

  init(_ input: any BatchSource, _ generate: LogicalPlan.Generate, _ world: EvaluationContext) {
    self.input = input
    self.generate = generate
    argument = Evaluator(generate.argument, in: world)
    schema = Schema(input.schema.fields + generate.columns)
  }

  func next() throws -> Batch? {
    while true {
      if current == nil {
        guard let batch = try input.next() else { return nil }
        let lists = try argument.evaluate(batch)
        let carried = batch.columns.indices.filter { !generate.unread.contains($0) }
        let room = ListRoom(of: carried.map { batch.columns[$0] })
        current = (batch, lists, ElementWalk(of: lists, keepsEmpty: generate.isOuter, room))
      }
      guard let places = current?.walk.next(), let (batch, lists, _) = current else {
        current = nil
        continue
      }
      let carried = batch.columns.enumerated().map { position, column in
        generate.unread.contains(position)
          ? Column.nulls(column.type, count: places.count) : column.repeating(places.rows)
      }
      return Batch(schema, carried + columns(lists, places), rowCount: places.count)
    }
  }

  private func columns(_ lists: Column, _ places: ElementPlaces) -> [Column] {
    guard case .list(_, let elements) = lists.values else {
      return generate.columns.map { .nulls($0.type, count: places.count) }
    }
    let values =
      places.areAll(of: elements) ? elements : elements.takingOrNull(places.elements)
    switch generate.generator {
    case .inline: return members(values)
    case .explode, .range: return isMap ? members(values) : [values]
    case .posexplode:
      let positions = places.positions
      let valid =
        places.hasEmpty ? Bitmap(count: positions.count) { positions[$0] >= 0 } : nil
      let position = Column(.int, count: positions.count, validity: valid, .int32(positions))
      return [position] + (isMap ? members(values) : [values])
    }
  }

  private var isMap: Bool { if case .map = generate.argument.type { true } else { false } }

  /// A structure's members; NULL where the structure is.
  private func members(_ column: Column) -> [Column] {
    guard case .structure(let members) = column.values else { return [column] }
    return members.map {
      Column(
        $0.type, count: $0.count, validity: Bitmap.both($0.validity, column.validity), $0.values)
    }
  }
}

/// The numbers from one to another, a batch of them at a time.
final class RangeSource: BatchSource {
  let schema: Schema
  private var rest: (next: Int64, last: Int64, step: Int64)?

  /// `bounds` are the first number, the last one there may be, and the step.
  init(_ schema: Schema, _ bounds: [Scalar]) {
    self.schema = schema
    let numbers = bounds.map { Int64($0.integer) }
    rest = (numbers[0], numbers[1], numbers[2])
  }

  func next() -> Batch? {
    guard let (first, last, step) = rest else { return nil }
    var values: [Int64] = []
    values.reserveCapacity(Batch.standardRowCount)
    var number = first
    rest = nil
    while step > 0 ? number <= last : number >= last {
      guard values.count < Batch.standardRowCount else {
        rest = (number, last, step)
        break
      }
      values.append(number)
      let (following, isBeyond) = number.addingReportingOverflow(step)
      if isBeyond { break }
      number = following
    }
    guard !values.isEmpty else { return nil }
    return Batch(
      schema, [Column(.bigint, count: values.count, .int64(values))], rowCount: values.count)
  }
}

/// For each row that comes out: the row it comes from, the element it holds and that element's
/// place in its list; both negative for a list without elements.
private struct ElementPlaces {
  var rows: [Int32] = []
  var elements: [Int32] = []
  var positions: [Int32] = []
  /// Whether a row comes out that has no element.
  private(set) var hasEmpty = false

  var count: Int { rows.count }

  /// Whether these are all elements of `column` in their order.
  func areAll(of column: Column) -> Bool {
    !hasEmpty && elements.count == column.count
      && (elements.isEmpty || elements[0] == 0 && Int(elements[count - 1]) == count - 1)
  }

  mutating func addEmpty(_ row: Int) {
    rows.append(Int32(row))
    elements.append(-1)
    positions.append(-1)
    hasEmpty = true
  }
}

/// Goes through the elements of a batch's lists. What comes out at a time is bounded: batches would
/// else grow with each generator over another.
private struct ElementWalk {
  /// So many rows come out at a time at most; those of the lists of most batches do at once.
  private static let limit = 8 * Batch.standardRowCount

  private let lists: Column
  private let keepsEmpty: Bool
  /// What the lists of the rows take that come out with the elements.
  private let carried: ListRoom
  private var row = 0
  /// How many elements of the row have come out.
  private var taken: Int32 = 0

  init(of lists: Column, keepsEmpty: Bool, _ carried: ListRoom) {
    self.lists = lists
    self.keepsEmpty = keepsEmpty
    self.carried = carried
  }

  /// The places that come out next; nil at the end.
  mutating func next() -> ElementPlaces? {
    var places = ElementPlaces()
    guard case .list(let offsets, _) = lists.values else {
      if keepsEmpty { for row in row..<lists.count { places.addEmpty(row) } }
      row = lists.count
      return places.count == 0 ? nil : places
    }
    let wanted = Int(offsets[lists.count] - offsets[row]) + (keepsEmpty ? lists.count - row : 0)
    let capacity = min(wanted, ElementWalk.limit)
    places.rows.reserveCapacity(capacity)
    places.elements.reserveCapacity(capacity)
    places.positions.reserveCapacity(capacity)
    var listRoom = ListRoom.elementCount
    while row < lists.count, places.count < ElementWalk.limit, listRoom > 0 {
      let start = offsets[row]
      let end = lists.isNull(row) ? start : offsets[row + 1]
      if start == end, keepsEmpty { places.addEmpty(row) }
      var room = Int32(ElementWalk.limit - places.count)
      if carried.isTaken {
        let width = max(1, carried.elementCount(of: row))
        room = min(room, Int32(max(1, listRoom / width)))
        listRoom -= width * Int(min(room, max(1, end - start - taken)))
      }
      let stop = end - start - taken > room ? start + taken + room : end
      for element in start + taken..<stop {
        places.rows.append(Int32(truncatingIfNeeded: row))  // A batch has fewer than 2^31 rows.
        places.elements.append(element)
        places.positions.append(element &- start)
      }
      taken = stop == end ? 0 : stop - start
      if stop == end { row += 1 }
    }
    return places.count == 0 ? nil : places
  }
}

extension Column {
  /// The values at `rows`, most of which come several times: text becomes a dictionary instead of
  /// being copied.
  fileprivate func repeating(_ rows: [Int32]) -> Column {
    guard case .bytes(let runs) = values else { return taking(rows) }
    return Column(
      type, count: rows.count, validity: validity?.taking(rows),
      .dictionary(codes: rows, dictionary: ByteDictionary(runs, isOfOneBatch: true)))
  }
}
