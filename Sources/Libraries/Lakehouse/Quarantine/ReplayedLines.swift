import Columnar
import Core
import TextFormats

/// The rows of lines that are replayed, as the bronze table that they stand in would give them.
final class ReplayedLines: BatchSource {
  let schema: Schema
  private let requests: any BatchSource
  private let reader: RawFileReader
  private let columns: [String]
  private let lines: JSONLinesReader
  private let place: Place
  private let table: [UInt8]

  /// Those lines of `table` that the replay file at `place` asks for by `requests`.
  init(
    _ requests: any BatchSource, of table: LakeTableName, _ reader: RawFileReader,
    columns: [String], at place: Place
  ) throws {
    self.requests = requests
    self.reader = reader
    self.columns = columns
    self.place = place
    self.table = Array("\(table)".utf8)
    schema = reader.outputSchema(columns)
    lines = try reader.lineReader(
      columns + [BronzeTable.Provenance.line, BronzeTable.Provenance.raw], predicates: [])
  }

  func next() throws -> Batch? {
    while let batch = try requests.next() {
      guard case .bytes(let tables) = batch.columns[4].flattened().values else { continue }
      let own = (0..<batch.rowCount).filter { tables[$0].elementsEqual(table) }
      if own.isEmpty { continue }
      let rows = try rows(of: batch.taking(own.map(Int32.init)))
      if rows.rowCount > 0 { return rows }
    }
    return nil
  }

  private func rows(of batch: Batch) throws -> Batch {
    var text: [UInt8] = []
    guard case .bytes(let raw) = batch.columns[0].flattened().values else {
      return Batch(schema, [], rowCount: 0)
    }
    for row in 0..<batch.rowCount {
      // A line break within the text of a record is space between tokens.
      text.append(contentsOf: raw[row].lazy.map { $0 == 0x0A ? 0x20 : $0 })
      text.append(0x0A)
    }
    lines.read(LineChunk(lines: text, count: batch.rowCount), at: place)
    var pieces: [Batch] = []
    while let piece = try lines.next() { pieces.append(located(piece, batch)) }
    return Batch.concatenating(schema, pieces)
  }

  /// `piece` with the places that its lines had; `batch` has one for each line.
  private func located(_ piece: Batch, _ batch: Batch) -> Batch {
    guard let column = piece.column(BronzeTable.Provenance.line),
      case .int64(let numbers) = column.values
    else { preconditionFailure("a reader tells the lines that were asked for") }
    let origins = numbers.map { Int32(truncatingIfNeeded: $0 - 1) }
    let files = batch.columns[1].taking(origins)
    let made = schema.fields.map { field -> Column in
      switch field.name {
      case BronzeTable.Provenance.file: return files
      case BronzeTable.Provenance.line: return batch.columns[2].taking(origins)
      default:
        return piece.column(field.name) ?? reader.partitionColumn(field, of: files)
          ?? .nulls(field.type, count: piece.rowCount)
      }
    }
    return Batch(schema, made, rowCount: piece.rowCount)
  }
}
