import Columnar
import Core
import Database
import LakeJobs
import PostgreSQL

/// A connection to a system's server, set so that a snapshot and the log give the same texts, and
/// that a role which does not see all rows of a table is refused, not given some.
final class LogicalSession {
  let system: SourcesFile.SourceSystem
  let connection: PostgreSQLConnection
  let types: TypeForms
  /// Whether the database takes text of any encoding; else the server says all in UTF-8.
  let isOfAnyEncoding: Bool

  /// The name of the slot: a server allows small letters, digits and `_` in it.
  var slot: String { system.slot ?? String(usualName.prefix(63)) }

  /// The name of the publication.
  var publication: String { system.publication ?? usualName }

  private var usualName: String {
    let letters = system.name.lowercased().map { letter in
      letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "_"
    }
    return "medallion_" + String(letters)
  }

  init(_ system: SourcesFile.SourceSystem) throws(Fault) {
    self.system = system
    if let slot = system.slot, !LogicalSession.isName(slot) {
      throw Fault(
        .configuration, at: system.place, "'\(slot)' is no name of a slot",
        remedy: "name it with small letters, digits and _, at most 63")
    }
    do throws(Fault) {
      guard try !ServerAddress(system.location).hasPassword else {
        throw Fault(
          .configuration, "the location holds a password, which others may read",
          remedy: "write 'password: secret:NAME' beside it, or leave it to ~/.pgpass")
      }
      connection = try PostgreSQLConnection(system.location, password: system.password)
      types = try TypeForms(connection)
      isOfAnyEncoding =
        try connection.rows("SELECT current_setting('server_encoding')").first?.first
        == .string("SQL_ASCII")
      // The server refuses to say in UTF-8 what is none.
      if isOfAnyEncoding { try connection.execute("SET client_encoding = 'SQL_ASCII'") }
      try connection.execute(
        """
        SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex'; SET lc_monetary = 'C';
        SET row_security = off; SET statement_timeout = 0;
        SET idle_in_transaction_session_timeout = 0
        """)
    } catch {
      throw error.placed(at: system.place)
    }
  }

  private static func isName(_ slot: String) -> Bool {
    (1...63).contains(slot.utf8.count)
      && slot.utf8.allSatisfy { byte in
        digitValue(byte) <= 9 || byte == UInt8(ascii: "_")
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      }
  }

  /// Another connection that gives the same texts.
  func another() throws(Fault) -> LogicalSession { try LogicalSession(system) }

  /// A connection on which slots can be made that hold a snapshot.
  func replication() throws(Fault) -> PostgreSQLConnection {
    try PostgreSQLConnection(
      system.location, password: system.password, isReplication: true, patience: .seconds(60))
  }

  /// What the server is and how far its log has come.
  func server() throws(Fault) -> ServerFacts {
    let row =
      try texts(
        """
        SELECT (SELECT system_identifier FROM pg_control_system())::text,
          left(pg_walfile_name(pg_current_wal_lsn()), 8), pg_current_wal_flush_lsn()::text,
          (extract(epoch FROM clock_timestamp()) * 1000000)::int8::text
        """
      ).first ?? []
    guard row.count == 4, let system = row[0], let timeline = row[1],
      let end = row[2].flatMap({ LogPosition(parsing: $0) }),
      let now = row[3].flatMap({ Int64($0) })
    else {
      throw Fault(
        .configuration, at: connection.place, "this server does not tell how far its log has come",
        remedy: "name the primary server, of version 12 or later")
    }
    return ServerFacts(
      system: system, timeline: timeline, logEnd: end, now: Timestamp(microseconds: now))
  }

  /// The slot as the server has it; nil when there is none of its name.
  func slotFacts() throws(Fault) -> SlotFacts? {
    let rows = try texts(
      """
      SELECT plugin::text, database::text, active_pid::text, restart_lsn::text,
        confirmed_flush_lsn::text, wal_status::text, current_database()::text
      FROM pg_replication_slots WHERE slot_name = $1
      """, slot)
    guard let row = rows.first else { return nil }
    return SlotFacts(
      plugin: row[0] ?? "", isHere: row[1] == row[6], reader: row[2],
      restart: row[3].flatMap { LogPosition(parsing: $0) },
      confirmed: row[4].flatMap { LogPosition(parsing: $0) }, isLost: row[5] == "lost")
  }

  /// The rows of a query whose columns are all texts; for small results.
  func texts(_ sql: String, _ parameters: String...) throws(Fault) -> [[String?]] {
    try connection.rows(sql, parameters.map { .string($0) }).map { row in
      row.map { value in
        if case .string(let text) = value { text } else { nil }
      }
    }
  }

  /// Whether a query of one truth value says yes.
  func isTrue(_ sql: String, _ parameters: String...) throws(Fault) -> Bool {
    try connection.rows(sql, parameters.map { .string($0) }).first?.first == .boolean(true)
  }
}

/// What a server is, and how far it has come.
struct ServerFacts {
  let system: String
  let timeline: String
  /// All log before this is on the server's disk.
  let logEnd: LogPosition
  /// The time by the server's clock.
  let now: Timestamp
}

/// What a server says of a slot.
struct SlotFacts {
  let plugin: String
  /// Whether it is one of the database that we are connected to.
  let isHere: Bool
  /// The process that reads it just now.
  let reader: String?
  /// The server keeps its log from here on.
  let restart: LogPosition?
  /// What was committed before this is not told again.
  let confirmed: LogPosition?
  /// Whether log that it needs is gone.
  let isLost: Bool
}
