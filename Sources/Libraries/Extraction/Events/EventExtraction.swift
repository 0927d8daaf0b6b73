import Bronze
import Core
package import Ingest
import JSON
package import LakeJobs

/// Takes change events of Debezium into the bronze datasets of the tables that they tell of.
///
/// A stream comes in parts, and each table's events of a part are a commit of its own. It holds how
/// far the topics were read, so that what comes again is passed over: by its offset, by the digest
/// of its part where lines tell no offset, and by its position in the source's log where Debezium
/// sent it twice.
package final class EventExtraction {
  /// Events that tell of no row, by their kinds.
  package private(set) var passed: [PassedEvent: Int] = [:]
  /// Events of tables that `sources.yml` does not name, by what they call them.
  package private(set) var unknownTables: [String: Int] = [:]
  /// Records of topics that did not come.
  package private(set) var holes = KafkaHoles()

  let workspace: Workspace
  private let tool: String?
  private let consumer: String
  private let acceptedDeletes: Int?
  let tables: EventTables
  let decoder: EventDecoder
  let reader = JSONReader()
  /// The tables of the part that is read, by their numbers.
  private var open: [EventTables.Index: TableEvents] = [:]
  /// Tables of which something could not be taken: nothing that follows is.
  private var failed: Set<EventTables.Index> = []
  /// The offset after the last that came of each partition.
  private var next: [KafkaOffsets.Partition: Int64] = [:]
  private var partCount = 0

  private static let maximumLineLength = 16 << 20

  /// Takes events of `systems` by the tool called `tool`, or only looks at them without. Of a
  /// truncated table exactly `acceptedDeletes` rows may vanish, if that is given. Tables that
  /// cannot be taken are given to `fail`.
  package init(
    of systems: [SourcesFile.SourceSystem], _ workspace: Workspace, tool: String?,
    consumer: String, acceptedDeletes: Int?, fail: (any Error) -> Void
  ) throws {
    self.workspace = workspace
    self.tool = tool
    self.consumer = consumer
    self.acceptedDeletes = acceptedDeletes
    var found: [EventTable] = []
    for system in systems {
      for table in system.tables {
        do throws(Fault) {
          found.append(
            try EventTable(
              ExtractedTable(table, of: system, workspace), prefix: system.location))
        } catch {
          fail(error)
        }
      }
    }
    tables = EventTables(found)
    decoder = EventDecoder(tables, placeholders: systems.flatMap(\.placeholders), reader)
    for table in found {
      for (partition, offset) in try offsets(of: table).next {
        next[partition] = max(next[partition] ?? 0, offset)
      }
    }
  }

  /// Where each partition goes on, so that no table lacks anything.
  package func offsets() throws -> KafkaOffsets {
    try tables.tables.reduce(into: KafkaOffsets()) { $0.merge(earliest: try offsets(of: $1)) }
  }

  private func offsets(of table: EventTable) throws -> KafkaOffsets {
    let log = BronzeLog(
      folder: table.table.contract.folder, fileSystem: workspace.lake.fileSystem)
    return KafkaOffsets(try log.latest()?.state, consumer: consumer)
  }

  /// Takes a part of the stream called `name`, and tells of each table's commit as soon as it is
  /// durable. What keeps a table from being taken is given to `fail`, and the others are taken.
  package func take(
    _ part: EventSegments.Segment, of name: String, _ tell: (EventOutcome) throws -> Void,
    fail: (any Error) -> Void
  ) throws {
    guard !tables.tables.isEmpty else { return }
    let digest = hexText(SHA256.digest(of: part.bytes))
    let origin = LineOrigin(name, linesBefore: part.linesBefore, bytesBefore: part.bytesBefore)
    var start = part.bytes.starts(with: RejectReason.byteOrderMark) ? 3 : 0
    var number = 0
    while start < part.bytes.count {
      let end = part.bytes[start...].firstIndex(of: 0x0A) ?? part.bytes.count
      defer { (start, number) = (end + 1, number + 1) }
      let line = Array(part.bytes[start..<end])
      guard line.contains(where: { !isBlank($0) }) else { continue }
      let place = origin.place(ofLine: number, offset: start)
      let record =
        line.count > EventExtraction.maximumLineLength
        ? EventRecord(
          tooLong: Array(line.prefix(EventExtraction.maximumLineLength)),
          limit: EventExtraction.maximumLineLength, at: place)
        : EventRecord(line, at: place, isTorn: end == part.bytes.count, reader)
      try add(record, digest, fail)
    }
    partCount += 1
    // The other half of a change of a key belongs into the same commit, and comes next.
    if partCount == 1, open.values.contains(where: \.endsInHalf) { return }
    try finish(name, tell, fail: fail)
  }

  /// Commits what has come.
  package func finish(
    _ name: String, _ tell: (EventOutcome) throws -> Void, fail: (any Error) -> Void
  ) throws {
    partCount = 0
    for (index, events) in open.sorted(by: { $0.key < $1.key }) {
      open[index] = nil
      let step = workspace.lake.steps.begin()
      do {
        try events.commit(from: name, acceptedDeletes: acceptedDeletes)
      } catch {
        failed.insert(index)
        fail(error)
        continue
      }
      step.end("\(tables[index].table.name): \(events.outcome.words)")
      try tell(events.outcome)
    }
  }

  private func add(_ record: EventRecord, _ digest: String, _ fail: (any Error) -> Void) throws {
    if let position = record.position { note(position) }
    switch decoder.decode(record) {
    case .passedOver(let kind): passed[kind, default: 0] += 1
    case .unknownTable(let name): unknownTables[name, default: 0] += 1
    case .tombstone(let index, let key):
      passed[.tombstone, default: 0] += 1
      if let index, let key { take(record, digest, index, fail) { $0.add(tombstoneOf: key) } }
    case .change(let index, let change):
      take(record, digest, index, fail) { $0.add(change, record) }
    case .rejected(let index, let reason):
      // What does not say of which table it is lies with the first.
      take(record, digest, index ?? 0, fail) {
        $0.reject(record, RejectReason(rule: reason.rule, words: reason.words))
      }
    }
  }

  /// Has the table `index` take `record` by `work`, if it is new to it.
  private func take(
    _ record: EventRecord, _ digest: String, _ index: EventTables.Index,
    _ fail: (any Error) -> Void, _ work: (TableEvents) -> Void
  ) {
    guard !failed.contains(index) else { return }
    do {
      let events = try open[index] ?? events(of: index)
      open[index] = events
      if try !events.isRepeated(record, digest) { work(events) }
    } catch {
      open[index] = nil
      failed.insert(index)
      fail(error)
    }
  }

  /// The way of events into the table `index`.
  func events(of index: EventTables.Index) throws -> TableEvents {
    try TableEvents(tables[index], workspace, tool: tool, consumer: consumer)
  }

  private func note(_ position: EventRecord.Position) {
    let partition = position.partition
    if let expected = next[partition], expected < position.offset {
      holes.add(expected..<position.offset, of: partition)
    }
    next[partition] = max(next[partition] ?? 0, position.offset + 1)
  }
}

extension EventOutcome {
  /// What came, for who follows the run.
  fileprivate var words: String {
    "\(counted(changeCount, "change")), \(rejectedCount) set aside, \(repeatedCount) taken before"
  }
}
