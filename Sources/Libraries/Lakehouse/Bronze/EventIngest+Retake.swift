import Core

extension EventIngest {
  /// What became of lines that were taken once more.
  package struct Retaken {
    package var count = 0
    package var commit: BronzeCommit?
    package var news = ArrivalNews()
  }

  /// Takes lines that were set aside once more, those that were not replayed yet; each is known by
  /// its identity from then on, whatever becomes of it.
  func retake(
    _ rows: [QuarantineTable.Replay], _ reason: ReplayLog.Reason
  ) throws -> Retaken {
    let append = try BronzeAppend(log, lake: lake, tool: tool)
    let known = try log.inputs()
    let fresh = rows.filter { !known.contains(digest: $0.row.id.text) }
    guard !fresh.isEmpty else { return Retaken() }
    var text: [UInt8] = []
    for row in fresh { text += row.raw.map { $0 == 0x0A ? 0x20 : $0 } + [0x0A] }
    let places = fresh.map { replay in
      LineOrigin.Place(
        source: replay.row.sourceFile, line: Int(replay.row.sourceLine),
        offset: replay.row.sourceOffset.map(Int.init))
    }
    let sorting = try sort(
      text, from: LineOrigin("quarantine", places: places), append, arrivals(append))
    for replay in fresh { append.add(reason.input(replay.row.id, byteCount: replay.raw.count)) }
    let state = sorting.arrivals.state(in: append.previous?.state)
    return Retaken(
      count: fresh.count, commit: try append.commit(state: state), news: sorting.arrivals.news)
  }
}
