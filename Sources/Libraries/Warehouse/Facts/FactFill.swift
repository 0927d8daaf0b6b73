import Columnar
import Core
import Database

/// Fills an empty fact. There is nothing to compare with, so the rows go straight to their place,
/// the index over the grain is made afterwards in one go, and what the load brought is shown by a
/// view instead of being stored twice.
///
/// One thread makes the rows ready (reads them, looks keys up, lays values out), the other inserts.
/// Each decimal is proven to read back as it is laid out.
struct FactFill {
  private let loader: FactLoader
  private let lookups: [LookupColumn]

  /// After so many batches the facts that wait for a member are written down.
  private static let sliceLength = 64
  /// So many batches may be ready before they are inserted.
  private static let aheadCount = 4

  init(_ loader: FactLoader) throws(Fault) {
    self.loader = loader
    lookups = try loader.lookups(.whole)
  }

  func load(_ rows: any BatchSource, _ scope: LoadScope) throws -> LoadOutcome {
    let load = loader.load
    let table = loader.table
    try load.database.execute(
      "DROP INDEX IF EXISTS \(load.quoted(table.name + "_grain")); "
        + "DELETE FROM _waiting WHERE fact = \(load.dialect.literal(table.name))")
    let keyed = KeyedRows(rows, of: table, lookups, hashLimit: 0)
    try fill(keyed)
    let content = keyed.content
    try loader.makeGrainIndex()
    if content.hasNullKeys {
      try checkRepeats(in: loader.table.name, of: loader.table, loader.load)
    }
    let marks = try loader.marks().map { "\($0.column) = \($0.value)" }
    if !marks.isEmpty {
      try load.database.run("UPDATE \(loader.name) SET \(marks.joined(separator: ", "))")
    }
    try FactPeriods(loader).noteFill(scope)
    try showAsStaged()
    var outcome = LoadOutcome()
    outcome.delivered = content.rowCount
    outcome.inserted = content.rowCount
    outcome.digest = content.digest
    return outcome
  }

  private func fill(_ keyed: KeyedRows) throws {
    let preparation = FactPreparation(keyed, loader)
    let queue = Prefetch(capacity: FactFill.aheadCount) { try preparation.next() }
    var inserted = 0
    var isAtEnd = false
    while !isAtEnd {
      var length = 0
      var waiting: [WaitingFact] = []
      inserted += try loader.load.database.insert(
        into: loader.table.name, loader.columns,
        {
          guard length < FactFill.sliceLength else { return nil }
          length += 1
          guard let ready = try queue.next() else {
            isAtEnd = true
            return nil
          }
          waiting += ready.waiting
          return ready.rows
        })
      try WaitingFacts.note(waiting, of: loader)
    }
    guard inserted == keyed.content.rowCount else {
      throw Fault(
        .internal, at: loader.table.place,
        "\(counted(inserted, "row")) \(inserted == 1 ? "was" : "were") stored where "
          + "\(keyed.content.rowCount) were delivered",
        remedy: "nothing was changed; report it")
    }
  }

  private func showAsStaged() throws(Fault) {
    let staged = Staging.name(of: loader.table.name)
    try Staging.drop(staged, in: loader.load.database)
    let list = loader.columns.map(loader.load.quoted).joined(separator: ", ")
    try loader.load.database.execute(
      "CREATE VIEW \(loader.load.made(staged)) AS SELECT \(list) FROM \(loader.name)")
  }
}

/// A batch ready to be inserted, and those of its facts that wait for a member.
private struct ReadyBatch: Sendable {
  var rows: any LaidOutRows
  var waiting: [WaitingFact]
}

/// Lays a batch out as the database takes it.
private typealias LayOut = (Batch, Place, (Int) -> String) throws(Fault) -> any LaidOutRows

/// Makes the rows of an empty fact ready, called by one thread alone.
private final class FactPreparation: @unchecked Sendable {
  private let keyed: KeyedRows
  private let positions: [Int]
  private let table: WarehouseTable
  private let layOut: LayOut
  private var rowCount = 0

  init(_ keyed: KeyedRows, _ loader: FactLoader) {
    self.keyed = keyed
    positions = loader.columns.compactMap { keyed.schema.index(of: $0) }
    table = loader.table
    let kind = type(of: loader.load.database)
    layOut = { batch, place, name throws(Fault) in
      try kind.laidOut(batch, at: place, naming: name)
    }
  }

  func next() throws -> ReadyBatch? {
    guard let batch = try keyed.next() else { return nil }
    // The table is empty, so SQLite numbers its rows from 1.
    let waiting = WaitingFact.found(in: batch, keyed.lookups, firstID: Int64(rowCount) + 1)
    rowCount += batch.rowCount
    let rows = try layOut(batch.selecting(positions), table.place) { [table] in
      table.name(ofRow: $0, in: batch)
    }
    return ReadyBatch(rows: rows, waiting: waiting)
  }
}
