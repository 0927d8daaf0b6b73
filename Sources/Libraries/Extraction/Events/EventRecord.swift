import Bronze
import Core
import Ingest
import JSON

/// A line of a stream of events: an event as a file has it, or a record of a topic around one.
struct EventRecord {
  /// What stands in it.
  enum Content {
    /// Nothing: a tombstone.
    case none
    case text([UInt8])
    case value(JSONValue)
    /// What cannot be read.
    case unreadable(RejectReason)
  }

  /// Where a record stands in a topic.
  struct Position {
    let partition: KafkaOffsets.Partition
    let offset: Int64
    let milliseconds: Int64?
  }

  let line: [UInt8]
  let place: LinePlace
  /// Nil for a line that tells no place in a topic.
  private(set) var position: Position?
  private(set) var key: JSONValue?
  private(set) var content: Content
  private(set) var headerNames: [String] = []

  private static let schemaStart = Array("{\"schema\":".utf8)

  /// Reads `line`, which stands at `place` of its input; `isTorn` says that its end may be missing.
  init(_ line: [UInt8], at place: LinePlace, isTorn: Bool, _ reader: JSONReader) {
    self.line = line
    if line.starts(with: EventRecord.schemaStart) {
      // No record of a topic begins so, and the schema need not be read each time.
      self.place = place
      content = .text(line)
      return
    }
    guard let value = try? reader.read(line) else {
      let record = KafkaRecord(line)
      let position = record.position.map {
        Position(partition: $0.partition, offset: $0.offset, milliseconds: nil)
      }
      // What is torn comes again, whole.
      let counts = !isTorn || record.isWhole
      self.position = counts ? position : nil
      self.place = self.position?.place ?? place
      content = .unreadable(
        isTorn
          ? .torn
          : RejectReason(
            rule: EventRefusal.notJSON.rule, words: EventRefusal.notJSON.words))
      return
    }
    guard let position = Position(value) else {
      self.place = place
      content = value.isNull ? .none : .value(value)
      return
    }
    self.position = position
    self.place = position.place
    let payload = value["payload"] ?? .null
    content =
      switch payload {
      case .null: .none
      case .string(let text): text.isEmpty ? .none : .text(Array(text.utf8))
      default: .value(payload)
      }
    key = EventRecord.key(value["key"], reader)
    // Names and values in turn, as kcat prints them.
    headerNames = (value["headers"]?.array ?? []).enumerated().compactMap { index, header in
      index.isMultiple(of: 2) ? header.string : nil
    }
  }

  /// A line of which only the beginning is there.
  init(tooLong line: [UInt8], limit: Int, at place: LinePlace) {
    self.line = line
    let record = KafkaRecord(line)
    position = record.position.map {
      Position(partition: $0.partition, offset: $0.offset, milliseconds: nil)
    }
    self.place = position?.place ?? place
    content = .unreadable(.tooLong(limit))
  }

  /// What a record's key says: the columns that tell a row apart, if it is a JSON object.
  private static func key(_ value: JSONValue?, _ reader: JSONReader) -> JSONValue? {
    guard let value else { return nil }
    let key = value.string.flatMap { try? reader.read($0) } ?? value
    guard key["schema"] != nil, let payload = key["payload"] else { return key }
    return payload
  }
}

extension EventRecord.Position {
  /// The place that a record of `kcat -J` tells; nil when `value` is none.
  fileprivate init?(_ value: JSONValue) {
    guard let topic = value["topic"]?.string, let number = value["partition"]?.int64,
      let offset = value["offset"]?.int64, value["op"] == nil, value["__op"] == nil,
      KafkaOffsets.mayBe(partition: number, offset: offset), KafkaOffsets.Partition.isTopic(topic)
    else { return nil }
    partition = KafkaOffsets.Partition(topic: topic, number: number)
    self.offset = offset
    milliseconds = value["ts"]?.int64
  }

  fileprivate var place: LinePlace { LinePlace(source: "kafka:\(partition)", line: Int(offset)) }
}
