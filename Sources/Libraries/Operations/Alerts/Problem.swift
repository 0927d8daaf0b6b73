package import Core

/// Something that is wrong now, as facts tell: one for each cause, however often it shows.
package struct Problem: Sendable {
  package var condition: AlertRule.Condition
  /// The job, the check or the channel.
  package var subject: String
  package var table: String?
  /// The class of the cause: what stays the same when numbers and names within it change.
  package var cause: String
  package var title: String
  package var detail = ""
  package var facts: [AlertMessage.Fact] = []
  package var steps: [AlertMessage.Step] = []
  package var since: Timestamp
  package var lastSeen: Timestamp
  package var count = 1
  package var severity: Severity
  package var owner: String?
  package var channels: [String]
  package var escalation: AlertRule.Escalation?
  /// The problem that explains this one.
  package var parent: String?

  init(
    _ rule: AlertRule, subject: String, table: String? = nil, cause: String, title: String,
    since: Timestamp, lastSeen: Timestamp
  ) {
    condition = rule.condition
    self.subject = subject
    self.table = table
    self.cause = cause
    self.title = title
    self.since = since
    self.lastSeen = lastSeen
    severity = rule.severity
    owner = rule.owner
    channels = rule.channels
    escalation = rule.escalation
  }

  /// What names the problem for good.
  package var id: String {
    SHA256.hex(
      of: [condition.rawValue, subject, table ?? "", cause].joined(separator: "\u{1F}"))
  }

  /// The class of a cause: numbers, quoted words and places are left out, so that the same fault in
  /// another file, or on another day, is the same.
  package static func causeClass(of text: String) -> String {
    var result = ""
    var isQuoted = false
    for sign in text.prefix(400) {
      if sign == "'" {
        isQuoted.toggle()
        result += isQuoted ? "'…" : "'"
      } else if isQuoted {
        continue
      } else if sign.isNumber {
        if result.last != "#" { result.append("#") }
      } else {
        result.append(sign)
      }
    }
    return String(result.prefix(200))
  }
}
