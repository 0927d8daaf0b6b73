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

    /// The first row of the batch that came from the line of `row`.
    func start(of row: Int) -> Int {
      var first = row
      while first > 0, numbers[first - 1] == numbers[row],
        files[first - 1] == files[row] || file(of: first - 1).elementsEqual(file(of: row))
      {
        first -= 1
      }
      return first
    }
  }
}
