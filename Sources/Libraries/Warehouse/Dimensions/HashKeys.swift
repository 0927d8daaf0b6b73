import Columnar
import Core
import Database

/// Under which secret the stored keyed hashes were made: a fingerprint a table, so that a secret
/// that is lost or another is told, and an e-mail address never gets another hash.
enum HashKeys {
  /// Part of the loader's own tables.
  static func table(_ dialect: Dialect) -> String {
    """
    CREATE TABLE IF NOT EXISTS _hash_keys (
      table_name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL)\(dialect.keyOnly);
    """
  }

  /// The secret under which `columns` of `table` are to be hashed; one is made where no hash is
  /// stored yet. `.configuration` when it is not the one that the stored hashes were made with.
  static func key(
    for columns: [String], of table: WarehouseTable, _ load: LoadContext
  ) throws(Fault) -> [UInt8] {
    let stored = try fingerprints(in: columns, of: table, load)
    var siteKey = load.siteKey
    if siteKey == nil, stored.isEmpty { siteKey = try load.makeSiteKey?() ?? [] }
    guard let key = siteKey else {
      throw fault("hashes were made with a secret that is gone", stored.keys.sorted(), table)
    }
    guard !key.isEmpty else {
      throw Fault(
        .configuration, at: table.place, "'keyed_hash' needs the site's secret key",
        remedy: "give the site key")
    }
    let fingerprint = fingerprint(of: key)
    let others = stored.filter { $0.value != nil && $0.value != fingerprint }.keys.sorted()
    guard others.isEmpty else {
      throw fault("hashes were made with another secret", others, table)
    }
    try load.database.run(
      "INSERT INTO _hash_keys VALUES ($1, $2) ON CONFLICT (table_name) "
        + "DO UPDATE SET fingerprint = excluded.fingerprint",
      [.string(table.name), .string(fingerprint)])
    return key
  }

  /// The tables that hold hashes, `table` among them if one of its `columns` does, and the
  /// fingerprints they were made with: nil for one that an earlier loader filled. A table that was
  /// dropped holds none any more.
  private static func fingerprints(
    in columns: [String], of table: WarehouseTable, _ load: LoadContext
  ) throws(Fault) -> [String: String?] {
    var found: [String: String?] = [:]
    for row in try load.database.rows("SELECT table_name, fingerprint FROM _hash_keys", []) {
      guard case .string(let name) = row[0], case .string(let fingerprint) = row[1] else {
        continue
      }
      if try load.database.hasTable(name) { found[name] = fingerprint }
    }
    let isHashed = columns.map { "\(load.quoted($0)) IS NOT NULL" }.joined(separator: " OR ")
    let hasHashes = try load.database.integer(
      "SELECT EXISTS (SELECT 1 FROM \(load.quoted(table.name)) "
        + "WHERE (\(isHashed)) AND \(table.realRows(load.dialect)))")
    let known = found[table.name] ?? nil
    found[table.name] = hasHashes == 0 ? nil : .some(known)
    return found
  }

  private static func fingerprint(of key: [UInt8]) -> String {
    String(hexText(SHA256.keyed(key, Array("fingerprint".utf8))).prefix(16))
  }

  private static func fault(
    _ problem: String, _ tables: [String], _ table: WarehouseTable
  ) -> Fault {
    Fault(
      .configuration, at: table.place, "\(table.name): \(problem)",
      remedy: "put the secret 'warehouse-hash-key' back, or drop \(tables.joined(separator: ", ")) "
        + "in the warehouse to have all hashes made anew")
  }
}
