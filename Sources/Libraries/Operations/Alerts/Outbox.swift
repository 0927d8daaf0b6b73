import Columnar
package import Core
import Database
import JSON
import Runs

/// What is to be told, and was: each message waits for its channel, in order, until it is delivered
/// or given up.
package struct Outbox {
  /// How often a message is tried before another channel takes it.
  static let mostTries = 8
  private static let firstDelay: Int64 = 30
  private static let longestDelay: Int64 = 1_800

  private let book: AlertBook

  package init(_ book: AlertBook) { self.book = book }

  /// A message that waits.
  struct Waiting {
    var number: Int64
    var message: AlertMessage
    var tries: Int
    var notBefore: Timestamp
    var standsFor: Int64?
  }

  func add(
    _ message: AlertMessage, to channel: String, at now: Timestamp, notBefore: Timestamp? = nil,
    standingFor number: Int64? = nil
  ) throws(Fault) {
    try book.database.run(
      """
      INSERT INTO outbox (alert_id, channel, action, message, queued_at, not_before, stands_for)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """,
      [
        .string(message.id), .string(channel), .string(message.action.rawValue),
        .string(JSONWriter.text(message.json)), .string(now.ledgerText),
        .string((notBefore ?? now).ledgerText), number.map { .integer($0) } ?? .null,
      ])
  }

  /// The channels that messages of an alert went to, or are to, since a time.
  func channels(toldOf id: String, since time: Timestamp) throws(Fault) -> [String] {
    try book.database.rows(
      """
      SELECT DISTINCT channel FROM outbox
      WHERE alert_id = ?1 AND queued_at >= ?2 AND given_up_at IS NULL ORDER BY channel
      """, [.string(id), .string(time.ledgerText)]
    ).compactMap { if case .string(let name) = $0[0] { name } else { nil } }
  }

  /// When a message of an alert was last put in.
  func lastQueued(of id: String) throws(Fault) -> Timestamp? {
    let value = try book.database.value(
      "SELECT max(queued_at) FROM outbox WHERE alert_id = ?1", [.string(id)])
    if case .string(let time) = value { return Timestamp(rfc3339Text: time) }
    return nil
  }

  /// The channels that messages wait for, in order of their first.
  func channels() throws(Fault) -> [String] {
    try book.database.rows(
      """
      SELECT channel FROM outbox WHERE delivered_at IS NULL AND given_up_at IS NULL
      GROUP BY channel ORDER BY min(message_id)
      """
    ).compactMap { if case .string(let name) = $0[0] { name } else { nil } }
  }

  /// The first message that waits for a channel.
  func first(for channel: String) throws(Fault) -> Waiting? {
    let rows = try book.database.rows(
      """
      SELECT message_id, message, tries, not_before, stands_for FROM outbox
      WHERE channel = ?1 AND delivered_at IS NULL AND given_up_at IS NULL
      ORDER BY message_id LIMIT 1
      """, [.string(channel)])
    guard let row = rows.first, case .integer(let number) = row[0], case .string(let text) = row[1],
      case .integer(let tries) = row[2], case .string(let time) = row[3],
      let message = AlertMessage(try JSONValue(parsing: text)),
      let notBefore = Timestamp(rfc3339Text: time)
    else { return nil }
    var standsFor: Int64?
    if case .integer(let other) = row[4] { standsFor = other }
    return Waiting(
      number: number, message: message, tries: Int(tries), notBefore: notBefore,
      standsFor: standsFor)
  }

  /// Whether another channel has, or had, what is told by a message, put in at the same time.
  func has(_ waiting: Waiting, for channel: String) throws(Fault) -> Bool {
    try book.database.integer(
      """
      SELECT count(*) FROM outbox AS one JOIN outbox AS other USING (alert_id, action, queued_at)
      WHERE one.message_id = ?1 AND other.channel = ?2
      """, [.integer(waiting.number), .string(channel)]) > 0
  }

  func noteDelivered(_ waiting: Waiting, at now: Timestamp) throws(Fault) {
    try book.database.run(
      "UPDATE outbox SET delivered_at = ?2, tries = tries + 1 WHERE message_id = ?1",
      [.integer(waiting.number), .string(now.ledgerText)])
  }

  /// Has a message wait: twice as long as the time before, or as long as the other side asked.
  func noteDelayed(
    _ waiting: Waiting, _ words: String, seconds: Int64?, at now: Timestamp
  ) throws(Fault) {
    let delay = min(Self.longestDelay, Self.firstDelay << min(10, waiting.tries))
    let next = now.adding(seconds: max(delay, min(seconds ?? 0, 86_400))) ?? now
    try book.database.run(
      """
      UPDATE outbox SET tries = tries + 1, last_error = ?2, not_before = ?3 WHERE message_id = ?1
      """, [.integer(waiting.number), .string(words), .string(next.ledgerText)])
  }

  func noteGivenUp(_ waiting: Waiting, _ words: String, at now: Timestamp) throws(Fault) {
    try book.database.run(
      "UPDATE outbox SET tries = tries + 1, last_error = ?2, given_up_at = ?3 "
        + "WHERE message_id = ?1",
      [.integer(waiting.number), .string(words), .string(now.ledgerText)])
  }

  /// How the outbox stands with one channel.
  package struct Standing: Sendable {
    package var channel: String
    package var waiting: Int
    package var delivered: Int
    package var givenUp: Int
    package var lastDelivered: Timestamp?
    package var lastGivenUp: Timestamp?
    package var lastError: String?
    /// Whether the last message that did not stay waiting was given up.
    package var isDead: Bool
  }

  /// How it stands with each channel that was ever to be told.
  package func standings() throws(Fault) -> [Standing] {
    func text(_ value: Scalar) -> String? {
      if case .string(let text) = value { text } else { nil }
    }
    func time(_ value: Scalar) -> Timestamp? {
      text(value).flatMap { Timestamp(rfc3339Text: $0) }
    }
    func number(_ value: Scalar) -> Int {
      if case .integer(let number) = value { Int(number) } else { 0 }
    }
    return try book.database.rows(
      """
      SELECT channel, sum(delivered_at IS NULL AND given_up_at IS NULL), count(delivered_at),
        count(given_up_at), max(delivered_at), max(given_up_at),
        max(CASE WHEN given_up_at IS NOT NULL THEN last_error END),
        coalesce(max(CASE WHEN given_up_at IS NOT NULL THEN message_id END), 0)
          > coalesce(max(CASE WHEN delivered_at IS NOT NULL THEN message_id END), 0)
      FROM outbox GROUP BY channel ORDER BY channel
      """
    ).compactMap { row in
      guard let channel = text(row[0]) else { return nil }
      return Standing(
        channel: channel, waiting: number(row[1]), delivered: number(row[2]),
        givenUp: number(row[3]), lastDelivered: time(row[4]), lastGivenUp: time(row[5]),
        lastError: text(row[6]), isDead: number(row[7]) == 1)
    }
  }
}
