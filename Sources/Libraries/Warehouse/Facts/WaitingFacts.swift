import Columnar
import Core
import Database

/// A fact that points to the unknown member because its own has not arrived.
struct WaitingFact: Sendable {
  /// The foreign key's column.
  var column: String
  var id: Int64
  var naturalKey: String

  /// Those among a batch's rows, which are numbered from `firstID`; the batch's first columns are
  /// what `lookups` made.
  static func found(
    in batch: Batch, _ lookups: [LookupColumn], firstID: Int64
  ) -> [WaitingFact] {
    var waiting: [WaitingFact] = []
    var delivered: Batch?
    for (position, lookup) in lookups.enumerated() {
      guard case .int64(let keys) = batch.columns[position].values else { continue }
      for row in keys.indices where keys[row] == ReservedKey.unknown {
        let rows = delivered ?? batch.selecting(Array(lookups.count..<batch.columns.count))
        delivered = rows
        waiting.append(
          WaitingFact(
            column: lookup.lookup.column, id: firstID + Int64(row),
            naturalKey: lookup.keyText(rows, row)))
      }
    }
    return waiting
  }
}

/// Remembers which facts point to the unknown member because theirs has not arrived.
struct WaitingFacts {
  private let loader: FactLoader
  private let staging: Staging

  init(_ loader: FactLoader, _ staging: Staging) {
    self.loader = loader
    self.staging = staging
  }

  /// Notes facts of a table in which none was waiting.
  static func note(_ waiting: [WaitingFact], of loader: FactLoader) throws(Fault) {
    try loader.load.database.insert(
      waiting.map { fact in
        [
          .string(loader.table.name), .string(fact.column), .integer(fact.id),
          .string(fact.naturalKey),
        ]
      }, into: "_waiting", ["fact", "column_name", "fact_id", "natural_key"])
  }

  /// Notes the natural keys of the delivered rows that found no member.
  func note(_ lookups: [LookupColumn]) throws(Fault) {
    let load = loader.load
    for column in lookups where column.unknownCount > 0 {
      let name = column.lookup.column
      try load.database.run(
        """
        INSERT INTO _waiting
        SELECT $1, $2, f.\(load.quoted(loader.idColumn)),
               \(naturalKey(column.lookup.naturalColumns, of: "s", load.dialect))
        FROM \(load.quoted(staging.name)) AS s
          \(load.dialect.joinFromFew) \(loader.name) AS f ON \(loader.isStoredAs(staging))
        WHERE s.\(load.quoted(name)) = \(ReservedKey.unknown)
        ON CONFLICT (fact, column_name, fact_id) DO UPDATE SET natural_key = excluded.natural_key
        WHERE _waiting.natural_key <> excluded.natural_key
        """, [.string(loader.table.name), .string(name)])
    }
  }

  /// Forgets facts that are gone or know their member, among all that wait.
  func forgetResolved() throws(Fault) {
    let load = loader.load
    for lookup in loader.fact.lookups {
      try load.database.run(
        """
        DELETE FROM _waiting WHERE fact = $1 AND column_name = $2 AND NOT EXISTS (
          SELECT 1 FROM \(loader.name) AS f
          WHERE f.\(load.quoted(loader.idColumn)) = _waiting.fact_id
            AND f.\(load.quoted(lookup.column)) = \(ReservedKey.unknown))
        """, [.string(loader.table.name), .string(lookup.column)])
    }
  }

  /// Forgets those among the delivered facts that know their member.
  func forgetResolvedDelivered() throws(Fault) {
    let load = loader.load
    for lookup in loader.fact.lookups {
      try load.database.run(
        """
        DELETE FROM _waiting WHERE fact = $1 AND column_name = $2 AND fact_id IN (
          SELECT f.\(load.quoted(loader.idColumn))
          FROM \(load.quoted(staging.name)) AS s
            \(load.dialect.joinFromFew) \(loader.name) AS f ON \(loader.isStoredAs(staging))
          WHERE f.\(load.quoted(lookup.column)) <> \(ReservedKey.unknown))
        """, [.string(loader.table.name), .string(lookup.column)])
    }
  }

  /// Forgets the facts `f` of a condition, which are to go.
  func forget(where condition: String) throws(Fault) {
    for lookup in loader.fact.lookups {
      try loader.load.database.run(
        "DELETE FROM _waiting WHERE fact = $1 AND column_name = $2 AND fact_id IN ("
          + "SELECT f.\(loader.load.quoted(loader.idColumn)) FROM \(loader.name) AS f "
          + "WHERE \(condition))", [.string(loader.table.name), .string(lookup.column)])
    }
  }
}
