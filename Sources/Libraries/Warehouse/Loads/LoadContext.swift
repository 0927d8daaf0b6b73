import Core
import Database

/// What a load works with: the warehouse, whose run it is, the time, and the secret behind keyed
/// hashes.
struct LoadContext {
  let database: SQLiteConnection
  let run: String
  let clock: Clock
  let siteKey: [UInt8]?
  /// Makes the secret of a site that has none, for good.
  let makeSiteKey: (() throws(Fault) -> [UInt8])?

  /// `name` as an identifier.
  func quoted(_ name: String) -> String { database.dialect.quoted(name) }
}
