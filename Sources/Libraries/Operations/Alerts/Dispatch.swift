package import Core
import Database

/// Brings what waits in the outbox to its channels.
///
/// Messages of one channel go in order: one that cannot go yet holds back those behind it. What a
/// channel does not take for good goes to the second channel, and that it does not is an alert.
package struct Dispatch {
  private let book: AlertBook
  private let outbox: Outbox
  private let file: AlertsFile
  private let courier: Courier
  private let source: String
  private let now: Timestamp

  package init(
    _ book: AlertBook, _ file: AlertsFile, _ courier: Courier, source: String, at now: Timestamp
  ) {
    self.book = book
    outbox = Outbox(book)
    self.file = file
    self.courier = courier
    self.source = source
    self.now = now
  }

  /// Delivers what can go now; what is wrong with channels, one fault each.
  package func run() throws -> [Fault] {
    var faults = try deliver()
    // What a channel did not take is told by another, at once.
    try AlertRound(book, file, source: source, at: now).take(deadChannels(), of: [.undelivered])
    faults += try deliver()
    return faults
  }

  private func deliver() throws -> [Fault] {
    var faults: [Fault] = []
    // The second channel may have more to tell once the others are through.
    let waiting = try outbox.channels()
    let channels = waiting.filter { $0 != file.second } + [file.second].compactMap { $0 }
    for name in channels {
      while let next = try outbox.first(for: name), next.notBefore <= now {
        guard let fault = try attempt(next, name) else { continue }
        faults.append(fault)
        if fault.kind == .temporary { break }
      }
    }
    return faults
  }

  /// What is wrong, if anything is: `.temporary` when the message waits on.
  private func attempt(_ next: Outbox.Waiting, _ name: String) throws -> Fault? {
    let delivery =
      file.channel(name).map { courier.deliver(next.message, by: $0) }
      ?? .refused("'\(name)' is no channel of \(AlertsFile.fileName) any more")
    let place = file.channel(name)?.place
    switch delivery {
    case .delivered:
      try outbox.noteDelivered(next, at: now)
      return nil
    case .later(let words, let seconds) where next.tries + 1 < Outbox.mostTries:
      try outbox.noteDelayed(next, words, seconds: seconds, at: now)
      return Fault(
        .temporary, at: place, "the channel '\(name)' does not take an alert now: \(words)",
        remedy: "it is tried again by the next 'alert'")
    case .later(let words, _), .refused(let words):
      try book.database.transaction {
        try outbox.noteGivenUp(next, words, at: now)
        // It may have been told of it anyway.
        if let second = file.second, second != name,
          try !outbox.has(next, for: second)
        {
          try outbox.add(next.message, to: second, at: now, standingFor: next.number)
        }
      }
      return Fault(
        .io, at: place, "the channel '\(name)' did not take an alert: \(words)",
        remedy: "mend it, and try it with 'alert test \(name)'")
    }
  }

  /// Channels whose last message was given up.
  private func deadChannels() throws(Fault) -> [Problem] {
    let dead = try outbox.standings().filter(\.isDead)
    let given = file.rules(.undelivered).first
    return dead.map { standing in
      var rule = given ?? AlertRule(.undelivered, at: Place(AlertsFile.fileName))
      // Not by the channel that is dead.
      let others = rule.channels.isEmpty ? [file.second].compactMap { $0 } : rule.channels
      rule.channels = others.filter { $0 != standing.channel }
      if rule.channels.isEmpty {
        rule.channels = file.channels.map(\.name).filter { $0 != standing.channel }
      }
      var problem = Problem(
        rule, subject: standing.channel, cause: "undelivered",
        title: "the channel '\(standing.channel)' takes no alerts",
        since: standing.lastGivenUp ?? now,
        lastSeen: now)
      problem.detail = standing.lastError ?? ""
      problem.facts = [.init("given up", counted(standing.givenUp, "message"))]
      problem.steps = [.init("try it", "alert test \(quotedForShell(standing.channel))")]
      return problem
    }
  }
}
