import Columnar
import Core

extension CompareExtraction {
  /// So many rows are matched at a time.
  private static let matchCount = 1_000

  /// Matches each row that appeared with the row of the same text that was lost, if there is one:
  /// it is no new row then, but the same at another place.
  func match() throws(Fault) {
    let database = state.database
    let lost = try database.statement(
      "SELECT l.place, c.layout, c.image, c.moment FROM lost l JOIN current c ON c.place = l.place "
        + "WHERE l.key = ?1")
    let forgetting = try database.statement("DELETE FROM lost WHERE key = ?1")
    var last = Scalar.null
    while true {
      let rows = try database.rows(
        "SELECT place, layout, image FROM pending WHERE operation = 'c' "
          + "AND (?1 IS NULL OR place > ?1) ORDER BY place "
          + "LIMIT \(CompareExtraction.matchCount)", [last])
      for row in rows {
        guard case .binary(let place) = row[0], case .integer(let layout) = row[1],
          case .binary(let bytes) = row[2]
        else { continue }
        last = row[0]
        let image = RowImage(bytes)
        let key = key(of: image, layout)
        guard let before = try lost.rows([.binary(key)]).first.flatMap(RememberedRow.init) else {
          continue
        }
        try forgetting.run([.binary(key)])
        summary.created -= 1
        if try moved(image, to: place, from: before) { summary.updated += 1 }
      }
      if rows.count < CompareExtraction.matchCount { return }
    }
  }

  /// Notes that the row remembered as `before` stands at `place` now; whether its content changed.
  private func moved(
    _ image: RowImage, to place: [UInt8], from before: RememberedRow
  ) throws(Fault) -> Bool {
    let database = state.database
    try database.run(
      "UPDATE current SET place = ?1 WHERE place = ?2", [.binary(place), .binary(before.place)])
    state.isRearranged = true
    if isSame(image, as: before.image, before.layout) {
      try database.run("DELETE FROM pending WHERE place = ?1", [.binary(place)])
      return false
    }
    let (layout, whole, moment) = try updated(image, image.keyText(at: table.keys), since: before)
    try database.run(
      "UPDATE pending SET operation = 'u', layout = ?2, image = ?3, moment = ?4 WHERE place = ?1",
      [
        .binary(place), .integer(layout), .binary(whole.bytes), .integer(moment.microseconds),
      ])
    return true
  }

  /// `.verdict` when two rows of the source have keys of one text.
  func checkTexts() throws(Fault) {
    let adding = try state.database.statement("INSERT OR IGNORE INTO met VALUES (?1)")
    for query in [
      "SELECT layout, image FROM current WHERE place NOT IN (SELECT place FROM lost)",
      "SELECT layout, image FROM pending WHERE operation IN ('r', 'c')",
    ] {
      let rows = try state.database.cursor(query)
      while let row = try rows.next() {
        guard case .integer(let layout) = row[0], case .binary(let bytes) = row[1] else { continue }
        let image = RowImage(bytes)
        guard try adding.run([.binary(key(of: image, layout))]) == 0 else { continue }
        throw table.repeated(image.keyText(at: places(in: layout, of: table.keys)))
      }
    }
  }
}

extension RememberedRow {
  /// Nil when the columns are not place, layout, image and moment.
  fileprivate init?(_ row: [Scalar]) {
    guard case .binary(let place) = row[0], case .integer(let layout) = row[1],
      case .binary(let bytes) = row[2], case .integer(let moment) = row[3]
    else { return nil }
    self.init(
      place: place, layout: layout, image: RowImage(bytes),
      moment: Timestamp(microseconds: moment))
  }
}
