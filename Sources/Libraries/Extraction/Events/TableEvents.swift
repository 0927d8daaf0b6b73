import Bronze
import Core
import Database
import Ingest
import JSON
import LakeJobs

/// The events of one table on their way into its bronze dataset, until their commit.
final class TableEvents {
  /// What is to be done, in the order of the stream.
  private enum Step {
    case change(ChangeEvent)
    case rejection([UInt8], RejectReason, LinePlace)
  }

  private(set) var outcome: EventOutcome
  private let table: EventTable
  private let addition: BronzeAppend?
  private let log: BronzeLog
  private let lake: Lake
  private let consumer: String
  private let previous: JSONValue?
  private var state: EventState
  private var steps: [Step] = []
  private var taken: [KafkaOffsets.Partition: ClosedRange<Int64>] = [:]
  private var digests: [String: Bool] = [:]

  /// Begins to take events of `table`; without `tool` they are only looked at.
  init(_ table: EventTable, _ workspace: Workspace, tool: String?, consumer: String) throws {
    self.table = table
    self.consumer = consumer
    outcome = EventOutcome(table.table)
    let lake = workspace.lake
    let log = BronzeLog(folder: table.table.contract.folder, fileSystem: lake.fileSystem)
    let addition = try tool.map { try BronzeAppend(log, lake: lake, tool: $0) }
    let last = try addition == nil ? log.latest() : addition?.previous
    (self.lake, self.log, self.addition) = (lake, log, addition)
    previous = last?.state
    if let state = EventState(last?.state, consumer: consumer) {
      self.state = state
    } else if last == nil {
      state = EventState(after: 0, at: nil)
    } else {
      // Rows that came otherwise have numbers too.
      let rows = try LastImages(of: table.table, in: lake, only: [])
      state = EventState(after: rows.lastSequence, at: rows.lastMoment)
    }
  }

  /// Whether the last change is half of one of a key, of which the other half is to come.
  var endsInHalf: Bool {
    if case .change(let change)? = steps.last { change.isHalfOfKeyChange } else { false }
  }

  /// Whether `record`, of a part of the stream with this digest, was taken before; else notes it.
  func isRepeated(_ record: EventRecord, _ digest: String) throws -> Bool {
    guard let position = record.position else {
      let isKnown = try digests[digest] ?? log.inputs().contains(digest: digest)
      digests[digest] = isKnown
      if isKnown { outcome.repeatedCount += 1 }
      return isKnown
    }
    let partition = position.partition
    if try state.offsets.isPassed(
      position.offset, of: partition, milliseconds: position.milliseconds)
    {
      outcome.repeatedCount += 1
      return true
    }
    state.offsets.pass(position.offset, of: partition, milliseconds: position.milliseconds)
    taken[partition] = (taken[partition]?.lowerBound ?? position.offset)...position.offset
    return false
  }

  /// Adds a change that is new.
  func add(_ change: ChangeEvent, _ record: EventRecord) {
    if state.isOther(change.source.table) {
      return reject(
        record,
        RejectReason(
          rule: "one_table",
          words: "of the table \(change.source.table), but those before are of "
            + (state.table ?? "another")))
    }
    if state.table?.utf8.count ?? 0 < change.source.table.utf8.count {
      state.table = change.source.table
    }
    state.isUnwrapped = change.source.isUnwrapped
    if state.seen.isRepeated(change) {
      outcome.repeatedCount += 1
    } else {
      steps.append(.change(change))
    }
  }

  /// Adds a tombstone: behind a delete it says nothing new, behind rows alone it is the delete.
  func add(tombstoneOf key: [[UInt8]?]) {
    guard state.isUnwrapped else { return }
    var change = ChangeEvent(
      kind: .row(.delete), source: EventSource(table: state.table ?? "", isUnwrapped: true))
    change.columns = table.table.source.keys
    change.values = key
    change.key = key
    if case .change(let last)? = steps.last, last.kind == change.kind, last.key == key { return }
    steps.append(.change(change))
  }

  /// Remembers where its events came from, beside parts of topics and streams.
  func add(_ input: BronzeInput) { addition?.add(input) }

  /// Sets a record aside.
  func reject(_ record: EventRecord, _ reason: RejectReason) {
    outcome.rejectedCount += 1
    steps.append(.rejection(record.line, reason, record.place))
  }

  /// Writes what was added and commits it, with how far the stream was read; `.verdict` when too
  /// many rows would be gone.
  func commit(from name: String, acceptedDeletes: Int?) throws {
    guard let addition else { return look() }
    let writer = ChangeWriter(into: addition, after: state.lastSequence, lake.fileSystem)
    var rejects: RejectWriter?
    var rows = ChangeRows(
      table, writer, try knownRows(), now: lake.clock.now, acceptedDeletes: acceptedDeletes)
    do {
      for step in steps {
        switch step {
        case .change(let change): try rows.write(change, &state.times)
        case .rejection(let line, let reason, let place):
          let writer = try rejects ?? RejectWriter(addition, lake, table.table.contract.name)
          rejects = writer
          try writer.append(line, reason, at: place)
        }
      }
      try writer.finish()
      try rejects?.publish()
    } catch {
      rejects?.discard()
      throw error
    }
    outcome.changeCount = writer.rowCount
    outcome.incompleteCount = rows.incompleteCount
    state.lastSequence = writer.lastSequence
    for input in inputs(name) { addition.add(input) }
    if steps.isEmpty, taken.isEmpty { return }
    outcome.commit = try addition.commit(state: state.state(in: previous, consumer: consumer))
  }

  private func look() {
    for case .change in steps { outcome.changeCount += 1 }
  }

  /// What the events were taken from: parts of topics, and of what is none.
  private func inputs(_ name: String) -> [BronzeInput] {
    let topics = taken.sorted { $0.key < $1.key }.map { partition, offsets in
      BronzeInput(
        name: "kafka:\(partition) \(offsets.lowerBound)-\(offsets.upperBound)", byteCount: 0,
        digest: "")
    }
    let parts = digests.filter { !$0.value }.keys.sorted().map { digest in
      BronzeInput(name: name, byteCount: 0, digest: digest)
    }
    return topics + (steps.isEmpty ? [] : parts)
  }

  /// What bronze knows of rows, where a change cannot be written without; else nil.
  private func knownRows() throws -> LastImages? {
    var isTruncated = false
    var needsOldRow = false
    for case .change(let change) in steps {
      isTruncated = isTruncated || change.kind == .truncation
      needsOldRow = needsOldRow || change.needsOldRow
    }
    guard isTruncated || needsOldRow else { return nil }
    if isTruncated { return try LastImages(of: table.table, in: lake) }
    var keys: Set<[UInt8]> = []
    for case .change(let change) in steps {
      keys.insert(RowTexts.key(of: change.key))
      if let oldKey = change.oldKey { keys.insert(RowTexts.key(of: oldKey)) }
    }
    return try LastImages(of: table.table, in: lake, only: keys)
  }
}

extension ChangeEvent {
  /// Whether it gives a row under a new key without the large values that the row had before.
  var needsOldRow: Bool {
    guard !absentColumns.isEmpty else { return false }
    return kind == .row(.create) || oldKey != nil
  }
}
