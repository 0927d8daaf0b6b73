import CSimdjson
package import Columnar
package import Core

/// Keeps the lines that are JSON objects with all required fields, as they are, and sets the others
/// aside. A required field has a value that is neither null nor an empty string; of two with one
/// name the last counts. A declared field stands at the top once, and has a value of its shape, or
/// null: an array, an object or a scalar. Blank lines are passed over. Not for two threads.
///
/// Of lines that are kept some are noted: who sent them, when, and the number that they bear.
package final class JSONLineCheck {
  /// The fields at the top of a line that are looked at.
  package struct Fields: Equatable, Sendable {
    /// Fields without which a line is set aside.
    package var required: [String]
    /// The required field that is a time with its zone: `Timestamp(zonedRFC3339Text:)`.
    package var time: String?
    /// The fields that together say who sent a line.
    package var sender: [String]
    /// The field of a line's number: an integer from 0, of at most 18 digits, as a JSON number or
    /// as a text of digits.
    package var number: String?
    /// The fields whose shapes are looked at, at the top and below; once there are some, fields are
    /// found by names most like theirs too (`FieldNames`).
    package var declared: [Field]

    package init(
      required: [String], time: String? = nil, sender: [String] = [], number: String? = nil,
      declared: [Field] = []
    ) {
      self.declared = declared
      self.required = required
      self.time = time
      self.sender = sender
      self.number = number
    }
  }

  /// Which of the lines that are kept are noted.
  package enum Watch: Equatable, Sendable {
    case all
    case none
    /// Those of a later time.
    case after(Timestamp)
  }

  /// Why a line is set aside.
  package enum Reason: Equatable, Sendable {
    /// It is not JSON, or not an object.
    case noObject
    /// It has no value for this required field.
    case lacks(String)
    /// The field has no time, but this text or number; nil when it is neither.
    case noTime(String, String?)
    /// A declared field has a value of another shape, or the caller found one that it cannot hold;
    /// what exactly, in words that the caller finds.
    case misfit(String)
  }

  /// A line that was set aside.
  package struct Rejected: Sendable {
    /// How many lines of the block came before it.
    package let line: Int
    /// How many bytes of the block came before it.
    package let offset: Int
    /// Its bytes, without the line break.
    package let bytes: [UInt8]
    package let reason: Reason
  }

  /// A line that was kept and noted.
  package struct Noted: Sendable {
    /// How many lines of the block came before it.
    package let line: Int
    /// Its time; 1970 where no field is a time.
    package let time: Timestamp
    package let number: Int64?
    /// Which of `senders` sent it.
    package let sender: Int
  }

  /// What became of the lines of a block.
  package struct Outcome: Sendable {
    package var keptCount: Int
    /// All lines, blank ones counted.
    package var lineCount: Int
    package var rejected: [Rejected]
    package var noted: [Noted]

    package init(
      keptCount: Int = 0, lineCount: Int = 0, rejected: [Rejected] = [], noted: [Noted] = []
    ) {
      self.keptCount = keptCount
      self.lineCount = lineCount
      self.rejected = rejected
      self.noted = noted
    }
  }

  /// Senders are forgotten when there are more.
  private static let senderLimit = 10_000

  private let check: OpaquePointer
  private let fields: Fields
  /// The senders of lines noted so far, each as the texts of its fields; nil for one without a
  /// text or number. Of a long one the first 200 bytes. A new block may number them anew.
  package private(set) var senders: [[String?]] = []

  package init(_ fields: Fields) throws(Fault) {
    guard let check = medallion_json_check_create(1_000) else { throw outOfMemory() }
    self.check = check
    self.fields = fields
    var isDone = true
    for field in fields.required {
      isDone = isDone && field.withName { medallion_json_check_require(check, $0, $1) }
    }
    if let time = fields.time {
      isDone =
        isDone && time.withName { medallion_json_check_time(check, $0, $1, readUnusualTime) }
    }
    for field in fields.sender {
      isDone = isDone && field.withName { medallion_json_check_sender(check, $0, $1) }
    }
    if let number = fields.number {
      isDone = isDone && number.withName { medallion_json_check_number(check, $0, $1) }
    }
    guard isDone else { throw outOfMemory() }
    for field in fields.declared { try declare(field.type, field.name, below: 0) }
  }

  deinit { medallion_json_check_destroy(check) }

  private func declare(
    _ type: DataType, _ name: String, below parent: Int32
  ) throws(Fault) {
    let number = Array(name.utf8).withUnsafeBufferPointer {
      medallion_json_check_declare(
        check, parent, type.jsonShape, $0.baseAddress, $0.count, nameLikeness)
    }
    guard number >= 0 else { throw outOfMemory() }
    switch type {
    case .array(let element, _): try declare(element, "", below: number)
    case .map(_, let value, _): try declare(value, "", below: number)
    case .structure(let fields):
      for field in fields { try declare(field.type, field.name, below: number) }
    default: break
    }
  }

  /// Sorts the lines of `block`, the last of which may lack its end: those that are kept remain,
  /// each with one line break behind it. Lines of the numbers `misfits`, in order, are not kept.
  package func classify(
    _ block: ByteBlock, noting watch: Watch = .none, misfits: [Int] = []
  ) throws(Fault) -> Outcome {
    if senders.count > Self.senderLimit {
      medallion_json_check_forget_senders(check)
      senders = []
    }
    let count = block.count
    block.reserve(count + 1)
    var result = medallion_json_check_result()
    var status = MEDALLION_JSON_OK
    block.rewrite { memory in
      let bytes = memory.bindMemory(to: UInt8.self).baseAddress
      status = misfits.withUnsafeBufferPointer {
        medallion_json_check_run(
          check, bytes, count, watch.bridged, $0.baseAddress, $0.count, &result)
      }
      return status == MEDALLION_JSON_OK ? result.kept_byte_count : 0
    }
    guard status == MEDALLION_JSON_OK else { throw outOfMemory() }
    addSenders(of: result)
    let noted = UnsafeBufferPointer(start: result.noted, count: result.noted_lines).map { line in
      Noted(
        line: line.line, time: Timestamp(microseconds: line.time),
        number: line.number < 0 ? nil : line.number, sender: Int(line.sender))
    }
    return Outcome(
      keptCount: result.kept_lines, lineCount: result.lines, rejected: rejected(result),
      noted: noted)
  }

  private func rejected(_ result: medallion_json_check_result) -> [Rejected] {
    UnsafeBufferPointer(start: result.rejected, count: result.rejected_lines).map { line in
      let bytes = UnsafeBufferPointer(start: result.rejected_bytes + line.start, count: line.count)
      return Rejected(
        line: line.line, offset: line.position, bytes: Array(bytes),
        reason: reason(of: line, bytes))
    }
  }

  private func reason(of line: medallion_json_rejected_line, _ bytes: TextBytes) -> Reason {
    switch Int(line.reason) {
    case MEDALLION_JSON_NO_OBJECT: return .noObject
    case MEDALLION_JSON_MISFIT: return .misfit("")
    case MEDALLION_JSON_NO_TIME:
      let value = bytes[line.value_start..<(line.value_start + line.value_count)]
      return .noTime(
        fields.time ?? "", value.isEmpty ? nil : String(decoding: value, as: UTF8.self))
    default: return .lacks(fields.required[Int(line.reason)])
    }
  }

  /// Adds those senders that are new.
  private func addSenders(of result: medallion_json_check_result) {
    while senders.count < result.sender_count {
      var at = Int(result.sender_offsets[senders.count])
      senders.append(
        fields.sender.map { _ in
          let isTold = result.sender_bytes[at] == 1
          let text = TextBytes(
            start: result.sender_bytes + at + 2, count: Int(result.sender_bytes[at + 1]))
          at += 2 + text.count
          return isTold ? String(decoding: text, as: UTF8.self) : nil
        })
    }
  }
}

