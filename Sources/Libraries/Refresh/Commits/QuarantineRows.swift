import Bronze
import Columnar
import Core
import Engine
import LakeJobs
import TextFormats

/// Gathers rows that broke a rule, as rows of the quarantine table; many are set aside on disk.
final class QuarantineRows: @unchecked Sendable {
  private let lake: Lake
  private let table: LakeTableName
  private let flow: String?
  // Only the thread that gathers touches what was gathered; others make rows.
  private let batches: SpilledBatches
  /// How many rows each rule set aside.
  private(set) var counts: [String: Int] = [:]
  var count: Int { batches.rowCount }

  /// Rows on their way to `table`, by one of its flows where it has any.
  init(lake: Lake, table: LakeTableName, flow: String?, _ context: QueryContext) {
    self.lake = lake
    self.table = table
    self.flow = flow
    batches = SpilledBatches(Quarantine.schema, context)
  }

  /// Adds rows of the quarantine table.
  func append(_ rows: Batch) throws {
    let rules = rows.columns[Quarantine.Column.rule.rawValue]
    for row in 0..<rows.rowCount {
      if case .string(let rule) = rules.scalar(at: row) { counts[rule, default: 0] += 1 }
    }
    try batches.append(rows)
  }

  /// All rows, from the first on each time it is asked for.
  func source() -> any BatchSource { batches.source() }

  /// The rows of `batch` that `verdicts` names a rule for, as rows of the quarantine table; nil
  /// when there are none. `numbers` tells of rows which of their line's rows each is. A row's text
  /// is that of the raw line it came from where the batch has it, else the row itself as JSON.
  func rows(
    of batch: Batch, _ verdicts: [Int32], numbers: ([Int]) -> [Int64],
    rule: (Int32) -> Expectation
  ) -> Batch? {
    let rows = verdicts.indices.filter { verdicts[$0] >= 0 }
    guard !rows.isEmpty else { return nil }
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
    let places = numbers(rows)
    var columns: [Quarantine.Column: Column] = [
      .raw: texts, .rule: names.finish(), .reason: reasons.finish(),
      .table: .constant(.string("\(table)"), .string, count: size),
      .quarantinedAt: .constant(.timestamp(lake.clock.now), .timestamp, count: size),
      .runID: .constant(.string("\(lake.runID)"), .string, count: size),
    ]
    columns[.sourceFile] = broken.column(BronzeTable.Provenance.file)
    columns[.sourceLine] = broken.column(BronzeTable.Provenance.line)
    if !places.isEmpty { columns[.sourceRow] = Column(.bigint, count: size, .int64(places)) }
    if let flow { columns[.flow] = .constant(.string(flow), .string, count: size) }
    return Quarantine.batch(columns, rowCount: size)
  }

  /// Adds rows that lost against others of their key and sequence, with what tells them apart from
  /// those that stand. `broken` has the columns that tell where rows came from.
  func append(lost broken: Batch, row: String, reasons: Column) throws {
    let size = broken.rowCount
    var columns: [Quarantine.Column: Column] = [
      .raw: Self.texts(of: broken),
      .rule: .constant(.string(Self.conflict), .string, count: size), .reason: reasons,
      .table: .constant(.string("\(table)"), .string, count: size),
      .quarantinedAt: .constant(.timestamp(lake.clock.now), .timestamp, count: size),
      .runID: .constant(.string("\(lake.runID)"), .string, count: size),
    ]
    columns[.sourceFile] = broken.column(BronzeTable.Provenance.file)
    columns[.sourceLine] = broken.column(BronzeTable.Provenance.line)
    columns[.sourceRow] = broken.column(row)
    if let flow { columns[.flow] = .constant(.string(flow), .string, count: size) }
    try append(Quarantine.batch(columns, rowCount: size))
  }

  /// The text of each row's line, else the row itself as JSON.
  static func texts(of batch: Batch) -> Column {
    guard let raw = batch.column(BronzeTable.Provenance.raw)?.flattened() else {
      return ownTexts(batch)
    }
    guard raw.hasNulls else { return raw }
    let places = Set(BronzeTable.Provenance.fields.map(\.name))
    let own = batch.selecting(
      batch.schema.fields.indices.filter { !places.contains(batch.schema.fields[$0].name) })
    let texts = ColumnBuilder(.string, capacity: batch.rowCount)
    let owns = ownTexts(own)
    for row in 0..<batch.rowCount {
      texts.append(raw.isNull(row) ? owns.scalar(at: row) : raw.scalar(at: row))
    }
    return texts.finish()
  }

  /// The rule under which such rows are set aside.
  static let conflict = "conflict"

  private static func ownTexts(_ batch: Batch) -> Column {
    Column(.string, count: batch.rowCount, .bytes(JSONRowFormatter.texts(of: batch)))
  }
}
