import Columnar
package import Core
package import Database
import JSON
import Runs

/// The ledger's memory of alerts: one row a problem, for good.
///
///     alerts      a row a problem: when it was opened, last seen, acknowledged, resolved
///     outbox      a row a message and channel, until it is delivered or given up, and after
///     silences    who wants to hear nothing of what, until when
///
/// A problem that comes back opens the same row again: its identity stays, and so does what people
/// did about it.
package struct AlertBook {
  let database: any Connection

  /// The tables of alerts in `database`, made if they are not there.
  package init(_ database: any Connection) throws(Fault) {
    self.database = database
    if try !database.hasTable("silences") { try database.execute(Self.tables) }
  }

  /// The tables as they are, for reading; nil when there are none yet.
  package init?(reading database: any Connection) throws(Fault) {
    guard try database.hasTable("silences") else { return nil }
    self.database = database
  }

  private static let tables = """
    CREATE TABLE IF NOT EXISTS alerts (
      alert_id TEXT PRIMARY KEY, condition TEXT NOT NULL, subject TEXT NOT NULL, table_name TEXT,
      cause TEXT NOT NULL, severity TEXT NOT NULL, owner TEXT, title TEXT NOT NULL,
      message TEXT NOT NULL, opened_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
      count INTEGER NOT NULL, episodes INTEGER NOT NULL, acknowledgements INTEGER NOT NULL,
      told_at TEXT, acked_at TEXT, acked_by TEXT, escalated_at TEXT, resolved_at TEXT,
      folded_into TEXT);
    CREATE TABLE IF NOT EXISTS outbox (
      message_id INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL, channel TEXT NOT NULL,
      action TEXT NOT NULL, message TEXT NOT NULL, queued_at TEXT NOT NULL,
      not_before TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, last_error TEXT,
      delivered_at TEXT, given_up_at TEXT, stands_for INTEGER);
    CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (channel, message_id)
      WHERE delivered_at IS NULL AND given_up_at IS NULL;
    CREATE INDEX IF NOT EXISTS outbox_of_alert ON outbox (alert_id, message_id);
    CREATE TABLE IF NOT EXISTS silences (
      silence_id INTEGER PRIMARY KEY AUTOINCREMENT, pattern TEXT NOT NULL, until TEXT NOT NULL,
      reason TEXT, made_by TEXT NOT NULL, made_at TEXT NOT NULL);
    """

  private static let columns =
    "alert_id, condition, subject, table_name, cause, severity, owner, title, message, opened_at, "
    + "last_seen_at, count, episodes, acknowledgements, told_at, acked_at, acked_by, "
    + "escalated_at, resolved_at, folded_into"

  /// The alerts that are open, or all; the worst first, then the newest.
  package func alerts(all: Bool = false) throws(Fault) -> [AlertRow] {
    try database.rows(
      "SELECT \(Self.columns) FROM alerts \(all ? "" : "WHERE resolved_at IS NULL")"
    ).compactMap { AlertRow($0) }
      .sorted { left, right in
        (right.severity, right.openedAt, left.id) < (left.severity, left.openedAt, right.id)
      }
  }

  /// The one alert whose identity begins with `text`.
  package func alert(identifiedBy text: String) throws(Fault) -> AlertRow {
    let found = try database.rows(
      "SELECT \(Self.columns) FROM alerts WHERE substr(alert_id, 1, length(?1)) = ?1 LIMIT 2",
      [.string(text.lowercased())]
    ).compactMap { AlertRow($0) }
    guard found.count == 1, text.count >= 4, let row = found.first else {
      throw Fault(
        .missing, found.count < 2 ? "there is no alert '\(text)'" : "'\(text)' is two alerts",
        remedy: "see 'alert list' for those there are, and give more letters")
    }
    return row
  }

  func put(_ row: AlertRow) throws(Fault) {
    try database.run(
      "INSERT OR REPLACE INTO alerts (\(Self.columns)) VALUES "
        + "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
        + "?19, ?20)", row.values)
  }

  /// Has nobody told of what `pattern` matches, until a time.
  package func silence(
    _ pattern: String, until end: Timestamp, by name: String, why reason: String?, at now: Timestamp
  ) throws(Fault) {
    try database.run(
      "INSERT INTO silences (pattern, until, reason, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
      [
        .string(pattern), .string(end.ledgerText), reason.map { .string($0) } ?? .null,
        .string(name), .string(now.ledgerText),
      ])
  }

  /// The patterns that are silenced at a time, each with its end.
  package func silences(
    at now: Timestamp
  ) throws(Fault) -> [(pattern: NamePattern, until: String)] {
    try database.rows(
      "SELECT pattern, until FROM silences WHERE until > ?1 ORDER BY silence_id",
      [.string(now.ledgerText)]
    ).compactMap { row in
      guard case .string(let pattern) = row[0], case .string(let until) = row[1] else {
        return nil
      }
      return (NamePattern(pattern), until)
    }
  }
}

