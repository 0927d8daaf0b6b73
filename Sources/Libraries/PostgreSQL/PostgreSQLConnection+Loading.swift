import CPostgreSQL
package import Columnar
package import Core
package import Database

extension PostgreSQLConnection: LoadingConnection {
  /// The lock that a load holds until its end, one a database: any two numbers that nobody else
  /// would think of.
  private static let loadLock = "1835360620, 1819238766"

  package func beginLoad() throws(Fault) {
    try execute(dialect.beginWrite)
    let start = ContinuousClock.now
    var isTold = false
    while try value("SELECT pg_try_advisory_xact_lock(\(Self.loadLock))") != .boolean(true) {
      let waited = ContinuousClock.now - start
      if waited >= LockWaits.patience, !isTold {
        isTold = true
        LockWaits.tell("\(place)", heldBy: try holder())
      }
      guard waited < patience else {
        let holder = try holder()
        try execute("ROLLBACK")
        throw Fault(
          .temporary, at: place, "another load goes on: \(holder ?? "it has just ended")",
          remedy: "try again later")
      }
      try execute("SELECT pg_sleep(0.05)")
    }
  }

  /// Who holds the lock of loads, in words.
  private func holder() throws(Fault) -> String? {
    let found = try rows(
      """
      SELECT a.pid, a.usename::text, coalesce(host(a.client_addr), 'this machine'),
        a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted
        AND l.classid = \(Self.loadLock.prefix { $0 != "," })
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """)
    return found.first.map { row in
      let words = row.map { value in
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: "?"
        }
      }
      return "server process \(words[0]) of \(words[1]) at \(words[2]) (\(words[3])), "
        + "since \(words[4])"
    }
  }

  package func cursor(
    _ sql: String, _ parameters: [Scalar]
  ) throws(Fault) -> PostgreSQLRowCursor {
    try PostgreSQLRowCursor(sql, parameters, on: self)
  }

  package static func laidOut(
    _ batch: Batch, at place: Place, naming name: (_ row: Int) -> String
  ) throws(Fault) -> any LaidOutRows {
    try BinaryRows(batch, at: place, naming: name)
  }

  /// Each batch is a COPY of its own, since `next` may ask the server something.
  package func insert(
    into table: String, _ columns: [String], _ next: @escaping () throws -> (any LaidOutRows)?
  ) throws -> Int {
    let names = columns.map(dialect.quoted).joined(separator: ", ")
    let sql = "COPY \(dialect.quoted(table)) (\(names)) FROM STDIN (FORMAT binary)"
    var count = 0
    while let rows = try next() {
      guard let rows = rows as? BinaryRows else {
        throw Fault(
          .internal, at: place, "rows laid out for another database", remedy: "report it")
      }
      guard rows.rowCount > 0 else { continue }
      try PostgreSQLCopy(self, sql).send(rows)
      count += rows.rowCount
    }
    return count
  }

  package func insert(
    _ rows: [[Scalar]], into table: String, _ columns: [String]
  ) throws(Fault) {
    guard !rows.isEmpty else { return }
    let names = columns.map(dialect.quoted).joined(separator: ", ")
    try PostgreSQLCopy(self, "COPY \(dialect.quoted(table)) (\(names)) FROM STDIN").send(rows)
  }

  package func columns(ofIndex name: String) throws(Fault) -> [String] {
    let found = try rows(
      """
      SELECT a.attname::text FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
      CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
      WHERE c.relname = $1 AND pg_table_is_visible(c.oid) ORDER BY k.place
      """, [.string(name)])
    return found.compactMap { if case .string(let column) = $0[0] { column } else { nil } }
  }

  /// A view's statement is what its comment remembers.
  package func relation(_ name: String) throws(Fault) -> Relation? {
    let found = try rows(
      """
      SELECT CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END,
        obj_description(c.oid, 'pg_class')
      FROM pg_class c WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND pg_table_is_visible(c.oid)
        AND c.relnamespace = ANY (current_schemas(false)::regnamespace[])
      """, [.string(name)])
    guard let row = found.first, case .string(let word) = row[0],
      let kind = Relation.Kind(rawValue: word)
    else { return nil }
    guard case .string(let statement) = row[1] else { return Relation(kind, statement: nil) }
    return Relation(kind, statement: statement)
  }
}
