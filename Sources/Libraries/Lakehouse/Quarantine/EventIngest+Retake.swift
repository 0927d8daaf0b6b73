import Core

extension EventIngest {
  /// Takes lines that were set aside once more, those that were not replayed yet; each is known by
  /// its identity from then on, whatever becomes of it.
  func retake(
    _ rows: [QuarantineTable.Replay], _ reason: ReplayLog.Reason
  ) throws -> QuarantineTable.Replayed {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return QuarantineTable.Replayed() }
    var text: [UInt8] = []
    for row in fresh { text += row.raw.onOneLine + [0x0A] }
    let origin = LineOrigin("quarantine", places: fresh.map(\.row.place))
    let sorting = try sort(text, from: origin, append, arrivals(append))
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    let state = sorting.arrivals.state(in: append.previous?.state)
    return QuarantineTable.Replayed(
      count: fresh.count, commit: try append.commit(state: state), news: sorting.arrivals.news)
  }
}
