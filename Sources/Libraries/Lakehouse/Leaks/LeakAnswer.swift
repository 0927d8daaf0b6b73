import Columnar
import Core
import Engine
import LakeQuery
import TextFormats

/// What came of a question, in every form in which it can be told.
struct LeakAnswer {
  /// So many rows are put into each of the forms.
  private static let formedRowCount = 200

  /// The rows, sorted: each as the texts of its values.
  private(set) var rows: [[String]] = []
  /// The words of the fault that it ended with; without a place, which is the question's.
  private(set) var fault: Fault?
  /// The first rows as tables, as JSON and as CSV, and the fault's words.
  private(set) var forms = ""

  /// Asks `question` of `tables`.
  init(_ question: String, of tables: any Catalog, _ context: QueryContext) throws {
    do {
      try QueryScript(question, file: "leak test").run(over: tables, context, views: []) { source in
        try take(source)
      }
    } catch let fault as Fault {
      self.fault = fault
      forms += "\(fault)"
    }
    rows.sort { $0.lexicographicallyPrecedes($1) }
  }

  private mutating func take(_ source: any BatchSource) throws -> Int {
    var text: [UInt8] = []
    let put: ([UInt8]) throws -> Void = { text += $0 }
    var left = Self.formedRowCount
    while let batch = try source.next() {
      for row in 0..<batch.rowCount {
        rows.append(batch.columns.map { $0.isNull(row) ? "NULL" : $0.sparkText(at: row) })
      }
      guard left > 0 else { continue }
      let part = batch.taking(first: left)
      left -= part.rowCount
      let table = TextTableWriter(source.schema, to: put)
      try table.append(part)
      try table.finish()
      try JSONLinesWriter(decimalsAsStrings: true, to: put).append(part)
      let csv = CSVWriter(source.schema, escapesFormulas: false, to: put)
      try csv.append(part)
      try csv.finish()
    }
    forms += String(decoding: text, as: UTF8.self)
    return rows.count
  }

  /// The rows and the fault's words, in one form that knows no widths.
  var text: String {
    (rows.map { $0.joined(separator: " ") } + [fault.map { "\($0.problem); \($0.remedy)" } ?? ""])
      .joined(separator: "\n")
  }

  /// Whether it says the same as `other`, whatever its rows are in order.
  func isSame(as other: LeakAnswer) -> Bool {
    rows == other.rows && fault?.kind == other.fault?.kind && fault?.problem == other.fault?.problem
      && fault?.remedy == other.fault?.remedy
  }
}

extension Batch {
  /// The first rows, `count` at most.
  fileprivate func taking(first count: Int) -> Batch {
    guard rowCount > count else { return self }
    let rows = (0..<Int32(count)).map { $0 }
    return Batch(schema, columns.map { $0.taking(rows) }, rowCount: count)
  }
}
