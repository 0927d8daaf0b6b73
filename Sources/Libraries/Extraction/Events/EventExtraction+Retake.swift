package import Bronze
import Core
package import Ingest
import JSON
package import LakeJobs

extension EventExtraction {
  /// Takes records that were set aside of the table of `contract` once more, those that were not
  /// replayed yet; each is known by its identity from then on, whatever becomes of it. A row of
  /// which a later change was taken stays as that says, and the record is set aside again.
  package func retake(
    _ rows: [ReplayRequest], of contract: BronzeContract, _ reason: ReplayLog.Reason
  ) throws -> ReplayResult {
    guard let index = tables.tables.firstIndex(where: { $0.table.contract.name == contract.name })
    else {
      throw Fault(
        .configuration, at: contract.place,
        "no system of kind debezium has a table that goes into \(contract.name)",
        remedy: "bring it back in sources.yml")
    }
    let events = try events(of: index)
    let log = BronzeLog(folder: contract.folder, fileSystem: workspace.lake.fileSystem)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return ReplayResult() }
    let records = fresh.map { replay in
      EventRecord(replay.raw.onOneLine, at: replay.row.place, isTorn: false, reader)
    }
    let decoded = records.map(decoder.decode)
    let keys = Set(decoded.compactMap { $0.key(inTable: index) })
    let last = try LastImages(of: tables[index].table, in: workspace.lake, only: keys)
    for (record, event) in zip(records, decoded) {
      switch event {
      case .change(index, let change):
        if let time = change.source.time,
          let moment = try last.image(of: RowTexts.key(of: change.key))?.moment, moment > time
        {
          events.reject(record, .newerChange)
        } else {
          events.add(change, record)
        }
      case .rejected(_, let reason):
        events.reject(record, RejectReason(rule: reason.rule, words: reason.words))
      default: events.reject(record, .otherTable)
      }
    }
    for replay in fresh { events.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    try events.commit(from: "quarantine", acceptedDeletes: nil)
    return ReplayResult(count: fresh.count, commit: events.outcome.commit)
  }
}

extension DecodedEvent {
  /// The key of the row that it tells of, if it is one of the table `index`.
  fileprivate func key(inTable index: EventTables.Index) -> [UInt8]? {
    if case .change(index, let change) = self { RowTexts.key(of: change.key) } else { nil }
  }
}

extension RejectReason {
  fileprivate static let newerChange = RejectReason(
    rule: "newer_change", words: "a later change of its row was taken")
  fileprivate static let otherTable = RejectReason(
    rule: "change_event", words: "no change of a row of this table")
}
