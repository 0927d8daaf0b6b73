import Columnar
import Core
import Database

/// What a dimension says of facts whose member it does not have, for lookups that say nothing.
enum DimensionPolicy {
  /// Part of the loader's own tables.
  static let table = """
    CREATE TABLE IF NOT EXISTS _policies (
      dimension TEXT PRIMARY KEY, on_unknown TEXT NOT NULL);
    """

  static func note(
    _ policy: WarehouseTable.MissingMember?, of dimension: String, _ load: LoadContext
  ) throws(Fault) {
    let name = Scalar.string(dimension)
    try load.database.run("DELETE FROM _policies WHERE dimension = $1", [name])
    guard let policy else { return }
    try load.database.run(
      "INSERT INTO _policies VALUES ($1, $2)", [name, .string(policy.rawValue)])
  }

  static func stored(
    of dimension: String, _ load: LoadContext
  ) throws(Fault) -> WarehouseTable.MissingMember? {
    let found = try load.database.value(
      "SELECT on_unknown FROM _policies WHERE dimension = $1",
      [.string(dimension)])
    guard case .string(let word) = found else { return nil }
    return WarehouseTable.MissingMember(rawValue: word)
  }
}
