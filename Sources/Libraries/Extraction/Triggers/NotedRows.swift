import Bronze
import Core
import Database

/// Noted changes on their way into bronze.
final class NotedRows {
  private(set) var summary = ExtractionSummary()
  /// When the last of them happened: a clock that went back tells the next microsecond.
  private(set) var moment: Timestamp
  private let writer: ChangeWriter
  private let form: ChangeWriter.Form
  private let columns: [String]
  private let keyCount: Int
  private let place: Place
  private var row = RowTexts()
  private var text: [UInt8] = []
  /// What the source said of the last change's moment.
  private var lastText = ""
  private var foreign = ForeignTexts()

  init(
    _ triggers: SourceTriggers, _ table: ExtractedTable, into append: BronzeAppend,
    since state: TriggerState, _ fileSystem: any FileSystem
  ) {
    columns = triggers.columns
    keyCount = triggers.keyCount
    place = Place(table.name)
    writer = ChangeWriter(into: append, after: state.sequence, fileSystem)
    form = writer.form(of: columns)
    moment = state.moment
  }

  var lastSequence: Int64 { writer.lastSequence }

  /// Text that is not UTF-8, by column.
  var foreignTexts: [(column: String, found: Oddity)] { foreign.byColumn }

  /// Writes a change whose values stand from column 4 of `rows` on. Doubtful notes are none: the
  /// statement that left them took no row away.
  func write(_ operation: String, _ text: String, _ rows: SQLiteRows) throws {
    if operation == "?" { return }
    guard let operation = ChangeOperation(rawValue: operation) else {
      throw Fault(
        .data, at: place, "the table of changes holds an operation '\(operation)'",
        remedy: "leave _medallion_changes to the triggers; run --teardown, then --setup")
    }
    advance(to: text)
    row.removeAll()
    for column in columns.indices { append(rows, column) }
    foreign.note(row, columns, key)
    try writer.append(operation, row, form, at: moment)
    summary.read += 1
    switch operation {
    case .read, .create: summary.created += 1
    case .update: summary.updated += 1
    case .delete: summary.deleted += 1
    }
  }

  func finish() throws(Fault) { try writer.finish() }

  private func append(_ rows: SQLiteRows, _ column: Int) {
    text.removeAll(keepingCapacity: true)
    if rows.appendText(column + 4, to: &text) { row.append(text) } else { row.appendNull() }
  }

  private func advance(to text: String) {
    guard text != lastText else { return }
    lastText = text
    let said = Timestamp(parsing: text) ?? moment
    moment = said > moment ? said : moment.adding(microseconds: 1) ?? moment
  }

  private var key: String {
    (0..<keyCount).map { index in
      row[index].map { String(decoding: $0, as: UTF8.self) } ?? "NULL"
    }.joined(separator: ", ")
  }
}
