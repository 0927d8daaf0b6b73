import Columnar
import Core
import Database

/// Sealed periods of facts that a run may change, and why: each a day, a month or a year, as
/// `2026-03`.
package struct Reopening: Hashable, Sendable {
  package var periods: [String]
  package var why: String

  package init(_ periods: [String], why: String) {
    self.periods = periods
    self.why = why
  }
}

/// What a load works with: the warehouse, whose run it is, the time, and the secret behind keyed
/// hashes.
struct LoadContext {
  let database: any LoadingConnection
  let run: String
  let clock: Clock
  let siteKey: [UInt8]?
  /// Makes the secret of a site that has none, for good.
  let makeSiteKey: (() throws(Fault) -> [UInt8])?
  /// Whether members that are no longer delivered are to be marked as deleted, also those with a
  /// history.
  let endsAbsentMembers: Bool
  /// The sealed periods that may change in this run; nil when none may.
  var reopened: Reopening?

  /// How the database spells what it is asked.
  var dialect: Dialect { database.dialect }

  /// The columns of an index in their order; empty when there is no such index.
  func columns(ofIndex name: String) throws(Fault) -> [String] {
    try database.columns(ofIndex: name)
  }

  /// `name` as an identifier.
  func quoted(_ name: String) -> String { dialect.quoted(name) }

  /// The table or view `name` as it is made, in its schema where the database has any.
  func made(_ name: String) -> String { WarehouseSchema.newName(name, dialect) }
}

extension LoadContext {
  /// Of a warehouse that is only read.
  init(reading database: any LoadingConnection) {
    self.init(
      database: database, run: "", clock: Clock(now: Timestamp(microseconds: 0)), siteKey: nil,
      makeSiteKey: nil, endsAbsentMembers: false)
  }
}
