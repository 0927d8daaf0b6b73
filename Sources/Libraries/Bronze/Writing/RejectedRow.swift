import Core
import JSON
import LakeJobs

/// The row of quarantine that a line becomes, as a line of JSON.
///
/// A wrong file has millions of lines that are no events, and their rows differ in little: what
/// stays the same from one to the next is written once.
struct RejectedRow {
  /// The row that was written last, with its line break.
  private(set) var bytes: [UInt8] = []
  /// What all rows of a run have.
  private let ofRun: [UInt8]
  /// What rows of one rule and one file have.
  private var ofReason: [UInt8] = []
  private var reason: RejectReason?
  private var source = ""

  init(table: LakeTableName, time: Timestamp, runID: RunID) {
    var bytes: [UInt8] = []
    for (column, text) in [
      (Quarantine.Column.table, "\(table)"), (.quarantinedAt, "\(time)"), (.runID, "\(runID)"),
    ] {
      bytes.appendName(of: column)
      bytes.appendJSONString(text)
    }
    ofRun = bytes
  }

  /// Writes the row of `raw`, its columns in the order that earlier versions gave them.
  mutating func write(
    _ raw: [UInt8], _ reason: RejectReason, at place: LinePlace, header: [UInt8]?
  ) {
    if self.reason != reason || source != place.source { begin(reason, place.source) }
    bytes.removeAll(keepingCapacity: true)
    bytes.append(UInt8(ascii: "{"))
    bytes.appendName(of: .raw)
    let isText = bytes.appendText(raw)
    bytes += ofReason
    bytes.append(contentsOf: String(place.line).utf8)
    bytes += ofRun
    bytes.appendName(of: .rawHex)
    // Bytes that are no text are kept as they were, so that the line can be replayed.
    if isText { bytes += null } else { bytes.appendJSONString(hexText(raw)) }
    bytes.appendName(of: .sourceOffset)
    if let offset = place.offset { bytes += String(offset).utf8 } else { bytes += null }
    bytes.appendName(of: .sourceHeader)
    if let header { _ = bytes.appendText(header) } else { bytes += null }
    bytes.append(UInt8(ascii: "}"))
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func begin(_ reason: RejectReason, _ source: String) {
    self.reason = reason
    self.source = source
    ofReason.removeAll(keepingCapacity: true)
    for (column, text) in [
      (Quarantine.Column.rule, reason.rule), (.reason, reason.words), (.sourceFile, source),
    ] {
      ofReason.appendName(of: column)
      ofReason.appendJSONString(text)
    }
    ofReason.appendName(of: .sourceLine)
  }
}

private let null = Array("null".utf8)

extension [UInt8] {
  /// Appends what stands before the value of a column.
  fileprivate mutating func appendName(of column: Quarantine.Column) {
    if count > 1 || isEmpty { append(UInt8(ascii: ",")) }
    append(UInt8(ascii: "\""))
    append(contentsOf: column.name.utf8)
    append(UInt8(ascii: "\""))
    append(UInt8(ascii: ":"))
  }

  /// Appends a JSON string of `bytes`; tells whether they are text, of which none had to be mended.
  fileprivate mutating func appendText(_ bytes: [UInt8]) -> Bool {
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    if isASCII || String(validating: bytes, as: UTF8.self) != nil {
      bytes.withUnsafeBufferPointer { appendJSONString($0) }
      return true
    }
    appendJSONString(String(decoding: bytes, as: UTF8.self))
    return false
  }
}
