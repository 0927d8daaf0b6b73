import Columnar
import Core
import TextFormats

/// Gathers rows that broke a rule, as rows of the quarantine table.
final class QuarantineRows {
  private let lake: Lake
  private let table: LakeTableName
  private(set) var batches: [Batch] = []
  private(set) var count = 0

  init(lake: Lake, table: LakeTableName) {
    self.lake = lake
    self.table = table
  }

  /// Adds the rows of `batch` that `verdicts` names a rule for. A row's text is that of the raw
  /// line it came from where the batch has it, else the row itself as JSON.
  func add(_ batch: Batch, _ verdicts: [Int32], rule: (Int32) -> Expectation) {
    let rows = verdicts.indices.filter { verdicts[$0] >= 0 }
    guard !rows.isEmpty else { return }
    let broken = batch.taking(rows.map(Int32.init))
    // Plain text does not hold on to all the lines around it.
    let raw = broken.column(BronzeTable.Provenance.raw)?.flattened()
    let texts = raw ?? Self.ownTexts(broken)
    let names = ColumnBuilder(.string)
    let reasons = ColumnBuilder(.string)
    for row in rows {
      let expectation = rule(verdicts[row])
      names.append(.string(expectation.name))
      let words = expectation.condition.split(whereSeparator: \.isWhitespace)
      reasons.append(.string("not: \(words.joined(separator: " "))"))
    }
    let size = rows.count
    let columns: [Column] = [
      texts, names.finish(), reasons.finish(),
      broken.column(BronzeTable.Provenance.file) ?? .nulls(.string, count: size),
      broken.column(BronzeTable.Provenance.line) ?? .nulls(.bigint, count: size),
      .constant(.string("\(table)"), .string, count: size),
      .constant(.timestamp(lake.clock.now), .timestamp, count: size),
      .constant(.string("\(lake.runID)"), .string, count: size),
    ]
    batches.append(Batch(Quarantine.schema, columns, rowCount: size))
    count += size
  }

  private static func ownTexts(_ batch: Batch) -> Column {
    Column(.string, count: batch.rowCount, .bytes(JSONRowFormatter.texts(of: batch)))
  }
}

extension JSONRowFormatter {
  /// Each row of `batch` as a JSON object.
  static func texts(of batch: Batch) -> ByteRuns {
    let formatter = JSONRowFormatter(batch)
    var runs = ByteRuns()
    for row in 0..<batch.rowCount {
      var text: [UInt8] = []
      formatter.append(row: row, to: &text)
      runs.append(text)
    }
    return runs
  }
}