/// One problem, as the ledger remembers it.
package struct AlertRow: Sendable {
  package var id: String
  package var condition: String
  package var subject: String
  package var table: String?
  package var cause: String
  package var severity: Severity
  package var owner: String?
  package var title: String
  package var message: AlertMessage
  package var openedAt: Timestamp
  package var lastSeenAt: Timestamp
  package var count: Int
  /// How often it came, each time after it had been resolved.
  package var episodes: Int
  /// How often somebody acknowledged it.
  package var acknowledgements: Int
  /// When people were told of it this time.
  package var toldAt: Timestamp?
  package var ackedAt: Timestamp?
  package var ackedBy: String?
  package var escalatedAt: Timestamp?
  package var resolvedAt: Timestamp?
  /// The alert that explains it.
  package var foldedInto: String?

  init(_ problem: Problem, _ message: AlertMessage) {
    id = problem.id
    condition = problem.condition.rawValue
    subject = problem.subject
    table = problem.table
    cause = problem.cause
    severity = problem.severity
    owner = problem.owner
    title = problem.title
    self.message = message
    openedAt = problem.since
    lastSeenAt = problem.lastSeen
    count = problem.count
    episodes = 1
    acknowledgements = 0
  }

  init?(_ row: [Scalar]) {
    func text(_ column: Int) -> String? {
      if case .string(let text) = row[column] { text } else { nil }
    }
    func time(_ column: Int) -> Timestamp? {
      text(column).flatMap { Timestamp(rfc3339Text: $0) }
    }
    func number(_ column: Int) -> Int {
      if case .integer(let number) = row[column] { Int(number) } else { 0 }
    }
    guard let id = text(0), let opened = time(9), let seen = time(10),
      let severity = text(5).flatMap(Severity.init),
      let json = text(8).flatMap({ try? JSONValue(parsing: $0) }),
      let message = AlertMessage(json)
    else { return nil }
    self.id = id
    condition = text(1) ?? ""
    subject = text(2) ?? ""
    table = text(3)
    cause = text(4) ?? ""
    self.severity = severity
    owner = text(6)
    title = text(7) ?? ""
    self.message = message
    openedAt = opened
    lastSeenAt = seen
    count = number(11)
    episodes = number(12)
    acknowledgements = number(13)
    toldAt = time(14)
    ackedAt = time(15)
    ackedBy = text(16)
    escalatedAt = time(17)
    resolvedAt = time(18)
    foldedInto = text(19)
  }

  var values: [Scalar] {
    func scalar(_ text: String?) -> Scalar { text.map { .string($0) } ?? .null }
    return [
      .string(id), .string(condition), .string(subject), scalar(table), .string(cause),
      .string(severity.rawValue), scalar(owner), .string(title),
      .string(JSONWriter.text(message.json)), .string(openedAt.ledgerText),
      .string(lastSeenAt.ledgerText), .integer(Int64(count)), .integer(Int64(episodes)),
      .integer(Int64(acknowledgements)), scalar(toldAt?.ledgerText), scalar(ackedAt?.ledgerText),
      scalar(ackedBy), scalar(escalatedAt?.ledgerText), scalar(resolvedAt?.ledgerText),
      scalar(foldedInto),
    ]
  }

  /// Whether a silence of `pattern` is meant for it.
  package func isMeant(by pattern: NamePattern) -> Bool {
    id.hasPrefix(pattern.text.lowercased()) && pattern.text.count >= 8
      || [subject, table ?? subject, condition, "\(condition):\(subject)"]
        .contains(where: pattern.matches)
  }
}
