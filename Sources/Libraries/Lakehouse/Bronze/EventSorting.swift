import Columnar
import Compression
import Core
import JSON
import TextFormats

/// Sorts the lines of one input into events and rejects, each into a file of its own.
final class EventSorting {
  private(set) var acceptedCount = 0
  private(set) var rejectedCount = 0
  private(set) var firstRejectedLine: Int?
  private(set) var firstReason: String?

  private let name: String
  private let append: BronzeAppend
  private let lake: Lake
  private let table: LakeTableName
  private let requiredFields: [String]
  private let reader: JSONLinesReader
  private let events: RawFileWriter
  private let rejects: RawFileWriter

  private static let rawColumn = "_raw"
  private static let lineColumn = "_line"
  private static let corruptColumn = "_corrupt_record"

  init(
    name: String, _ bytes: any ByteSource, _ append: BronzeAppend, _ lake: Lake,
    _ table: LakeTableName, _ requiredFields: [String]
  ) throws {
    self.name = name
    self.append = append
    self.lake = lake
    self.table = table
    self.requiredFields = requiredFields
    var fields = requiredFields.map { Field($0, .string) }
    fields.append(Field(Self.corruptColumn, .string))
    reader = try JSONLinesReader(
      bytes, schema: Schema(fields),
      options: JSONLinesOptions(
        rawColumn: Self.rawColumn, lineNumberColumn: Self.lineColumn, spreadsArrays: false),
      at: Place(name))
    events = try RawFileWriter(append, lake.fileSystem, isRejected: false)
    rejects = try RawFileWriter(append, lake.fileSystem, isRejected: true)
  }

  var lineCount: Int { acceptedCount + rejectedCount }

  /// Reads all lines.
  func run(_ progress: (String, Int) -> Void) throws {
    while let batch = try reader.next() {
      try sort(batch)
      progress(name, lineCount)
    }
  }

  /// Gives the files their names; they count once the commit names them.
  func publish() throws(Fault) {
    try events.publish(rowCount: acceptedCount)
    try rejects.publish(rowCount: rejectedCount)
  }

  func discard() {
    events.discard()
    rejects.discard()
  }

  private func sort(_ batch: Batch) throws {
    let raw = Self.bytes(of: batch, Self.rawColumn)
    let lines = batch.column(Self.lineColumn)
    let corrupt = batch.column(Self.corruptColumn)
    let fields = requiredFields.map { (name: $0, column: batch.column($0)?.flattened()) }
    for row in 0..<batch.rowCount {
      guard var reason = Self.reason(row, corrupt, fields) else {
        try events.append(line: raw[row])
        acceptedCount += 1
        continue
      }
      rejectedCount += 1
      let line = lines?.scalar(at: row)
      let number: Int? = if case .integer(let value) = line { Int(value) } else { nil }
      if number.map(Int64.init) == reader.lineCount, !reader.endsWithLineBreak {
        reason = ("truncated_line", "the last line is torn")
      }
      if firstReason == nil {
        firstReason = reason.words
        firstRejectedLine = number
      }
      try rejects.append(
        line: JSONWriter.bytes(reject(raw[row], reason, number))[...])
    }
  }

  private static func bytes(of batch: Batch, _ name: String) -> ByteRuns {
    guard let column = batch.column(name)?.flattened(), case .bytes(let runs) = column.values
    else { return ByteRuns() }
    return runs
  }

  /// Why row `row` is not an event; nil when it is one.
  private static func reason(
    _ row: Int, _ corrupt: Column?, _ fields: [(name: String, column: Column?)]
  ) -> (rule: String, words: String)? {
    if let corrupt, !corrupt.isNull(row) { return ("valid_json", "not a JSON object") }
    for (name, column) in fields {
      guard let column, !column.isNull(row), case .bytes(let runs) = column.values,
        !runs[row].isEmpty
      else { return ("\(name)_present", "no '\(name)'") }
    }
    return nil
  }

  private func reject(
    _ raw: ArraySlice<UInt8>, _ reason: (rule: String, words: String), _ line: Int?
  ) -> JSONValue {
    let text = String(decoding: raw, as: UTF8.self)
    return [
      "raw": .string(text),
      "rule": .string(reason.rule),
      "reason": .string(reason.words),
      "source_file": .string(name),
      "source_line": line.map { JSONValue($0) } ?? .null,
      "table_name": .string("\(table)"),
      "quarantined_at": .string("\(lake.clock.now)"),
      "run_id": .string("\(lake.runID)"),
      // Bytes that are no text are kept as they were, so that the line can be replayed.
      "raw_hex": text.utf8.elementsEqual(raw) ? .null : .string(hexText(raw)),
    ]
  }
}

/// Writes lines to a compressed bronze file; the file is made with its first line.
final class RawFileWriter {
  private static let pieceByteCount = 1 << 20

  private let append: BronzeAppend
  private let fileSystem: any FileSystem
  private let isRejected: Bool
  private let compressor: StreamCompressor
  private let digest = SHA256()
  private var pending: [UInt8] = []
  private var draft: (file: any DraftFile, path: String)?

  init(_ append: BronzeAppend, _ fileSystem: any FileSystem, isRejected: Bool) throws(Fault) {
    self.append = append
    self.fileSystem = fileSystem
    self.isRejected = isRejected
    compressor = try StreamCompressor(.zstd, level: 1)
  }

  func append(line: ArraySlice<UInt8>) throws(Fault) {
    pending.append(contentsOf: line)
    pending.append(UInt8(ascii: "\n"))
    if pending.count >= Self.pieceByteCount { try compressPending() }
  }

  /// Ends and names the file, and adds it to the commit; nothing when no line came.
  func publish(rowCount: Int) throws(Fault) {
    try compressPending()
    guard let draft else { return }
    try write(try compressor.finish())
    let byteCount = draft.file.byteCount
    guard try draft.file.publish() == .published else {
      throw Fault(
        .temporary, at: Place(draft.path), "another writer made this file first",
        remedy: "run the command again")
    }
    append.add(
      BronzeFile(
        path: draft.path, rowCount: rowCount, byteCount: byteCount,
        digest: hexText(digest.finish())),
      isRejected: isRejected)
  }

  func discard() { draft?.file.discard() }

  private func compressPending() throws(Fault) {
    guard !pending.isEmpty else { return }
    if draft == nil {
      let path = append.nextPath(suffix: "json.zst", isRejected: isRejected)
      draft = (try fileSystem.draft(append.fullPath(path), replacing: false), path)
    }
    try write(try compressor.compress(pending))
    pending.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(Fault) {
    guard !bytes.isEmpty else { return }
    digest.append(bytes)
    try draft?.file.append(bytes)
  }
}
