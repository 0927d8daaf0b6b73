import Columnar
import Core

/// Each input row once for each element of an array or map: LATERAL VIEW.
final class GenerateSource: BatchSource {
  let schema: Schema
  private let input: any BatchSource
  private let generate: LogicalPlan.Generate
  private let argument: Evaluator

  init(_ input: any BatchSource, _ generate: LogicalPlan.Generate, _ clock: Clock) {
    self.input = input
    self.generate = generate
    argument = Evaluator(generate.argument, clock: clock)
    schema = Schema(input.schema.fields + generate.columns)
  }

  func next() throws -> Batch? {
    while let batch = try input.next() {
      let lists = try argument.evaluate(batch)
      let places = ElementPlaces(of: lists, keepsEmpty: generate.isOuter)
      if places.count == 0 { continue }
      let carried = batch.columns.enumerated().map { position, column in
        generate.unread.contains(position)
          ? Column.nulls(column.type, count: places.count) : column.repeating(places.rows)
      }
      return Batch(schema, carried + columns(lists, places), rowCount: places.count)
    }
    return nil
  }

  private func columns(_ lists: Column, _ places: ElementPlaces) -> [Column] {
    guard case .list(_, let elements) = lists.values else {
      return generate.columns.map { .nulls($0.type, count: places.count) }
    }
    let values =
      places.areAll(of: elements) ? elements : elements.takingOrNull(places.elements)
    switch generate.generator {
    case .inline: return members(values)
    case .explode: return isMap ? members(values) : [values]
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

/// For each row that comes out: the row it comes from, the element it holds and that element's
/// place in its list; both negative for a list without elements.
private struct ElementPlaces {
  private(set) var rows: [Int32] = []
  private(set) var elements: [Int32] = []
  private(set) var positions: [Int32] = []
  /// Whether a row comes out that has no element.
  private(set) var hasEmpty = false

  init(of lists: Column, keepsEmpty: Bool) {
    guard case .list(let offsets, _) = lists.values else {
      if keepsEmpty { for row in 0..<lists.count { addEmpty(row) } }
      return
    }
    let capacity = Int(offsets[lists.count] - offsets[0]) + (keepsEmpty ? lists.count : 0)
    rows.reserveCapacity(capacity)
    elements.reserveCapacity(capacity)
    positions.reserveCapacity(capacity)
    for row in 0..<lists.count {
      let start = offsets[row]
      let end = lists.isNull(row) ? start : offsets[row + 1]
      if start == end, keepsEmpty { addEmpty(row) }
      for element in start..<end {
        rows.append(Int32(truncatingIfNeeded: row))  // A batch has fewer than 2^31 rows.
        elements.append(element)
        positions.append(element &- start)
      }
    }
  }

  var count: Int { rows.count }

  /// Whether these are all elements of `column` in their order.
  func areAll(of column: Column) -> Bool {
    !hasEmpty && elements.count == column.count
      && (elements.isEmpty || elements[0] == 0 && Int(elements[count - 1]) == count - 1)
  }

  private mutating func addEmpty(_ row: Int) {
    rows.append(Int32(row))
    elements.append(-1)
    positions.append(-1)
    hasEmpty = true
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
