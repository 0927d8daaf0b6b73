package import Bronze
import Core

extension EventIngest {
  /// Takes lines that were set aside once more, those that were not replayed yet; each is known by
  /// its identity from then on, whatever becomes of it. Of a record of a topic that was set aside
  /// as it came, its value is taken.
  package func retake(
    _ rows: [ReplayRequest], _ reason: ReplayLog.Reason
  ) throws -> ReplayResult {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return ReplayResult() }
    let lines = fresh.map(ReplayedLine.init)
    var text: [UInt8] = []
    for line in lines where line.reason == nil { text += line.bytes.onOneLine + [0x0A] }
    let origin = LineOrigin(
      "quarantine", places: lines.filter { $0.reason == nil }.map(\.place))
    let rejected = lines.compactMap { line in
      line.reason.map {
        KafkaEnvelope.Rejected(bytes: line.bytes, reason: $0, place: line.place)
      }
    }
    let sorting = try classify(text, from: origin, append, tills(append), rejected: rejected)
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    let state = sorting.tills.state(in: append.previous?.state)
    return ReplayResult(
      count: fresh.count, commit: try append.commit(state: state), news: sorting.tills.news)
  }
}

/// A line that is replayed: what is left of it when a byte order mark, or what kcat printed around
/// it, is taken off.
private struct ReplayedLine {
  var bytes: [UInt8]
  var place: LinePlace
  /// Why it is set aside again unseen; nil for what may be an event.
  var reason: RejectReason?

  private static let envelopeRules = [
    RejectReason.noRecord.rule, RejectReason.noPayload.rule, RejectReason.tooLong(0).rule,
  ]

  init(_ replay: ReplayRequest) {
    bytes = replay.raw
    place = replay.row.place
    if bytes.starts(with: RejectReason.byteOrderMark) {
      bytes.removeFirst(RejectReason.byteOrderMark.count)
    }
    guard Self.envelopeRules.contains(replay.row.rule) else { return }
    let record = KafkaRecord(bytes)
    guard record.isWhole, let position = record.position else { return }
    place = LinePlace(source: "kafka:\(position.partition)", line: Int(position.offset))
    if let payload = record.payload { bytes = payload } else { reason = .noPayload }
  }
}
