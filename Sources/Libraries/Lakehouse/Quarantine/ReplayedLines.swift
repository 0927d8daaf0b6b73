import Columnar
import Core
import TextFormats

/// The rows of lines that are replayed, as the bronze table that they stand in would give them, but
/// told by the lines of the file of replays: two replays of one line are two lines.
final class ReplayedLines: BatchSource {
  let schema: Schema
  private let requests: any BatchSource
  private let reader: RawFileReader
  private let lines: JSONLinesReader
  private let file: RawFile
  private let table: [UInt8]

  /// Those lines of `table` that the replay file `file` asks for.
  init(
    _ file: RawFile, of table: LakeTableName, _ reader: RawFileReader, columns: [String]
  ) throws {
    requests = try reader.requests(of: file)
    self.reader = reader
    self.file = file
    self.table = Array("\(table)".utf8)
    schema = reader.outputSchema(columns)
    lines = try reader.lineReader(columns, predicates: [])
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
    lines.read(LineChunk(lines: text, count: batch.rowCount), at: Place(file.path))
    var pieces: [Batch] = []
    while let piece = try lines.next() { pieces.append(located(piece, batch)) }
    return Batch.concatenating(schema, pieces)
  }

  /// `piece` with what is known of its lines from outside; `batch` has a request for each line.
  private func located(_ piece: Batch, _ batch: Batch) -> Batch {
    guard let column = piece.column(BronzeTable.Provenance.line),
      case .int64(let numbers) = column.values
    else { preconditionFailure("a reader tells the lines that were asked for") }
    let requests = numbers.map { Int32(truncatingIfNeeded: $0 - 1) }
    let files = batch.columns[1].taking(requests)
    let made = schema.fields.map { field -> Column in
      switch field.name {
      case BronzeTable.Provenance.file:
        return .constant(.string(file.name), .string, count: piece.rowCount)
      case BronzeTable.Provenance.line: return batch.columns[5].taking(requests)
      default:
        return piece.column(field.name) ?? reader.partitionColumn(field, of: files)
          ?? .nulls(field.type, count: piece.rowCount)
      }
    }
    return Batch(schema, made, rowCount: piece.rowCount)
  }
}
