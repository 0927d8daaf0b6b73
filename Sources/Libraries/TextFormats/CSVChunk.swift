import CSimdjson
import Columnar
import Core

/// Some records, ready to become columns.
struct CSVChunk {
  let bytes: [UInt8]
  let fields: [CSVField]
  let records: [CSVRecord]
  /// Where in a record each declared column stands.
  let positions: [Int?]
  /// How many fields a record should have.
  let fieldCount: Int
  let options: CSVOptions

  /// What is wrong with the form of each record, by row.
  func flaws() -> [Int: String] {
    var flaws: [Int: String] = [:]
    for (row, record) in records.enumerated() {
      switch record.flaw {
      case .openQuote: flaws[row] = "a quote is not closed"
      case .overlong:
        flaws[row] = "the record is longer than \(options.maximumRecordLength) bytes"
      case .strayQuote: flaws[row] = "a quote stands inside a field that is not quoted"
      case .none where beginsWithMark(record):
        flaws[row] = "a byte order mark stands before it: here another file begins"
      case .none:
        if record.fieldCount != fieldCount {
          flaws[row] = "\(counted(record.fieldCount, "field")) instead of \(fieldCount)"
        }
      }
    }
    let isText = bytes.withUnsafeBufferPointer { medallion_json_is_utf8($0.baseAddress, $0.count) }
    guard !isText else { return flaws }
    for (row, record) in records.enumerated() where flaws[row] == nil {
      let isGood = bytes[Int(record.start)..<Int(record.end)].withUnsafeBufferPointer {
        medallion_json_is_utf8($0.baseAddress, $0.count)
      }
      if !isGood { flaws[row] = "the record is not \(options.encoding.rawValue)" }
    }
    return flaws
  }

  /// Whether a byte order mark stands before a record, which is not the first of its file.
  private func beginsWithMark(_ record: CSVRecord) -> Bool {
    let start = Int(record.start)
    return record.end - record.start >= 3 && bytes[start] == 0xEF && bytes[start + 1] == 0xBB
      && bytes[start + 2] == 0xBF
  }

  /// Calls `take` for each record with the text of its field at `position`, nil where it is NULL.
  @inline(__always)
  func forEachField(at position: Int?, _ take: (_ row: Int, _ text: TextBytes?) -> Void) {
    let nullText = Array(options.nullValue.utf8)
    let emptyText = options.emptyValue.map { Array($0.utf8) }
    bytes.withUnsafeBufferPointer { bytes in
      for row in records.indices {
        let record = records[row]
        guard let position, position < record.fieldCount else {
          take(row, nil)
          continue
        }
        let field = fields[record.firstField + position]
        var text = TextBytes(rebasing: bytes[Int(field.start)..<Int(field.end)])
        if options.trimsSpaces, !field.isQuoted { text = text.trimmed }
        if text.isEmpty {
          guard field.isQuoted, let emptyText else {
            take(row, nil)
            continue
          }
          emptyText.withUnsafeBufferPointer { take(row, $0) }
        } else if !nullText.isEmpty, text.elementsEqual(nullText) {
          take(row, nil)
        } else if field.isEscaped {
          unescaped(text).withUnsafeBufferPointer { take(row, $0) }
        } else {
          take(row, text)
        }
      }
    }
  }

  /// The text of a quoted field without its escapes.
  private func unescaped(_ text: TextBytes) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      let byte = text[position]
      let isEscape =
        byte == options.escape && position + 1 < text.count
        && (text[position + 1] == options.quote || text[position + 1] == options.escape)
      if isEscape { position += 1 }
      result.append(text[position])
      position += 1
    }
    return result
  }
}
