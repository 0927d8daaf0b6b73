import Bronze
import Columnar
import Core
import TextFormats

/// What lines printed by `kcat -J` hold: an event in each, with its topic, partition and offset.
struct KafkaEnvelope {
  /// Offsets that did not come: records that expired, were compacted away or are lost.
  struct Gap: Equatable {
    var partition: KafkaOffsets.Partition
    var missing: Range<Int64>
  }

  /// A line that holds no event.
  struct Rejected {
    var bytes: [UInt8]
    var reason: RejectReason
    var place: LinePlace
  }

  /// The events that are new, a line each, and where each came from.
  private(set) var events: [UInt8] = []
  private(set) var places: [LinePlace] = []
  private(set) var rejected: [Rejected] = []
  /// Records that were read before.
  private(set) var repeatedCount = 0
  private(set) var gaps: [Gap] = []
  /// Where to go on.
  private(set) var offsets: KafkaOffsets
  /// The first and last new offset of each partition.
  private(set) var taken: [KafkaOffsets.Partition: ClosedRange<Int64>] = [:]

  private static let schema = Schema([
    Field("topic", .string), Field("partition", .bigint), Field("offset", .bigint),
    Field("payload", .string), Field("ts", .bigint),
  ])
  private static let lineColumn = "_line"
  private static let textColumn = "_text"

  /// Opens `lines`, which come from `origin`; what lies before `offsets` was read before.
  init(_ lines: [UInt8], from origin: LineOrigin, after offsets: KafkaOffsets) throws {
    self.offsets = offsets
    let options = JSONLinesOptions(
      rawColumn: Self.textColumn, lineNumberColumn: Self.lineColumn, spreadsArrays: false,
      overlongLines: .cut)
    let reader = try JSONLinesReader(
      MemoryBytes([lines]), schema: Self.schema, options: options, at: Place(origin.name))
    var last: Batch?
    while let batch = try reader.next() {
      if let last { try add(last, origin, isTorn: false) }
      last = batch
    }
    if let last { try add(last, origin, isTorn: !reader.endsWithLineBreak) }
  }

  /// Adds a batch of lines, the last of which may lack its end.
  private mutating func add(_ batch: Batch, _ origin: LineOrigin, isTorn: Bool) throws {
    let topics = batch.columns[0].texts
    let payloads = batch.columns[3].texts
    guard case .int64(let numbers) = batch.columns[1].values,
      case .int64(let positions) = batch.columns[2].values,
      case .int64(let times) = batch.columns[4].values,
      let lines = batch.column(Self.lineColumn), case .int64(let lineNumbers) = lines.values,
      let texts = batch.column(Self.textColumn)?.texts
    else { preconditionFailure("a reader's columns have the types that were asked for") }
    for row in 0..<batch.rowCount {
      guard let topic = topics[row], !batch.columns[1].isNull(row), !batch.columns[2].isNull(row)
      else {
        let isLast = row == batch.rowCount - 1
        rejected.append(
          Rejected(
            bytes: Array(texts[row] ?? []), reason: isTorn && isLast ? .torn : .noRecord,
            place: origin.place(ofLine: Int(lineNumbers[row]) - 1)))
        continue
      }
      let partition = KafkaOffsets.Partition(
        topic: String(decoding: topic, as: UTF8.self), number: numbers[row])
      // -1 and its like stand for none.
      let time = batch.columns[4].isNull(row) || times[row] < 0 ? nil : times[row]
      let place = LinePlace(
        source: "kafka:\(partition)", line: Int(positions[row]),
        received: time.flatMap(Self.time))
      try take(payloads[row], Array(texts[row] ?? []), partition, place, milliseconds: time)
    }
  }

  private mutating func take(
    _ payload: ArraySlice<UInt8>?, _ line: [UInt8], _ partition: KafkaOffsets.Partition,
    _ place: LinePlace, milliseconds: Int64?
  ) throws(Fault) {
    let offset = Int64(place.line)
    if let next = offsets.next[partition] {
      guard offset >= next else {
        if let milliseconds, let latest = offsets.latest[partition], milliseconds > latest {
          throw Fault(
            .configuration, at: Place("kafka:\(partition)"),
            "the topic was made anew: offset \(offset) was read before, and is of a later time now",
            remedy: "read it from its beginning with another --consumer")
        }
        repeatedCount += 1
        return
      }
      if offset > next { gaps.append(Gap(partition: partition, missing: next..<offset)) }
    }
    offsets.pass(offset, of: partition, milliseconds: milliseconds)
    taken[partition] = (taken[partition]?.lowerBound ?? offset)...offset
    guard let payload, payload.contains(where: { !isBlank($0) }) else {
      rejected.append(Rejected(bytes: line, reason: .noPayload, place: place))
      return
    }
    // A line break in JSON is space between tokens; here it would end the line.
    events.append(contentsOf: payload.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    events.append(0x0A)
    places.append(place)
  }

  private static func time(milliseconds: Int64) -> Timestamp? {
    let (time, isNone) = milliseconds.multipliedReportingOverflow(by: 1_000)
    return isNone ? nil : Timestamp(microseconds: time)
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 }
}

extension RejectReason {
  /// That a line is not what kcat prints.
  static let noRecord = RejectReason(
    rule: "kcat_envelope", words: "not a record as 'kcat -J' prints it")
  /// That a record has no value.
  static let noPayload = RejectReason(
    rule: "payload_present", words: "a record without a value")
}

extension Column {
  /// The text of each row as bytes; nil where it is NULL.
  fileprivate var texts: [ArraySlice<UInt8>?] {
    guard case .bytes(let runs) = flattened().values else { return [] }
    return (0..<count).map { isNull($0) ? nil : runs[$0] }
  }
}
