import Columnar
package import Core

/// The triggers of a source's table, and the table of changes that they fill.
///
///     _medallion_changes   a change: its number, table, operation, moment, and the row's values,
///                          exactly as they are (columns without a type), those of the key first
///     _medallion_tables    a table: what its triggers know of it, and who took its changes last
///
/// The changes of a transaction are noted in it, so they are there when it is committed, and only
/// then. Numbers are never used again.
///
/// Who takes changes leaves a mark (`claim`), and bronze keeps it with the number up to which it
/// has them. Both are written in one transaction, so that a source which bears the mark has all
/// changes up to that number: what is restored from an older copy bears another.
package struct SourceTriggers {
  let source: SQLiteConnection
  let table: SourceTable
  /// The noted columns by their places in the table's, those of the key first.
  private let order: [Int]

  /// The triggers of the table of `spec` in `source`, which may be written; `.configuration` when
  /// the table or a column is missing.
  package init(of spec: CompareSpec, in source: SQLiteConnection) throws(Fault) {
    self.source = source
    table = try SourceTable(spec, in: source)
    let keys = table.keys
    order = keys + table.columns.indices.filter { !keys.contains($0) }
  }

  /// The noted columns as bronze spells them, in their order.
  package var columns: [String] { order.map { table.columns[$0].bronzeName } }

  /// How many of them are the key.
  package var keyCount: Int { table.keys.count }

  /// Puts up the triggers, in the transaction at hand; false when they stand already. Where they do
  /// not, changes may have been missed: the table bears no mark then.
  package func install() throws(Fault) -> Bool {
    let statements = try statements()
    try makeTables(columnCount: order.count)
    if try isInstalled(statements) { return false }
    try remove()
    for trigger in statements.all { try source.execute(trigger.sql) }
    try source.run(
      "INSERT INTO _medallion_tables (name, layout) VALUES (?1, ?2)",
      [.string(table.name), .binary(layout)])
    return true
  }

  /// `.configuration` when the triggers are not those of the table as it is now.
  package func check() throws(Fault) {
    if try source.hasTable("_medallion_tables"), try isInstalled(statements()) { return }
    throw Fault(
      .configuration, at: table.place, "the source has no triggers that know this table as it is",
      remedy: "run cdc-extract --setup for its system: the next run compares the table then")
  }

  /// Takes down the triggers of this table.
  func remove() throws(Fault) {
    let found = try source.rows(
      "SELECT name FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?1) "
        + "AND substr(name, 1, 11) = '_medallion_'", [.string(table.name)])
    try SourceTriggers.drop("TRIGGER", found, in: source)
    try source.run("DELETE FROM _medallion_tables WHERE name = ?1", [.string(table.name)])
  }

  /// Takes down all triggers of `source` and what they noted; how many there were.
  package static func removeAll(from source: SQLiteConnection) throws -> Int {
    try source.transaction {
      let triggers = try source.rows(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' "
          + "AND substr(name, 1, 11) = '_medallion_'")
      try drop("TRIGGER", triggers, in: source)
      try source.execute(
        "DROP TABLE IF EXISTS _medallion_changes; DROP TABLE IF EXISTS _medallion_tables")
      return triggers.count
    }
  }

  private static func drop(
    _ kind: String, _ names: [[Scalar]], in source: SQLiteConnection
  ) throws(Fault) {
    for case .string(let name) in names.compactMap(\.first) {
      try source.execute("DROP \(kind) \(source.dialect.quoted(name))")
    }
  }

  private func makeTables(columnCount: Int) throws(Fault) {
    try source.execute(
      """
      CREATE TABLE IF NOT EXISTS _medallion_changes (
        number INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT NOT NULL, op TEXT NOT NULL,
        moment TEXT NOT NULL, v1);
      CREATE INDEX IF NOT EXISTS _medallion_changes_of ON _medallion_changes (tbl);
      CREATE INDEX IF NOT EXISTS _medallion_changes_doubted
        ON _medallion_changes (tbl, v1) WHERE op = '?';
      CREATE TABLE IF NOT EXISTS _medallion_tables (
        name TEXT PRIMARY KEY, layout BLOB, mark TEXT, previous TEXT);
      """)
    let known = try source.columns(of: "_medallion_changes").count - 4
    if known < columnCount {
      for number in (known + 1)...columnCount {
        try source.execute("ALTER TABLE _medallion_changes ADD COLUMN v\(number)")
      }
    }
  }

  /// Whether the triggers stand word for word, and note the columns that there are.
  private func isInstalled(_ statements: TriggerStatements) throws(Fault) -> Bool {
    let known = try source.value(
      "SELECT layout FROM _medallion_tables WHERE name = ?1", [.string(table.name)])
    guard known == .binary(layout) else { return false }
    for trigger in statements.all {
      let sql = try source.value(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?1 "
          + "AND lower(tbl_name) = lower(?2)", [.string(trigger.name), .string(table.name)])
      guard sql == .string(trigger.sql) else { return false }
    }
    return true
  }

  private var layout: [UInt8] {
    let names = order.map { table.columns[$0].name }
    return RowImage(of: (["\(keyCount)"] + names).map { Array($0.utf8) }).bytes
  }

  private func statements() throws(Fault) -> TriggerStatements {
    let kind = try source.value(
      "SELECT type || coalesce(' ' || substr(upper(sql), 1, 14), '') FROM sqlite_master "
        + "WHERE lower(name) = lower(?1) AND type IN ('table', 'view')", [.string(table.name)])
    guard case .string(let words) = kind, words.hasPrefix("table"),
      !words.hasSuffix("CREATE VIRTUAL")
    else {
      throw Fault(
        .configuration, at: table.place, "this is no table of its own, and can bear no triggers",
        remedy: "use 'cdc: compare' for it, in a system of its own")
    }
    return TriggerStatements(
      table.name, columns: order.map { table.columns[$0].name }, keyCount: keyCount,
      uniques: try uniques())
  }
}
