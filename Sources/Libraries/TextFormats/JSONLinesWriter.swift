package import Columnar
package import Core
import JSON

/// Writes batches as lines of JSON: an object a row, its keys the columns in order, NULLs as null.
///
/// Dates and timestamps are strings as RFC 3339 writes them, binaries base64, NaN and infinities
/// the strings `NaN`, `Infinity`, `-Infinity`. Maps are objects. Bytes of text that are not UTF-8
/// become U+FFFD: `repairedColumns` tells which columns had some.
package final class JSONLinesWriter: BatchSink {
  /// Bytes are put out about this many at a time.
  private static let pieceByteCount = 256 << 10

  private let decimalsAsStrings: Bool
  private let output: ([UInt8]) throws -> Void
  /// The columns in which some text was not UTF-8, in the order first met.
  package private(set) var repairedColumns: [String] = []

  /// A writer that gives what it writes to `output`, whole lines at a time. Decimals are numbers
  /// with all digits of their scale, or with `decimalsAsStrings` strings of these digits, which no
  /// reader turns into floating point.
  package init(
    decimalsAsStrings: Bool = false, to output: @escaping ([UInt8]) throws -> Void
  ) {
    self.decimalsAsStrings = decimalsAsStrings
    self.output = output
  }

  /// A writer to a file that is being made.
  package convenience init(decimalsAsStrings: Bool = false, to file: any DraftFile) {
    self.init(decimalsAsStrings: decimalsAsStrings) { try file.append($0) }
  }

  package func append(_ batch: Batch) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(JSONLinesWriter.pieceByteCount * 5 / 4)
    let formatter = JSONRowFormatter(batch, decimalsAsStrings: decimalsAsStrings)
    for name in formatter.repairedColumns where !repairedColumns.contains(name) {
      repairedColumns.append(name)
    }
    for row in 0..<batch.rowCount {
      formatter.append(row: row, to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
      if bytes.count >= JSONLinesWriter.pieceByteCount {
        try output(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    if !bytes.isEmpty { try output(bytes) }
  }
}

/// Writes rows of one batch as JSON objects.
package struct JSONRowFormatter {
  private let columns: [Column]
  /// `"name":` for each column.
  private let keys: [[UInt8]]
  private let decimalsAsStrings: Bool
  /// The columns in which some text is not UTF-8; it is written with U+FFFD.
  let repairedColumns: [String]

  package init(_ batch: Batch, decimalsAsStrings: Bool = false) {
    let repaired = batch.columns.indices.filter { !batch.columns[$0].holdsOnlyText }
    repairedColumns = repaired.map { batch.schema.fields[$0].name }
    var columns = batch.columns
    for position in repaired { columns[position] = columns[position].repairingTexts() }
    self.columns = columns
    keys = batch.schema.names.map(JSONRowFormatter.key)
    self.decimalsAsStrings = decimalsAsStrings
  }

  /// Appends the object of one row, without a line break.
  package func append(row: Int, to bytes: inout [UInt8]) {
    appendObject(keys, columns, row, to: &bytes)
  }

  /// Each row of `batch` as a JSON object.
  package static func texts(of batch: Batch) -> ByteRuns {
    let formatter = JSONRowFormatter(batch)
    var runs = ByteRuns()
    for row in 0..<batch.rowCount {
      var text: [UInt8] = []
      formatter.append(row: row, to: &text)
      runs.append(text)
    }
    return runs
  }

  /// Appends one value of a column.
  static func append(_ column: Column, _ row: Int, to bytes: inout [UInt8]) {
    let batch = Batch(Schema([]), [], rowCount: column.count)
    var text: [UInt8] = []
    JSONRowFormatter(batch).append(column, row, to: &text)
    bytes += text.isUTF8 ? text : Array(String(decoding: text, as: UTF8.self).utf8)
  }

  private func appendObject(
    _ keys: [[UInt8]], _ columns: [Column], _ row: Int, to bytes: inout [UInt8]
  ) {
    bytes.append(UInt8(ascii: "{"))
    for (index, column) in columns.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: keys[index])
      append(column, row, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private func append(_ column: Column, _ row: Int, to bytes: inout [UInt8]) {
    if column.isNull(row) {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    switch column.values {
    case .boolean(let values):
      bytes.append(contentsOf: (values[row] ? "true" : "false").utf8)
    case .int32(let values):
      if column.type == .date {
        append(quoted: CivilDate(dayNumber: values[row]).description, to: &bytes)
      } else {
        bytes.append(contentsOf: String(values[row]).utf8)
      }
    case .int64(let values): append(values[row], column.type, to: &bytes)
    case .int128(let values):
      append(Decimal(unscaled: values[row], scale: column.type.scale), to: &bytes)
    case .double(let values): append(values[row], column.type, to: &bytes)
    case .bytes(let runs): append(runs[row], column.type, to: &bytes)
    case .dictionary(let codes, let dictionary):
      append(dictionary.values[Int(codes[row])], column.type, to: &bytes)
    case .list(let offsets, let elements):
      appendList(Int(offsets[row])..<Int(offsets[row + 1]), elements, column.type, to: &bytes)
    case .structure(let members):
      let keys = column.type.fields.map { JSONRowFormatter.key($0.name) }
      appendObject(keys, members, row, to: &bytes)
    }
  }

  private func appendList(
    _ rows: Range<Int>, _ elements: Column, _ type: DataType, to bytes: inout [UInt8]
  ) {
    guard case .map = type, case .structure(let entry) = elements.values else {
      bytes.append(UInt8(ascii: "["))
      for row in rows {
        if row > rows.lowerBound { bytes.append(UInt8(ascii: ",")) }
        append(elements, row, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
      return
    }
    bytes.append(UInt8(ascii: "{"))
    for row in rows {
      if row > rows.lowerBound { bytes.append(UInt8(ascii: ",")) }
      appendKey(entry[0], row, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      append(entry[1], row, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// A key is a string, whatever type it has.
  private func appendKey(_ keys: Column, _ row: Int, to bytes: inout [UInt8]) {
    var key: [UInt8] = []
    append(keys, row, to: &key)
    if key.first == UInt8(ascii: "\"") {
      bytes.append(contentsOf: key)
    } else {
      key.withUnsafeBufferPointer { bytes.appendJSONString($0) }
    }
  }

  private func append(_ value: Int64, _ type: DataType, to bytes: inout [UInt8]) {
    switch type {
    case .timestamp:
      append(quoted: Timestamp(microseconds: value).description, to: &bytes)
    case .decimal(_, let scale):
      append(Decimal(unscaled: Int128(value), scale: scale), to: &bytes)
    default: bytes.append(contentsOf: String(value).utf8)
    }
  }

  private func append(_ value: Decimal, to bytes: inout [UInt8]) {
    if decimalsAsStrings {
      append(quoted: value.description, to: &bytes)
    } else {
      bytes.append(contentsOf: value.description.utf8)
    }
  }

  private func append(_ value: Double, _ type: DataType, to bytes: inout [UInt8]) {
    if value.isNaN {
      append(quoted: "NaN", to: &bytes)
    } else if value.isInfinite {
      append(quoted: value < 0 ? "-Infinity" : "Infinity", to: &bytes)
    } else {
      bytes.append(contentsOf: (type == .float ? "\(Float(value))" : "\(value)").utf8)
    }
  }

  private func append(_ value: ArraySlice<UInt8>, _ type: DataType, to bytes: inout [UInt8]) {
    if type == .binary {
      append(quoted: base64(value), to: &bytes)
    } else {
      value.withUnsafeBufferPointer { bytes.appendJSONString($0) }
    }
  }

  /// Text in which nothing needs an escape.
  private func append(quoted text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func key(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendJSONString(name)
    bytes.append(UInt8(ascii: ":"))
    return bytes
  }
}

/// RFC 4648's base64, with padding.
func base64(_ bytes: ArraySlice<UInt8>) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  var rest = bytes
  while !rest.isEmpty {
    let group = rest.prefix(3)
    var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    bits <<= UInt32(8 * (3 - group.count))
    for place in 0..<4 {
      let digit = digits[Int(bits >> UInt32(18 - 6 * place) & 63)]
      text.append(place <= group.count ? digit : UInt8(ascii: "="))
    }
    rest = rest.dropFirst(3)
  }
  return String(decoding: text, as: UTF8.self)
}
