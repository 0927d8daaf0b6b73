import Columnar

/// Which rows of their lines are replayed: the others of these lines were published.
struct ReplayedRows: Sendable {
  private struct Place: Hashable {
    var file: [UInt8]
    var line: Int64
    var row: Int64
  }

  private var places: Set<Place> = []

  /// The rows that a pull of replays asks for.
  init(_ pull: StreamPull) throws {
    for table in pull.tables {
      for source in try table.replayRequests() {
        while let batch = try source.next() { add(batch) }
      }
    }
  }

  private mutating func add(_ batch: Batch) {
    guard case .bytes(let files) = batch.columns[1].flattened().values,
      case .int64(let lines) = batch.columns[2].values,
      case .int64(let rows) = batch.columns[3].values
    else { return }
    for row in 0..<batch.rowCount {
      places.insert(Place(file: Array(files[row]), line: lines[row], row: rows[row]))
    }
  }

  /// The rows of `batch` that are asked for; `numbers` tells which of its line's rows each is.
  func wanted(_ batch: Batch, _ numbers: [Int64]) -> [Int32] {
    guard numbers.count == batch.rowCount,
      let lines = batch.column(BronzeTable.Provenance.line), case .int64(let values) = lines.values,
      let files = batch.column(BronzeTable.Provenance.file)?.flattened(),
      case .bytes(let names) = files.values
    else { return [] }
    return (0..<batch.rowCount).filter { row in
      places.contains(Place(file: Array(names[row]), line: values[row], row: numbers[row]))
    }.map(Int32.init)
  }
}
