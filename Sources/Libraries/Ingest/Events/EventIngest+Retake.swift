package import Bronze
import Core

extension EventIngest {
  /// Takes lines that were set aside once more, those that were not replayed yet; each is known by
  /// its identity from then on, whatever becomes of it.
  package func retake(
    _ rows: [ReplayRequest], _ reason: ReplayLog.Reason
  ) throws -> ReplayResult {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return ReplayResult() }
    var text: [UInt8] = []
    for row in fresh { text += row.raw.onOneLine + [0x0A] }
    let origin = LineOrigin("quarantine", places: fresh.map(\.row.place))
    let sorting = try classify(text, from: origin, append, tills(append))
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    let state = sorting.tills.state(in: append.previous?.state)
    return ReplayResult(
      count: fresh.count, commit: try append.commit(state: state), news: sorting.tills.news)
  }
}
