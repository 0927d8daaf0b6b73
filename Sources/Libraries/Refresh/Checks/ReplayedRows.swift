import Bronze
import Columnar

/// Which rows of their lines are replayed. A replay stands for its row: wherever the line is read
/// from its own file again, as by a full refresh, that row is left to the replay.
struct ReplayedRows: Sendable {
  /// A row of a line of bronze.
  private struct Place: Hashable {
    var file: [UInt8]
    var line: Int64
    var row: Int64
  }

  /// A line of a file of replays.
  private struct Request: Hashable {
    var file: [UInt8]
    var line: Int64
  }

  /// The last request for each place.
  private var requests: [Place: Request] = [:]
  /// What these ask for.
  private var places: [Request: Place] = [:]
  /// Whether the rows that are judged are made of lines of replays.
  private let isReplay: Bool

  /// The rows that `microBatch` has to do with: those that it asks for, when it is one of replays,
  /// else those of its files that `replays`, all there ever were, ask for. Nil when there are none.
  init?(_ microBatch: MicroBatch, replays: @autoclosure () throws -> MicroBatch?) throws {
    isReplay = microBatch.step.isReplay
    let asking = try isReplay ? microBatch : replays()
    guard let asking else { return nil }
    for table in asking.tables {
      for (file, source) in try table.replayRequests() {
        while let batch = try source.next() { add(batch, of: file) }
      }
    }
    if places.isEmpty { return nil }
    if !isReplay {
      let files = Set(requests.keys.map(\.file))
      let isConcerned = microBatch.tables.contains { table in
        table.files.contains { files.contains(Array($0.name.utf8)) }
      }
      if !isConcerned { return nil }
    }
  }

  private mutating func add(_ batch: Batch, of file: RawFile) {
    guard let replayed = file.replayed else {
      preconditionFailure("a file of replays tells which of its lines are meant")
    }
    guard case .bytes(let files) = batch.columns[1].flattened().values,
      case .int64(let lines) = batch.columns[2].values,
      case .int64(let rows) = batch.columns[3].values,
      case .int64(let numbers) = batch.column(BronzeTable.Provenance.line)?.values
    else { preconditionFailure("a reader's columns have the types that were asked for") }
    for row in replayed.requests(in: batch) {
      let place = Place(file: Array(files[row]), line: lines[row], row: rows[row])
      let request = Request(file: Array(file.name.utf8), line: numbers[row])
      if let earlier = requests.updateValue(request, forKey: place) { places[earlier] = nil }
      places[request] = place
    }
  }

  /// The rows of `batch` that are taken: those that replays ask for, or those that none stands for.
  /// `numbers` tells which of its line's rows each is.
  func wanted(of batch: Batch, _ numbers: [Int64]) -> [Int32] {
    isReplay ? asked(of: batch, numbers) : unasked(of: batch, numbers)
  }

  /// The rows of `batch`, made of lines of replays, that are asked for.
  private func asked(of batch: Batch, _ numbers: [Int64]) -> [Int32] {
    rows(of: batch, numbers) { file, line, number in
      places[Request(file: file, line: line)]?.row == number
    }
  }

  /// The rows of `batch`, made of lines of bronze, that no replay stands for.
  private func unasked(of batch: Batch, _ numbers: [Int64]) -> [Int32] {
    rows(of: batch, numbers) { file, line, number in
      requests[Place(file: file, line: line, row: number)] == nil
    }
  }

  /// Rows that are taken, told by the lines of bronze that they came from: of rows made of lines of
  /// replays by those that these stand for.
  func located(_ batch: Batch) -> Batch {
    guard isReplay, let origin = Origin(batch) else { return batch }
    let files = ColumnBuilder(.string, capacity: batch.rowCount)
    let lines = ColumnBuilder(.bigint, capacity: batch.rowCount)
    for row in 0..<batch.rowCount {
      let place = places[Request(file: Array(origin.files[row]), line: origin.lines[row])]
      files.append(place.map { .string(String(decoding: $0.file, as: UTF8.self)) } ?? .null)
      lines.append(place.map { .integer($0.line) } ?? .null)
    }
    let made = [
      BronzeTable.Provenance.file: files.finish(), BronzeTable.Provenance.line: lines.finish(),
    ]
    let columns = zip(batch.schema.fields, batch.columns).map { made[$0.name] ?? $1 }
    return Batch(batch.schema, columns, rowCount: batch.rowCount)
  }

  private func rows(
    of batch: Batch, _ numbers: [Int64], where holds: ([UInt8], Int64, Int64) -> Bool
  ) -> [Int32] {
    // A flow that was changed since its rows were set aside may not tell their lines any more: what
    // it makes now is taken as it comes.
    guard let origin = Origin(batch) else { return (0..<batch.rowCount).map(Int32.init) }
    precondition(numbers.count == batch.rowCount, "rows that tell their lines are numbered")
    return (0..<batch.rowCount).filter { row in
      holds(Array(origin.files[row]), origin.lines[row], numbers[row])
    }.map(Int32.init)
  }

  /// Where the rows of a batch say they come from.
  private struct Origin {
    let files: ByteRuns
    let lines: [Int64]

    init?(_ batch: Batch) {
      guard let lines = batch.column(BronzeTable.Provenance.line),
        case .int64(let values) = lines.values,
        let files = batch.column(BronzeTable.Provenance.file)?.flattened(),
        case .bytes(let names) = files.values
      else { return nil }
      self.files = names
      self.lines = values
    }
  }
}
