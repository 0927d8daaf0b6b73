package import Columnar
import Core

/// Writes batches as CSV of RFC 4180 with `\n` behind each record. NULL is a field without text,
/// empty text a pair of quotes; dates and timestamps are written as RFC 3339, arrays and structures
/// as JSON.
///
/// A spreadsheet computes a text that begins as a formula does, and a formula may send data away or
/// start a program. With `escapesFormulas` such a text has an apostrophe before it, which
/// spreadsheets take for the sign of a text; numbers stay.
package final class CSVWriter: BatchSink {
  /// Bytes are put out about this many at a time.
  private static let pieceByteCount = 256 << 10

  private let separator: UInt8
  private let escapesFormulas: Bool
  private let output: ([UInt8]) throws -> Void
  private var header: [String]?

  /// A writer that gives what it writes to `output`, whole records at a time; with `header` the
  /// first record names the columns of `schema`.
  package init(
    _ schema: Schema, header: Bool = true, separator: UInt8 = UInt8(ascii: ","),
    escapesFormulas: Bool = false, to output: @escaping ([UInt8]) throws -> Void
  ) {
    self.separator = separator
    self.escapesFormulas = escapesFormulas
    self.output = output
    self.header = header ? schema.names : nil
  }

  /// Rows of texts under `names` as CSV; nil is NULL.
  package static func text(
    _ names: [String], _ rows: [[String?]], escapesFormulas: Bool = false
  ) -> String {
    let writer = CSVWriter(Schema([]), header: false, escapesFormulas: escapesFormulas) { _ in }
    var bytes: [UInt8] = []
    for row in [names] + rows { writer.append(record: row, to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  package func append(_ batch: Batch) throws {
    var bytes: [UInt8] = []
    putHeader(&bytes)
    for row in 0..<batch.rowCount {
      for (index, column) in batch.columns.enumerated() {
        if index > 0 { bytes.append(separator) }
        append(column, row, to: &bytes)
      }
      bytes.append(0x0A)
      if bytes.count >= CSVWriter.pieceByteCount {
        try output(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    if !bytes.isEmpty { try output(bytes) }
  }

  /// Writes the header if nothing has been written yet.
  package func finish() throws {
    var bytes: [UInt8] = []
    putHeader(&bytes)
    if !bytes.isEmpty { try output(bytes) }
  }

  private func putHeader(_ bytes: inout [UInt8]) {
    guard let names = header else { return }
    header = nil
    append(record: names, to: &bytes)
  }

  private func append(record texts: [String?], to bytes: inout [UInt8]) {
    for (index, text) in texts.enumerated() {
      if index > 0 { bytes.append(separator) }
      if let text { append(text: Array(text.utf8)[...], to: &bytes) }
    }
    bytes.append(0x0A)
  }

  private func append(_ column: Column, _ row: Int, to bytes: inout [UInt8]) {
    guard !column.isNull(row) else { return }
    switch column.values {
    case .bytes(let runs): append(text: runs[row], to: &bytes)
    case .dictionary(let codes, let dictionary):
      append(text: dictionary.values[Int(codes[row])], to: &bytes)
    case .boolean(let values): bytes.append(contentsOf: (values[row] ? "true" : "false").utf8)
    case .int32(let values) where column.type == .date:
      bytes.append(contentsOf: CivilDate(dayNumber: values[row]).description.utf8)
    case .int32(let values): bytes.append(contentsOf: String(values[row]).utf8)
    case .int64(let values): bytes.append(contentsOf: text(values[row], column.type).utf8)
    case .int128(let values):
      let value = Decimal(unscaled: values[row], scale: column.type.scale)
      bytes.append(contentsOf: value.description.utf8)
    case .double(let values):
      let value = values[row]
      bytes.append(
        contentsOf: (column.type == .float ? "\(Float(value))" : "\(value)").utf8)
    case .list, .structure:
      var json: [UInt8] = []
      JSONRowFormatter.append(column, row, to: &json)
      append(text: json[...], to: &bytes)
    }
  }

  private func text(_ value: Int64, _ type: DataType) -> String {
    switch type {
    case .timestamp: Timestamp(microseconds: value).description
    case .decimal(_, let scale): Decimal(unscaled: Int128(value), scale: scale).description
    default: String(value)
    }
  }

  /// Text in quotes where it must be.
  private func append(text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let isFormula = escapesFormulas && Formula.begins(text)
    let isPlain =
      !text.isEmpty && !isFormula
      && text.allSatisfy { byte in
        byte != quote && byte != separator && byte != 0x0A && byte != 0x0D
          && !(escapesFormulas && Formula.separators.contains(byte))
      }
    guard !isPlain else {
      bytes.append(contentsOf: text)
      return
    }
    bytes.append(quote)
    if isFormula { bytes.append(UInt8(ascii: "'")) }
    for byte in text {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
