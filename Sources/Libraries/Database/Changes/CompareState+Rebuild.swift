package import Columnar
import Core

extension CompareState {
  /// Makes the state at `path` anew from all change rows of bronze, to be opened a file after the
  /// other in the order of commits, the last of which named `token`. `source` tells how the key
  /// columns are stored.
  package static func rebuild(
    _ path: String, from files: [() throws -> any BatchSource], of spec: CompareSpec,
    in source: SQLiteConnection, committed token: String
  ) throws {
    let state = try CompareState(path, keys: spec.keyColumns, committed: nil)
    try state.fill(from: files, of: spec, in: source, committed: token)
    try write(state.position, "current", in: state.database)
    try state.database.execute("COMMIT")
  }

  /// Fills an empty state with all change rows of bronze, as `rebuild` does.
  package func fill(
    from files: [() throws -> any BatchSource], of spec: CompareSpec,
    in source: SQLiteConnection, committed token: String
  ) throws {
    var replay = try Replay(self, try SourceTable(spec, in: source))
    for open in files {
      let file = try open()
      while let batch = try file.next() { try replay.apply(batch) }
    }
    position = replay.position
    position.token = token
    position.rowCount = try database.integer("SELECT count(*) FROM current")
  }
}

/// Change rows applied to a state one after the other.
private struct Replay {
  var position = CompareState.Position()
  private let state: CompareState
  private let keyNames: [String]
  private let affinities: [KeyEncoding.Affinity]
  private let find: SQLiteStatement
  private let put: SQLiteStatement
  private let drop: SQLiteStatement
  private let bury: SQLiteStatement

  init(_ state: CompareState, _ table: SourceTable) throws(Fault) {
    self.state = state
    keyNames = table.keys.map { table.columns[$0].bronzeName }
    affinities = table.keys.map { table.columns[$0].affinity }
    let database = state.database
    find = try database.statement("SELECT layout, image FROM current WHERE place = ?1")
    put = try database.statement("INSERT OR REPLACE INTO current VALUES (?1, ?2, ?3, ?4)")
    drop = try database.statement("DELETE FROM current WHERE place = ?1")
    bury = try database.statement("INSERT OR REPLACE INTO gone VALUES (?1, ?2)")
  }

  mutating func apply(_ batch: Batch) throws(Fault) {
    let names = batch.schema.names.filter { !ChangeColumns.own.contains($0) }
    let columns = names.compactMap { batch.column($0) }
    let keys = keyNames.compactMap { ColumnNames.index(of: $0, in: names) }
    guard keys.count == keyNames.count, let operations = batch.column("__op"),
      let sequences = batch.column("__sequence"), let moments = batch.column("__committed_at")
    else {
      throw Fault(
        .data, at: state.database.place,
        "bronze has rows without a key column of \(keyNames.joined(separator: ", "))",
        remedy: "name keys that its first extraction had too, or extract it into another table")
    }
    position.layout = try state.layout(of: names)
    for row in 0..<batch.rowCount {
      let texts = columns.map { text($0.scalar(at: row)) }
      let key = keys.map { texts[$0] }
      let place = Scalar.binary(KeyEncoding.key(of: key, affinities))
      let moment = moments.scalar(at: row)
      switch operations.scalar(at: row) {
      case .string("d"):
        try drop.run([place])
        try bury.run([.binary(RowImage(of: key).bytes), microseconds(moment)])
      case .string("u"):
        let (layout, image) = try merged(texts, names, since: try find.rows([place]).first)
        try put.run([place, .integer(layout), .binary(image.bytes), microseconds(moment)])
      default:
        let image = RowImage(of: texts)
        try put.run([place, .integer(position.layout), .binary(image.bytes), microseconds(moment)])
      }
      advance(sequences.scalar(at: row), moment)
    }
  }

  /// The image of a row with what was known of it before and its file has no column for.
  private func merged(
    _ texts: [[UInt8]?], _ names: [String], since last: [Scalar]?
  ) throws(Fault) -> (layout: Int64, image: RowImage) {
    var image = RowImage(of: texts)
    guard case .integer(let layout)? = last?[0], case .binary(let bytes)? = last?[1],
      layout != position.layout, let oldNames = state.layouts[layout]
    else { return (position.layout, image) }
    let old = try RowImage(bytes).texts(oldNames.count)
    let others = oldNames.indices.filter { ColumnNames.index(of: oldNames[$0], in: names) == nil }
    for index in others { image.append(old[index]) }
    return (try state.layout(of: names + others.map { oldNames[$0] }), image)
  }

  private mutating func advance(_ sequence: Scalar, _ moment: Scalar) {
    if case .integer(let value) = sequence {
      position.lastSequence = max(position.lastSequence, value)
    }
    if case .timestamp(let value) = moment {
      position.extractedAt = max(position.extractedAt ?? value, value)
    }
  }

  private func microseconds(_ moment: Scalar) -> Scalar {
    if case .timestamp(let value) = moment { return .integer(value.microseconds) }
    return .null
  }

  private func text(_ scalar: Scalar) -> [UInt8]? {
    if case .string(let text) = scalar { return [UInt8](text.utf8) }
    return nil
  }
}
