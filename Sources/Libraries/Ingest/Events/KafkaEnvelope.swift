import Bronze
import Columnar
import Core
import TextFormats

/// What lines printed by `kcat -J` hold: an event in each, with its topic, partition and offset.
struct KafkaEnvelope {
  /// A line that holds no event.
  struct Rejected {
    var bytes: [UInt8]
    var reason: RejectReason
    var place: LinePlace
  }

  /// The events that are new, a line each, and where each came from.
  private(set) var events: [UInt8] = []
  private(set) var places: [LinePlace] = []
  /// Records that hold no event; their offsets are passed.
  private(set) var rejected: [Rejected] = []
  /// Lines that do not tell which record they are.
  private(set) var strays: [Rejected] = []
  /// Records that were read before.
  private(set) var repeatedCount = 0
  private(set) var holes = KafkaHoles()
  /// Where to go on.
  private(set) var offsets: KafkaOffsets
  /// The first and last new offset of each partition.
  private(set) var taken: [KafkaOffsets.Partition: ClosedRange<Int64>] = [:]

  private let lines: [UInt8]
  /// Where each line begins; found when the first is asked for.
  private var lineStarts: [Int] = []

  private static let schema = Schema([
    Field("topic", .string), Field("partition", .bigint), Field("offset", .bigint),
    Field("payload", .string), Field("ts", .bigint),
  ])
  private static let lineColumn = "_line"

  /// Opens `lines`, which come from `origin`; what lies before `offsets` was read before.
  init(_ lines: [UInt8], from origin: LineOrigin, after offsets: KafkaOffsets) throws {
    self.offsets = offsets
    self.lines = lines
    let options = JSONLinesOptions(
      lineNumberColumn: Self.lineColumn, spreadsArrays: false, overlongLines: .cut)
    let reader = try JSONLinesReader(
      MemoryBytes([lines]), schema: Self.schema, options: options, at: Place(origin.name))
    var last: Batch?
    while let batch = try reader.next() {
      if let last { try add(last, origin, options, isTorn: false) }
      last = batch
    }
    if let last { try add(last, origin, options, isTorn: !reader.endsWithLineBreak) }
  }

  /// Adds a batch of lines, the last of which may lack its end.
  private mutating func add(
    _ batch: Batch, _ origin: LineOrigin, _ options: JSONLinesOptions, isTorn: Bool
  ) throws {
    let topics = batch.columns[0].texts
    let payloads = batch.columns[3].texts
    guard case .int64(let numbers) = batch.columns[1].values,
      case .int64(let positions) = batch.columns[2].values,
      case .int64(let times) = batch.columns[4].values,
      case .int64(let lineNumbers)? = batch.column(Self.lineColumn)?.values
    else { preconditionFailure("a reader's columns have the types that were asked for") }
    for row in 0..<batch.rowCount {
      let number = Int(lineNumbers[row])
      guard let topic = topics[row].map({ String(decoding: $0, as: UTF8.self) }),
        KafkaOffsets.Partition.isTopic(topic), !batch.columns[1].isNull(row),
        !batch.columns[2].isNull(row),
        KafkaOffsets.mayBe(partition: numbers[row], offset: positions[row]),
        let payload = payloads[row]
      else {
        // The reader takes text alone, and no value but texts for a payload.
        let isCut = isTorn && row == batch.rowCount - 1
        try add(line: number, origin, options, isTorn: isCut)
        continue
      }
      let partition = KafkaOffsets.Partition(topic: topic, number: numbers[row])
      let time = batch.columns[4].isNull(row) ? nil : times[row]
      guard let place = try pass(positions[row], of: partition, milliseconds: time) else {
        continue
      }
      add(payload, fromLine: number, at: place)
    }
  }

  /// Adds the line of this number, which is no JSON of the usual form.
  private mutating func add(
    line number: Int, _ origin: LineOrigin, _ options: JSONLinesOptions, isTorn: Bool
  ) throws(Fault) {
    let line = Array(bytes(ofLine: number).prefix(options.maximumLineLength))
    let place = origin.place(ofLine: number - 1)
    let record = KafkaRecord(line)
    let isOverlong = line.count == options.maximumLineLength
    // What is torn comes again, whole.
    guard let position = record.position, !isTorn || record.isWhole || isOverlong else {
      strays.append(Rejected(bytes: line, reason: isTorn ? .torn : .noRecord, place: place))
      return
    }
    guard
      let place = try pass(
        position.offset, of: position.partition, milliseconds: record.milliseconds)
    else { return }
    if record.isWhole, let payload = record.payload {
      add(payload[...], fromLine: number, at: place)
    } else {
      let reason: RejectReason =
        record.isWhole
        ? .noPayload : isOverlong ? .tooLong(options.maximumLineLength) : .noRecord
      rejected.append(Rejected(bytes: line, reason: reason, place: place))
    }
  }

  /// Passes an offset; the place of its record, nil when it was read before.
  private mutating func pass(
    _ offset: Int64, of partition: KafkaOffsets.Partition, milliseconds: Int64?
  ) throws(Fault) -> LinePlace? {
    // -1 and its like stand for none.
    let milliseconds = milliseconds.flatMap { $0 < 0 ? nil : $0 }
    if try offsets.isPassed(offset, of: partition, milliseconds: milliseconds) {
      repeatedCount += 1
      return nil
    }
    if let next = offsets.next[partition] { holes.add(next..<offset, of: partition) }
    offsets.pass(offset, of: partition, milliseconds: milliseconds)
    taken[partition] = (taken[partition]?.lowerBound ?? offset)...offset
    return LinePlace(
      source: "kafka:\(partition)", line: Int(offset), received: milliseconds.flatMap(Self.time))
  }

  /// Adds the payload of a record, which the line of this number holds.
  private mutating func add(
    _ payload: ArraySlice<UInt8>, fromLine number: Int, at place: LinePlace
  ) {
    guard payload.contains(where: { !isBlank($0) }) else {
      let line = Array(bytes(ofLine: number))
      rejected.append(Rejected(bytes: line, reason: .noPayload, place: place))
      return
    }
    guard String(validating: payload, as: UTF8.self) != nil else {
      // Kept as it is, to the byte.
      rejected.append(Rejected(bytes: Array(payload), reason: .noText, place: place))
      return
    }
    // A line break in JSON is space between tokens; here it would end the line.
    events.append(contentsOf: payload.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    events.append(0x0A)
    places.append(place)
  }

  /// A line as it came, without its end: the reader mends what is no text.
  private mutating func bytes(ofLine number: Int) -> ArraySlice<UInt8> {
    if lineStarts.isEmpty {
      lineStarts = [lines.starts(with: RejectReason.byteOrderMark) ? 3 : 0]
      for index in lines.indices where lines[index] == 0x0A { lineStarts.append(index + 1) }
    }
    let end = number < lineStarts.count ? lineStarts[number] - 1 : lines.count
    return lines[lineStarts[number - 1]..<end]
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
  /// That the value of a record is no text.
  static let noText = RejectReason(rule: "valid_json", words: "not UTF-8, nor a JSON object")
}

extension Column {
  /// The text of each row as bytes; nil where it is NULL.
  fileprivate var texts: [ArraySlice<UInt8>?] {
    guard case .bytes(let runs) = flattened().values else { return [] }
    return (0..<count).map { isNull($0) ? nil : runs[$0] }
  }
}
