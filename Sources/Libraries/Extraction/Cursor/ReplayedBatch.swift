import Columnar
import Core
import Database

/// Change rows of bronze, as what a cursor knows of the rows.
struct ReplayedBatch {
  /// A change row.
  struct Change {
    let key: [UInt8]
    let known: ShownRows.Known
    let sequence: Int64
    let moment: Timestamp
  }

  /// Whether the rows give more than their keys.
  private let isWhole: Bool
  private let columns: [Column]
  private let digest: ContentDigest
  private let keys: [Int]
  private let cursors: [Int]
  private let operations: Column
  private let sequences: Column
  private let moments: Column
  private let kind: CursorState.Kind
  private let zone: ZoneRules?

  /// `.data` when the rows do not give what tells them apart.
  init(
    _ batch: Batch, of table: CursorTable, _ kind: CursorState.Kind, at place: Place
  ) throws(Fault) {
    let names = batch.schema.names.filter { !ChangeColumns.own.contains($0) }
    columns = names.compactMap { batch.column($0) }
    keys = table.keys.compactMap { key in
      ColumnNames.index(of: table.columns[key].bronzeName, in: names)
    }
    cursors = table.cursors.compactMap { cursor in
      ColumnNames.index(of: table.columns[cursor].bronzeName, in: names)
    }
    isWhole = names.count > keys.count
    digest = ContentDigest(of: names)
    self.kind = kind
    zone = table.zone
    guard keys.count == table.keys.count, let operations = batch.column("__op"),
      let sequences = batch.column("__sequence"), let moments = batch.column("__committed_at")
    else {
      throw Fault(
        .data, at: place, "bronze has rows that do not tell their keys",
        remedy: "name keys that its first extraction had too, or extract it into another table")
    }
    self.operations = operations
    self.sequences = sequences
    self.moments = moments
  }

  func change(_ row: Int) -> Change {
    var texts = RowTexts()
    for column in columns {
      if case .string(let text) = column.scalar(at: row) {
        texts.append(text.utf8)
      } else {
        texts.append(nil)
      }
    }
    let position = cursors.compactMap { cursor in
      texts[cursor].flatMap { CursorTable.position(of: $0, kind, zone) }
    }.max()
    let isDelete = operations.scalar(at: row) == .string("d")
    // Of a row that is gone only its key was given.
    let isGone = isDelete && !isWhole
    var sequence: Int64 = 0
    if case .integer(let value) = sequences.scalar(at: row) { sequence = value }
    var moment = Timestamp(microseconds: 0)
    if case .timestamp(let value) = moments.scalar(at: row) { moment = value }
    return Change(
      key: RowTexts.key(of: keys.map { texts[$0] }),
      known: ShownRows.Known(
        digest: isGone ? [] : digest.digest(of: texts), position: isGone ? nil : position,
        standing: isGone ? .gone : isDelete ? .marked : .there, moment: moment),
      sequence: sequence, moment: moment)
  }
}

/// The digest of a row's content: of its values with the names of their columns, whatever their
/// order. NULL counts as no value, so that a new column changes only rows that have one there.
struct ContentDigest {
  private let order: [Int]
  private let names: [[UInt8]]

  /// Of rows whose columns are called `names`.
  init(of names: [String]) {
    order = names.indices.sorted { names[$0] < names[$1] }
    self.names = names.map { Array($0.utf8) }
  }

  func digest(of row: RowTexts) -> [UInt8] {
    var image = RowImage()
    for column in order {
      guard let value = row[column] else { continue }
      image.append(names[column][...])
      image.append(value)
    }
    return Array(SHA256.digest(of: image.bytes).prefix(16))
  }
}
