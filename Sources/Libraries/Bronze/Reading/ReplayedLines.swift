import Columnar
import Core
import TextFormats

/// The rows of lines that are replayed, as the bronze table that they stand in would give them, but
/// told by the lines of the file of replays: two replays of one line are two lines.
final class ReplayedLines: BatchSource {
  let schema: Schema
  private let requests: any BatchSource
  private let reader: RawFileReader
  private let columns: [String]
  private let file: RawFile
  private let replayed: ReplayFilter

  /// Those lines that are `replayed` of what the file `file` asks for.
  init(
    _ file: RawFile, _ replayed: ReplayFilter, _ reader: RawFileReader, columns: [String]
  ) throws {
    requests = try reader.requests(of: file)
    self.reader = reader
    self.file = file
    self.replayed = replayed
    schema = reader.outputSchema(columns)
    self.columns = columns
  }

  func next() throws -> Batch? {
    while let batch = try requests.next() {
      let own = replayed.requests(in: batch)
      if own.isEmpty { continue }
      let rows = try rows(of: batch.taking(own.map(Int32.init)))
      if rows.rowCount > 0 { return rows }
    }
    return nil
  }

  private func rows(of batch: Batch) throws -> Batch {
    guard case .bytes(let raw) = batch.columns[0].flattened().values else {
      preconditionFailure("a reader's columns have the types that were asked for")
    }
    var pieces: [Batch] = []
    // Lines that come one after the other and have one header are read at once.
    for run in runs(of: headers(of: batch)) {
      var starts: [Int64: Int32] = [:]
      var text: [UInt8] = run.header.map { Array($0.utf8) + [0x0A] } ?? []
      var line = Int64(1 + text.count { $0 == 0x0A })
      for row in run.rows {
        starts[line] = Int32(row)
        let record = run.header == nil ? Array(raw[row]).onOneLine : Array(raw[row])
        text += record + [0x0A]
        line += Int64(1 + record.count { $0 == 0x0A })
      }
      let source = try reader.rows(
        ofText: text, hasHeader: run.header != nil, columns: columns, at: Place(file.path))
      while let piece = try source.next() { pieces.append(located(piece, batch, starts)) }
    }
    return try Batch.concatenating(schema, pieces)
  }

  /// What the texts of `requests` do not say.
  private func absent(in raw: Column, _ requests: [Int32]) -> Column {
    guard case .bytes(let texts) = raw.flattened().values else {
      preconditionFailure("a reader's columns have the types that were asked for")
    }
    let names = ColumnBuilder(.string, capacity: requests.count)
    for row in requests {
      names.append(reader.absentNames(inText: texts[Int(row)]).map { .string($0) } ?? .null)
    }
    return names.finish()
  }

  private func headers(of batch: Batch) -> [String?] {
    (0..<batch.rowCount).map { row in
      if case .string(let text)? = batch.column("header")?.scalar(at: row) { text } else { nil }
    }
  }

  private func runs(of headers: [String?]) -> [(header: String?, rows: Range<Int>)] {
    var runs: [(header: String?, rows: Range<Int>)] = []
    for (row, header) in headers.enumerated() {
      if let last = runs.last, last.header == header {
        runs[runs.count - 1].rows = last.rows.lowerBound..<(row + 1)
      } else {
        runs.append((header, row..<(row + 1)))
      }
    }
    return runs
  }

  /// `piece` with what is known of its lines from outside; `starts` tells which request of `batch`
  /// a line belongs to.
  private func located(_ piece: Batch, _ batch: Batch, _ starts: [Int64: Int32]) -> Batch {
    guard let column = piece.column(BronzeTable.Provenance.line),
      case .int64(let numbers) = column.values
    else { preconditionFailure("a reader tells the lines that were asked for") }
    let requests = numbers.map { number in
      // A record that was mended may have become several.
      starts[number] ?? starts.filter { $0.key <= number }.max { $0.key < $1.key }?.value ?? 0
    }
    let files = batch.columns[1].taking(requests)
    let made = schema.fields.map { field -> Column in
      switch field.name {
      case BronzeTable.Provenance.file:
        return .constant(.string(file.name), .string, count: piece.rowCount)
      case BronzeTable.Provenance.line:
        return batch.column(BronzeTable.Provenance.line)?.taking(requests) ?? column
      case BronzeTable.Provenance.absent.name: return absent(in: batch.columns[0], requests)
      default:
        return piece.column(field.name) ?? reader.partitionColumn(field, of: files)
          ?? .nulls(field.type, count: piece.rowCount)
      }
    }
    return Batch(schema, made, rowCount: piece.rowCount)
  }
}
