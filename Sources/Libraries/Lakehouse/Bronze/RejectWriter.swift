import Compression
import Core
import JSON
import TextFormats

/// Why a line of an input is no event: the rule that it breaks, and the rule in words.
struct RejectReason {
  var rule: String
  var words: String

  static let torn = RejectReason(rule: "truncated_line", words: "the last line is torn")

  init(rule: String, words: String) {
    self.rule = rule
    self.words = words
  }

  init(_ reason: JSONLineCheck.Reason) {
    switch reason {
    case .noObject: self.init(rule: "valid_json", words: "not a JSON object")
    case .lacks(let field): self.init(rule: "\(field)_present", words: "no '\(field)'")
    }
  }
}

/// Writes the lines of one input that are no events to files of their own, in quarantine's shape.
final class RejectWriter {
  private let lake: Lake
  private let table: LakeTableName
  private let source: String
  private let files: RawFileWriter
  private let compressor: FrameCompressor
  private let pending = ByteBlock(capacity: 0)
  private var pendingCount = 0

  init(
    _ append: BronzeAppend, _ lake: Lake, _ table: LakeTableName, source: String,
    fileByteCount: Int
  ) throws(Fault) {
    self.lake = lake
    self.table = table
    self.source = source
    files = RawFileWriter(
      append, lake.fileSystem, fileByteCount: fileByteCount, isRejected: true)
    compressor = try FrameCompressor()
  }

  /// Sets the line with number `line` of the source aside.
  func append(_ raw: [UInt8], _ reason: RejectReason, line: Int) throws {
    let text = String(decoding: raw, as: UTF8.self)
    let row: JSONValue = [
      "raw": .string(text),
      "rule": .string(reason.rule),
      "reason": .string(reason.words),
      "source_file": .string(source),
      "source_line": JSONValue(line),
      "table_name": .string("\(table)"),
      "quarantined_at": .string("\(lake.clock.now)"),
      "run_id": .string("\(lake.runID)"),
      // Bytes that are no text are kept as they were, so that the line can be replayed.
      "raw_hex": text.utf8.elementsEqual(raw) ? .null : .string(hexText(raw)),
    ]
    pending.append(JSONWriter.bytes(row)[...])
    pending.append([UInt8(ascii: "\n")])
    pendingCount += 1
    if pending.count >= EventBlock.byteCount { try write() }
  }

  /// Gives the files their names.
  func publish() throws {
    try write()
    try files.publish()
  }

  func discard() { files.discard() }

  private func write() throws {
    guard pendingCount > 0 else { return }
    try files.append(
      frame: try compressor.compress(pending.bytes), lineByteCount: pending.count,
      rowCount: pendingCount)
    pending.truncate(to: 0)
    pendingCount = 0
  }
}
