import ArgumentParser
import Columnar
import Core
import TextFormats
import UnixTool

/// The form of a query's rows.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
  case table
  case json
  case csv

  /// What other tools call `text` is a table here.
  init?(argument: String) { self.init(rawValue: argument == "text" ? "table" : argument) }
}

/// Writes the rows of queries to standard output, batch by batch.
final class ResultWriter {
  private let format: ResultFormat
  private let escapesFormulas: Bool
  private let console: Console
  private var isFirst = true

  init(_ format: ResultFormat, escapesFormulas: Bool, _ console: Console) {
    self.format = format
    self.escapesFormulas = escapesFormulas
    self.console = console
  }

  /// Writes all rows of one query, and tells how many; tables and CSV stand apart from those before
  /// by an empty line.
  func write(_ rows: any BatchSource) throws -> Int {
    if !isFirst, format != .json { try console.write("") }
    isFirst = false
    let console = console
    let put: ([UInt8]) throws -> Void = { try console.output.write($0) }
    switch format {
    case .table:
      let writer = TextTableWriter(rows.schema, to: put)
      let rowCount = try drain(rows, into: writer)
      try writer.finish()
      return rowCount
    case .json:
      let writer = JSONLinesWriter(decimalsAsStrings: true, to: put)
      let rowCount = try drain(rows, into: writer)
      for name in writer.repairedColumns {
        console.warn(
          Fault(
            .data, "'\(name)' has text that is not UTF-8, which is written with U+FFFD",
            remedy: "ask with --format csv for its very bytes"))
      }
      return rowCount
    case .csv:
      let writer = CSVWriter(rows.schema, escapesFormulas: escapesFormulas, to: put)
      let rowCount = try drain(rows, into: writer)
      try writer.finish()
      return rowCount
    }
  }

  private func drain(_ rows: any BatchSource, into sink: any BatchSink) throws -> Int {
    var rowCount = 0
    while let batch = try rows.next() {
      rowCount += batch.rowCount
      try sink.append(batch)
    }
    return rowCount
  }
}
