package import Columnar
import Core

extension CompareState {
  /// Makes the state at `path` anew from `changes`: all change rows of bronze in commit order, the
  /// last commit of which named `token`. `source` tells how the key columns are stored.
  package static func rebuild(
    _ path: String, from changes: any BatchSource, of spec: CompareSpec,
    in source: SQLiteConnection, committed token: String
  ) throws {
    let declared = try source.columns(of: spec.table)
    let affinities = spec.keyColumns.map { name in
      KeyEncoding.Affinity(
        declared: declared.first { $0.name == name }?.declaredType ?? "")
    }
    let state = try CompareState(path, committed: nil)
    var replay = try Replay(state, spec.keyColumns, affinities)
    while let batch = try changes.next() { try replay.apply(batch) }
    let database = state.database
    var position = replay.position
    position.token = token
    position.rowCount = try database.integer("SELECT count(*) FROM current")
    try write(position, "current", in: database)
    try database.execute("COMMIT")
  }
}

/// Change rows applied to a state one after the other.
private struct Replay {
  var position = CompareState.Position()
  private let state: CompareState
  private let keyColumns: [String]
  private let affinities: [KeyEncoding.Affinity]
  private let put: SQLiteStatement
  private let drop: SQLiteStatement

  init(
    _ state: CompareState, _ keyColumns: [String], _ affinities: [KeyEncoding.Affinity]
  ) throws(Fault) {
    self.state = state
    self.keyColumns = keyColumns
    self.affinities = affinities
    put = try state.database.statement("INSERT OR REPLACE INTO current VALUES (?1, ?2, ?3)")
    drop = try state.database.statement("DELETE FROM current WHERE key = ?1")
  }

  mutating func apply(_ batch: Batch) throws(Fault) {
    let names = batch.schema.names.filter { !ChangeRows.extraColumns.contains($0) }
    let columns = names.compactMap { batch.column($0) }
    let keys = keyColumns.compactMap { names.firstIndex(of: $0) }
    guard keys.count == keyColumns.count, let operations = batch.column("__op"),
      let sequences = batch.column("__sequence"), let moments = batch.column("__committed_at")
    else {
      throw Fault(
        .data, at: state.database.place, "bronze rows lack a key or change column",
        remedy: "read the table's change rows, with all their columns")
    }
    position.layout = try state.layout(of: names)
    for row in 0..<batch.rowCount {
      let texts = columns.map { text($0.scalar(at: row)) }
      var key: [UInt8] = []
      for (position, affinity) in zip(keys, affinities) {
        KeyEncoding.append(texts[position].map { $0[...] }, affinity, to: &key)
      }
      if operations.scalar(at: row) == .string("d") {
        try drop.run([.binary(key)])
      } else {
        try put.run([.binary(key), .integer(position.layout), .binary(image(of: texts))])
      }
      advance(sequences.scalar(at: row), moments.scalar(at: row))
    }
  }

  private mutating func advance(_ sequence: Scalar, _ moment: Scalar) {
    if case .integer(let value) = sequence {
      position.lastSequence = max(position.lastSequence, value)
    }
    if case .timestamp(let value) = moment {
      position.extractedAt = max(position.extractedAt ?? value, value)
    }
  }

  private func image(of texts: [[UInt8]?]) -> [UInt8] {
    var image = RowImage()
    for text in texts {
      if let text { image.append(text) } else { image.appendNull() }
    }
    return image.bytes
  }

  private func text(_ scalar: Scalar) -> [UInt8]? {
    if case .string(let text) = scalar { return [UInt8](text.utf8) }
    return nil
  }
}
