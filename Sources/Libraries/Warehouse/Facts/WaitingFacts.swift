import Columnar
import Core
import Database

/// Remembers which facts point to the unknown member because theirs has not arrived.
struct WaitingFacts {
  private let loader: FactLoader
  private let staging: Staging

  init(_ loader: FactLoader, _ staging: Staging) {
    self.loader = loader
    self.staging = staging
  }

  /// Notes the natural keys of the delivered rows that found no member.
  func note(_ lookups: [LookupColumn]) throws(Fault) {
    let load = loader.load
    for column in lookups where column.unknownCount > 0 {
      let name = column.lookup.column
      try load.database.run(
        """
        INSERT INTO _waiting
        SELECT ?1, ?2, f.\(load.quoted(loader.idColumn)),
               \(naturalKey(column.lookup.naturalColumns, of: "s", .sqlite))
        FROM \(load.quoted(staging.name)) AS s CROSS JOIN \(loader.name) AS f
          ON \(loader.isStoredAs)
        WHERE s.\(load.quoted(name)) = \(ReservedKey.unknown)
        ON CONFLICT DO UPDATE SET natural_key = excluded.natural_key
        WHERE natural_key <> excluded.natural_key
        """, [.string(loader.table.name), .string(name)])
    }
  }

  /// Forgets facts that are gone or know their member.
  func forgetResolved() throws(Fault) {
    let load = loader.load
    for lookup in loader.fact.lookups {
      try load.database.run(
        """
        DELETE FROM _waiting WHERE fact = ?1 AND column_name = ?2 AND NOT EXISTS (
          SELECT 1 FROM \(loader.name) AS f
          WHERE f.\(load.quoted(loader.idColumn)) = _waiting.fact_id
            AND f.\(load.quoted(lookup.column)) = \(ReservedKey.unknown))
        """, [.string(loader.table.name), .string(lookup.column)])
    }
  }
}
