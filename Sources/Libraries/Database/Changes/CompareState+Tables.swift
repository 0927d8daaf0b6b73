import Columnar
import Core

extension CompareState {
  /// The version of these tables; a file of another one is made anew.
  private static let version = 2

  private static let tables = """
    CREATE TABLE positions (
      name TEXT PRIMARY KEY, token TEXT, last_sequence INTEGER, extracted_at INTEGER,
      row_count INTEGER, layout INTEGER);
    CREATE TABLE layouts (id INTEGER PRIMARY KEY, columns BLOB);
    CREATE TABLE current (
      place BLOB PRIMARY KEY, layout INTEGER, image BLOB, moment INTEGER) WITHOUT ROWID;
    CREATE TABLE pending (
      place BLOB PRIMARY KEY, operation TEXT, layout INTEGER, image BLOB, moment INTEGER)
      WITHOUT ROWID;
    CREATE TABLE gone (key BLOB PRIMARY KEY, moment INTEGER) WITHOUT ROWID;
    CREATE TABLE keys (columns BLOB);
    PRAGMA user_version = \(version);
    """

  /// Makes the tables where there are none, and empties them where `isEmpty` says that nothing
  /// counts. False when the file is of another version, or tells rows apart by other columns.
  static func prepare(
    _ database: SQLiteConnection, keys: [String], isEmpty: Bool
  ) throws(Fault) -> Bool {
    try database.execute(
      """
      CREATE TEMP TABLE lost (key BLOB PRIMARY KEY, place BLOB) WITHOUT ROWID;
      CREATE TEMP TABLE met (key BLOB PRIMARY KEY) WITHOUT ROWID;
      """)
    let names = Scalar.binary(RowImage(of: keys.map { Array($0.lowercased().utf8) }).bytes)
    let isNew = try !database.hasTable("positions")
    if !isNew, !isEmpty {
      guard try database.integer("PRAGMA user_version") == version else { return false }
      return try database.value("SELECT columns FROM keys") == names
    }
    for table in ["positions", "layouts", "current", "pending", "gone", "keys"] {
      try database.execute("DROP TABLE IF EXISTS \(table)")
    }
    try database.execute(tables)
    try database.run("INSERT INTO keys VALUES (?1)", [names])
    return true
  }

  static func position(_ name: String, in database: SQLiteConnection) throws(Fault) -> Position {
    let rows = try database.rows(
      "SELECT token, last_sequence, extracted_at, row_count, layout FROM positions WHERE name = ?1",
      [.string(name)])
    var position = Position()
    guard let row = rows.first else { return position }
    if case .string(let token) = row[0] { position.token = token }
    if case .integer(let value) = row[1] { position.lastSequence = value }
    if case .integer(let value) = row[2] { position.extractedAt = Timestamp(microseconds: value) }
    if case .integer(let value) = row[3] { position.rowCount = Int(value) }
    if case .integer(let value) = row[4] { position.layout = value }
    return position
  }

  static func write(
    _ position: Position, _ name: String, in database: SQLiteConnection
  ) throws(Fault) {
    try database.run(
      "INSERT OR REPLACE INTO positions VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [
        .string(name), position.token.map { .string($0) } ?? .null,
        .integer(position.lastSequence),
        position.extractedAt.map { .integer($0.microseconds) } ?? .null,
        .integer(Int64(position.rowCount)), .integer(position.layout),
      ])
  }

  static func adoptPending(in database: SQLiteConnection) throws(Fault) {
    try database.execute(
      """
      INSERT OR REPLACE INTO gone SELECT image, moment FROM pending WHERE operation = 'd';
      DELETE FROM current WHERE place IN (SELECT place FROM pending WHERE operation = 'd');
      INSERT OR REPLACE INTO current
        SELECT place, layout, image, moment FROM pending WHERE operation <> 'd';
      DELETE FROM positions WHERE name = 'current';
      UPDATE positions SET name = 'current' WHERE name = 'pending';
      """)
  }

  /// Forgets changes that were taken over or given up; without any, the disk is left in peace.
  static func clearPending(_ database: SQLiteConnection) throws(Fault) {
    let found = try database.integer(
      "SELECT EXISTS (SELECT 1 FROM pending) OR "
        + "EXISTS (SELECT 1 FROM positions WHERE name = 'pending')")
    guard found > 0 else { return }
    try database.execute(
      """
      DELETE FROM pending; DELETE FROM positions WHERE name = 'pending';
      DELETE FROM layouts WHERE id NOT IN (SELECT layout FROM positions)
        AND id NOT IN (SELECT layout FROM current);
      COMMIT; BEGIN IMMEDIATE;
      """)
  }

  static func readLayouts(_ database: SQLiteConnection) throws(Fault) -> [Int64: [String]] {
    var layouts: [Int64: [String]] = [:]
    for row in try database.rows("SELECT id, columns FROM layouts") {
      guard case .integer(let id) = row[0], case .binary(let bytes) = row[1] else { continue }
      let image = RowImage(bytes)
      layouts[id] = (image.values() ?? []).map { range in
        range.map { String(decoding: image.bytes[$0], as: UTF8.self) } ?? ""
      }
    }
    return layouts
  }
}
