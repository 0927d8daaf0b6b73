import Columnar
import Core
import Database
import LakeJobs
import PostgreSQL

/// A database that cursors go through, in one read transaction, and how far they may go in it.
final class CursorSource {
  private enum Client {
    case sqlite(SQLiteConnection)
    case postgresql(LogicalSession)
  }

  /// Rows that bear a later time are left to the next run: a transaction may yet add some before
  /// them. Fixed before the first row is read.
  let bound: Timestamp
  /// The source's clock.
  let now: Timestamp
  /// What a person should know of the bound.
  private var notes: [String] = []
  let namespace: String
  let place: Place
  private let client: Client

  /// The source of `run`, seen as it is from now on.
  init(_ run: ExtractionRun) throws {
    let system = run.system
    guard system.kind == .postgresql else {
      let folder = "\(run.lake.root)/bronze/\(system.name)/_state"
      let source = try SQLiteCopy(of: system.location).opened(in: folder, run.lake.fileSystem)
      client = .sqlite(source)
      place = source.place
      namespace = "sqlite:\(system.location)"
      now = max(run.systemTime(), run.lake.clock.now)
      // Who writes is alone: no transaction that began before commits after another.
      bound = now
      try source.beginSnapshot()
      return
    }
    let session = try LogicalSession(system)
    client = .postgresql(session)
    place = session.connection.place
    namespace = "\(session.connection.place)"
    // The clock first, then who is at work, then the snapshot: nobody falls in between.
    let now = try CursorSource.instant("clock_timestamp()", session) ?? run.systemTime()
    let oldest = try CursorSource.instant(CursorSource.oldestWriter, session) ?? now
    self.now = now
    bound = min(oldest, now)
    try session.connection.execute(session.connection.dialect.beginRead)
    if try session.isTrue(CursorSource.hidden) {
      notes.append(
        "\(system.name): the role does not see since when others are at work, so that rows which "
          + "they commit late may be missed; grant it pg_read_all_stats, or give lag_seconds")
    }
  }

  /// The table that `table` names, and how its rows are spelled.
  func columns(of table: ExtractedTable) throws(Fault) -> (name: String, columns: [CursorColumn]) {
    switch client {
    case .sqlite(let source):
      let found = try source.columns(of: table.source.name)
      let names = ChangeColumns.bronzeNames(
        of: found.map(\.name), reserved: table.reservedColumns)
      return (
        source.dialect.quoted(table.source.name),
        zip(found, names).map { column, bronzeName in
          CursorColumn(
            name: column.name, bronzeName: bronzeName, declaredType: column.declaredType,
            form: .asIs)
        }
      )
    case .postgresql(let session):
      let relation = try SourceRelation(
        table.source, reserved: table.reservedColumns, session)
      return (
        relation.sqlName,
        relation.columns.map { column in
          CursorColumn(
            name: column.name, bronzeName: column.bronzeName, declaredType: column.declaredType,
            form: session.types.form(of: column.type))
        }
      )
    }
  }

  /// Whether the server decides what a column holds; else each value does.
  var isTyped: Bool { if case .postgresql = client { true } else { false } }

  /// How names are quoted.
  func quoted(_ name: String) -> String {
    isTyped ? Dialect.postgresql.quoted(name) : Dialect.sqlite.quoted(name)
  }

  /// What a person should know of the source, once.
  func takeNotes() -> [String] {
    defer { notes = [] }
    return notes
  }

  /// Gives each row of `sql`, whose columns are `columns`, to `body`.
  func forEach(
    _ sql: String, _ columns: [CursorColumn], _ body: (RowTexts) throws -> Void
  ) throws {
    var row = RowTexts()
    switch client {
    case .sqlite(let source):
      let rows = try source.cursor(sql)
      var text: [UInt8] = []
      while try rows.advance() {
        row.removeAll()
        for column in columns.indices {
          text.removeAll(keepingCapacity: true)
          if rows.appendText(column, to: &text) { row.append(text) } else { row.appendNull() }
        }
        try body(row)
      }
    case .postgresql(let session):
      let rows = try PostgreSQLRows(sql, from: session.connection)
      while try rows.next() {
        row.removeAll()
        for (index, column) in columns.enumerated() {
          guard let text = rows.value(index) else {
            row.appendNull()
            continue
          }
          column.form.append(text, to: &row)
        }
        try body(row)
      }
    }
  }

  private static func instant(
    _ expression: String, _ session: LogicalSession
  ) throws(Fault) -> Timestamp? {
    let text = try session.texts(
      "SELECT (floor(extract(epoch FROM \(expression)) * 1000000))::int8::text")
    return text.first?.first.flatMap { $0 }.flatMap { Int64($0) }.map {
      Timestamp(microseconds: $0)
    }
  }

  /// When the oldest transaction began that is open in this database: it may have asked for the
  /// time then, and write it later. One that is prepared tells only when it was prepared.
  private static let oldestWriter = """
    (SELECT min(at) FROM (
      SELECT xact_start AS at FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type NOT IN ('autovacuum worker', 'walsender')
      UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()
    ) AS open)
    """

  private static let hidden = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
      AND pid <> pg_backend_pid() AND query = '<insufficient privilege>'
      AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL))
    """
}

/// A column of a table that a cursor goes through.
struct CursorColumn {
  let name: String
  let bronzeName: String
  let declaredType: String
  let form: TextForm
}
