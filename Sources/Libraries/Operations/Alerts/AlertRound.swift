package import Core
import Database

/// One round over the alerts: what stands is held against what is remembered, and what people are
/// to be told of the difference is put into the outbox, all in one transaction.
package struct AlertRound {
  private let book: AlertBook
  private let outbox: Outbox
  private let file: AlertsFile
  private let source: String
  private let now: Timestamp

  /// `source` names machine and lake in messages.
  package init(_ book: AlertBook, _ file: AlertsFile, source: String, at now: Timestamp) {
    self.book = book
    outbox = Outbox(book)
    self.file = file
    self.source = source
    self.now = now
  }

  /// Takes in `problems`, which are all that stand of `conditions`: opens, updates, escalates and
  /// resolves alerts. Gives how many stand of those that nothing explains.
  @discardableResult
  package func take(
    _ problems: [Problem], of conditions: Set<AlertRule.Condition>
  ) throws -> Int {
    try book.database.transaction {
      let silences = try book.silences(at: now)
      let known = Dictionary(uniqueKeysWithValues: try book.alerts(all: true).map { ($0.id, $0) })
      for problem in problems {
        var row = opened(problem, known[problem.id])
        // What was not looked at this time may still explain it.
        if row.foldedInto == nil, let parent = known[problem.id]?.foldedInto,
          let cause = known[parent], cause.resolvedAt == nil,
          !conditions.contains(where: { $0.rawValue == cause.condition })
        {
          row.foldedInto = parent
        }
        let isSilent = silences.contains { row.isMeant(by: $0.pattern) }
        if row.foldedInto == nil, !isSilent { try tell(&row, problem) }
        try book.put(row)
      }
      let standing = Set(problems.map(\.id))
      for row in known.values.sorted(by: { $0.id < $1.id })
      where row.resolvedAt == nil && !standing.contains(row.id)
        && conditions.contains(where: { $0.rawValue == row.condition })
      {
        try resolve(row)
      }
    }
    return problems.count { $0.parent == nil }
  }

  /// The row of a problem: new, as it was but for what changed, or open once more.
  private func opened(_ problem: Problem, _ known: AlertRow?) -> AlertRow {
    var row = AlertRow(problem, message(problem, .trigger))
    row.foldedInto = problem.parent
    guard let known else { return row }
    row.episodes = known.episodes
    row.acknowledgements = known.acknowledgements
    guard known.resolvedAt == nil else {
      row.episodes += 1
      return row
    }
    row.openedAt = min(known.openedAt, row.openedAt)
    row.message.since = row.openedAt
    (row.toldAt, row.ackedAt, row.ackedBy) = (known.toldAt, known.ackedAt, known.ackedBy)
    row.escalatedAt = known.escalatedAt
    return row
  }

  private func tell(_ row: inout AlertRow, _ problem: Problem) throws(Fault) {
    if row.toldAt == nil {
      let opening = file.quiet?.opening(for: row.severity, at: now) ?? now
      for channel in problem.channels {
        try outbox.add(row.message, to: channel, at: now, notBefore: opening)
      }
      row.toldAt = now
    } else if let escalation = problem.escalation, row.ackedAt == nil, row.escalatedAt == nil,
      let told = row.toldAt, let due = told.adding(seconds: escalation.seconds), due <= now
    {
      var message = row.message
      message.action = .escalate
      message.at = now
      for channel in escalation.channels { try outbox.add(message, to: channel, at: now) }
      row.escalatedAt = now
    }
  }

  /// Says that all is well to whoever was told that it is not.
  private func resolve(_ row: AlertRow) throws(Fault) {
    var row = row
    row.resolvedAt = now
    try book.put(row)
    guard row.toldAt != nil else { return }
    var message = row.message
    message.action = .resolve
    message.at = now
    message.steps = []
    for channel in try outbox.channels(toldOf: row.id, since: row.toldAt ?? now) {
      try outbox.add(message, to: channel, at: now)
    }
  }

  /// Gives a sign of life when it is time for one; whoever waits for it in vain is warned.
  package func giveSignOfLife() throws {
    guard let heartbeat = file.heartbeat else { return }
    try book.database.transaction {
      let last = try outbox.lastQueued(of: Self.heartbeatID)
      let due = last?.adding(seconds: heartbeat.seconds) ?? now
      guard due <= now else { return }
      let open = try book.alerts().count { $0.foldedInto == nil }
      let message = AlertMessage(
        id: Self.heartbeatID, .heartbeat, .info, title: "the watch is kept",
        facts: [
          .init("open alerts", "\(open)"),
          .init("next sign", "within \(spanText(seconds: heartbeat.seconds))"),
        ], source: source, since: last ?? now, at: now)
      try outbox.add(message, to: heartbeat.channel, at: now)
    }
  }

  private static let heartbeatID = SHA256.hex(of: "heartbeat")

  /// Notes that somebody has seen an alert, and tells it to the channels that keep incidents.
  package func acknowledge(_ row: AlertRow, by name: String) throws {
    try book.database.transaction {
      var row = row
      row.ackedAt = now
      row.ackedBy = name
      row.acknowledgements += 1
      try book.put(row)
      var message = row.message
      message.action = .acknowledge
      message.at = now
      for channel in try outbox.channels(toldOf: row.id, since: row.toldAt ?? now)
      where file.channel(channel)?.keepsIncidents ?? false {
        try outbox.add(message, to: channel, at: now)
      }
    }
  }

  private func message(_ problem: Problem, _ action: AlertMessage.Action) -> AlertMessage {
    var facts = [AlertMessage.Fact("since", "\(problem.since)")]
    if problem.count > 1 { facts.append(.init("times", "\(problem.count)")) }
    return AlertMessage(
      id: problem.id, action, problem.severity, title: problem.title, detail: problem.detail,
      facts: facts + problem.facts, steps: problem.steps, source: source, since: problem.since,
      at: now, count: problem.count)
  }
}

extension Channel {
  /// Whether it is told too that somebody has seen an alert.
  var keepsIncidents: Bool {
    switch kind {
    case .pagerDuty, .webhook, .file, .command: true
    case .mail, .slack, .teams: false
    }
  }
}
