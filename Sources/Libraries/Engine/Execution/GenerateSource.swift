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
      var rows: [Int32] = []
      var places: [Int32] = []
      var positions: [Int32] = []
      rows.reserveCapacity(batch.rowCount)
      for row in 0..<batch.rowCount {
        let range = lists.isNull(row) || lists.type == .null ? 0..<0 : lists.listRange(row)
        if range.isEmpty, generate.isOuter {
          rows.append(Int32(row))
          places.append(-1)
          positions.append(-1)
        }
        for place in range {
          rows.append(Int32(row))
          places.append(Int32(place))
          positions.append(Int32(place - range.lowerBound))
        }
      }
      if rows.isEmpty { continue }
      let generated = columns(lists, places, positions)
      let carried = batch.columns.enumerated().map { position, column in
        generate.unread.contains(position)
          ? Column.nulls(column.type, count: rows.count) : column.taking(rows)
      }
      return Batch(schema, carried + generated, rowCount: rows.count)
    }
    return nil
  }

  private func columns(_ lists: Column, _ places: [Int32], _ positions: [Int32]) -> [Column] {
    guard case .list(_, let elements) = lists.values else {
      return generate.columns.map { .nulls($0.type, count: places.count) }
    }
    let values = elements.takingOrNull(places)
    switch generate.generator {
    case .inline: return members(values)
    case .explode: return isMap ? members(values) : [values]
    case .posexplode:
      let valid = Bitmap(count: positions.count) { positions[$0] >= 0 }
      let position = Column(
        .int, count: positions.count, validity: valid.unlessAllSet, .int32(positions))
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
