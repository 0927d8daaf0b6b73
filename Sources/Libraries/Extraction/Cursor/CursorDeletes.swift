import Core
import Database

/// Finds rows that are gone, or there again, by the complete list of a table's keys.
final class CursorDeletes {
  private let walk: CursorWalk
  private let place: Place
  private let run: ExtractionRun
  /// Whether there are keys that bronze does not know.
  private var isShort = false

  init(_ walk: CursorWalk, _ place: Place, _ run: ExtractionRun) {
    self.walk = walk
    self.place = place
    self.run = run
  }

  /// Writes a delete for each row that is gone; `.verdict` when more are than may.
  func take() throws {
    var count = try list()
    if isShort {
      // Keys, or places of theirs, that no window showed: the rows came back, or are as they were
      // once, or came later than they may.
      try walk.readRows(isWhole: true)
      count = try list()
    }
    let lost = try walk.known.lostCount()
    try DeleteLimit.standard.check(
      lost, of: try walk.known.count(), accepted: run.acceptedDeletes, isEmptied: count == 0,
      at: place)
    try write()
    walk.summary.deleted += lost
  }

  /// Notes all keys that the source has, and gives their number.
  private func list() throws -> Int {
    try walk.known.forgetMet()
    isShort = false
    let listed = walk.table.keys + walk.table.cursors
    let columns = listed.map { walk.table.columns[$0] }
    let names = columns.map { walk.source.quoted($0.name) }.joined(separator: ", ")
    let keyCount = walk.table.keys.count
    var count = 0
    try walk.source.forEach("SELECT \(names) FROM \(walk.table.sqlName)", columns) { row in
      count += 1
      let key = RowTexts.key(of: (0..<keyCount).map { row[$0] })
      _ = try walk.known.meet(key)
      if isShort { return }
      let places = (keyCount..<columns.count).compactMap { column in
        row[column].flatMap {
          CursorTable.position(of: $0, walk.window.kind, walk.table.zone)
        }
      }
      let isWaiting = places.max().map(walk.window.isAfter) ?? false
      if isWaiting { return }
      let shown = try walk.known.known(key)
      isShort =
        switch shown?.standing {
        case .there: shown?.position != places.max()
        case .marked: false
        case .gone, nil: true
        }
    }
    return count
  }

  /// Of a row that is gone only its key is given.
  private func write() throws {
    guard let writer = walk.writer else { return }
    let form = writer.form(of: walk.table.keys.map { walk.table.columns[$0].bronzeName })
    let lost = try walk.known.lost()
    var row = RowTexts()
    while try lost.advance() {
      let key = RowImage(Array(lost.bytes(0)))
      row.removeAll()
      for value in key.values() ?? [] { row.append(value.map { key.bytes[$0] }) }
      try writer.append(.delete, row, form, at: walk.now)
    }
    try walk.known.noteLost(at: walk.now)
  }
}