extension JSONLineCheck.Watch {
  fileprivate var bridged: medallion_json_watch {
    switch self {
    case .all: medallion_json_watch(notes_all: true, latest_time: 0)
    case .none: medallion_json_watch(notes_all: false, latest_time: .max)
    case .after(let time):
      medallion_json_watch(notes_all: false, latest_time: time.microseconds)
    }
  }
}

extension DataType {
  fileprivate var jsonShape: medallion_json_shape {
    switch self {
    case .array: MEDALLION_JSON_SHAPE_ARRAY
    case .structure: MEDALLION_JSON_SHAPE_OBJECT
    case .map: MEDALLION_JSON_SHAPE_MAP
    // As text, any JSON is itself.
    case .null, .string: MEDALLION_JSON_SHAPE_ANY
    default: MEDALLION_JSON_SHAPE_SCALAR
    }
  }
}

extension String {
  /// Calls `body` with the bytes of a field's name.
  fileprivate func withName(_ body: (UnsafePointer<UInt8>?, Int) -> Bool) -> Bool {
    Array(utf8).withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
  }
}

/// Reads a time of another form than the usual one.
private func readUnusualTime(
  _ text: UnsafePointer<UInt8>?, _ count: Int, _ microseconds: UnsafeMutablePointer<Int64>?
) -> Bool {
  let bytes = TextBytes(start: text, count: count)
  guard count <= longestTime,
    let time = Timestamp(zonedRFC3339Text: String(decoding: bytes, as: UTF8.self))
  else { return false }
  microseconds?.pointee = time.microseconds
  return true
}

/// No time has more bytes.
private let longestTime = 64

private func outOfMemory() -> Fault { .outOfMemory("lines of JSON") }
