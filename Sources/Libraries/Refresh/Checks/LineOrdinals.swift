import Bronze
import Columnar

/// Tells which of its line's rows a row is: those that one line of bronze came to are numbered from
/// 1, and come one after the other, batch after batch.
struct LineOrdinals {
  /// The last line of the batches before, and how many rows it has come to.
  private var last: (file: [UInt8], line: Int64, count: Int64)?

  /// The numbers of some rows of the batch that comes next; empty when rows do not tell their line.
  func numbers(of rows: [Int], in batch: Batch) -> [Int64] {
    guard let lines = Lines(batch) else { return [] }
    return rows.map { row in
      let first = lines.start(of: row)
      return Int64(row - first) + 1 + carried(to: first, lines)
    }
  }

  /// Goes on to the batch after `batch`.
  mutating func pass(_ batch: Batch) {
    guard batch.rowCount > 0, let lines = Lines(batch) else { return }
    let row = batch.rowCount - 1
    let first = lines.start(of: row)
    let count = Int64(row - first) + 1 + carried(to: first, lines)
    last = (Array(lines.file(of: row)), lines.numbers[row], count)
  }

  /// How many rows of the line that begins at `first` came in batches before.
  private func carried(to first: Int, _ lines: Lines) -> Int64 {
    guard first == 0, let last, lines.numbers[0] == last.line,
      lines.file(of: 0).elementsEqual(last.file)
    else { return 0 }
    return last.count
  }
}

/// Tells where the rows of a line begin, among rows that come one line after the other, batch after
/// batch.
struct LineStarts {
  /// The line of the last row.
  private var last: (file: [UInt8], line: Int64)?

  /// Whether each of some rows of the batch that comes next (nil: of all) is the first of its line
  /// among them; true where rows do not tell their line.
  mutating func starts(of rows: [Int]?, in batch: Batch) -> [Bool] {
    let count = rows?.count ?? batch.rowCount
    guard let lines = Lines(batch), count > 0 else {
      return [Bool](repeating: true, count: count)
    }
    var starts = [Bool](repeating: true, count: count)
    let first = rows?[0] ?? 0
    if let last, last.line == lines.numbers[first], lines.file(of: first).elementsEqual(last.file) {
      starts[0] = false
    }
    for index in 1..<max(1, count) {
      starts[index] = !lines.areSame(rows?[index] ?? index, rows?[index - 1] ?? index - 1)
    }
    let end = rows?[count - 1] ?? count - 1
    last = (Array(lines.file(of: end)), lines.numbers[end])
    return starts
  }
}

/// The lines that the rows of a batch came from.
private struct Lines {
  let numbers: [Int64]
  /// For each row its file, of `names`.
  private let files: [Int32]
  private let names: ByteRuns

  init?(_ batch: Batch) {
    guard let lines = batch.column(BronzeTable.Provenance.line),
      case .int64(let numbers) = lines.values,
      let column = batch.column(BronzeTable.Provenance.file)
    else { return nil }
    self.numbers = numbers
    switch column.values {
    case .dictionary(let codes, let dictionary):
      files = codes
      names = dictionary.values
    case .bytes(let runs):
      files = (0..<runs.count).map(Int32.init)
      names = runs
    default: return nil
    }
  }

  func file(of row: Int) -> ArraySlice<UInt8> { names[Int(files[row])] }

  /// Whether two rows came from one line.
  func areSame(_ row: Int, _ other: Int) -> Bool {
    numbers[row] == numbers[other]
      && (files[row] == files[other] || file(of: row).elementsEqual(file(of: other)))
  }

  /// The first row of the batch that came from the line of `row`.
  func start(of row: Int) -> Int {
    var first = row
    while first > 0, areSame(first - 1, row) { first -= 1 }
    return first
  }
}
