package import Core
package import JSON

/// How bad a problem is, in PagerDuty's words; the worst first.
package enum Severity: String, Sendable, CaseIterable, Comparable {
  case critical
  case error
  case warning
  case info

  package static func < (left: Severity, right: Severity) -> Bool {
    left.badness < right.badness
  }

  private var badness: Int {
    switch self {
    case .critical: 3
    case .error: 2
    case .warning: 1
    case .info: 0
    }
  }
}

/// What is told of one problem: the same, whatever way it goes.
package struct AlertMessage: Equatable, Sendable {
  /// What became of the problem.
  package enum Action: String, Sendable, CaseIterable {
    case trigger
    case escalate
    case acknowledge
    case resolve
    /// Nothing is wrong: the way itself is tried.
    case rehearse
    /// Nothing is wrong: that nothing of this kind comes is the alarm.
    case heartbeat
  }

  /// A name and its value, such as `since` and a time.
  package struct Fact: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What a person may do, as a command.
  package struct Step: Equatable, Sendable {
    package var meaning: String
    package var command: String

    package init(_ meaning: String, _ command: String) {
      self.meaning = meaning
      self.command = command
    }
  }

  /// The identity of the problem: the same for all that is told of it.
  package var id: String
  package var action: Action
  package var severity: Severity
  package var title: String
  package var detail: String
  package var facts: [Fact]
  package var steps: [Step]
  /// The machine and the lake.
  package var source: String
  package var since: Timestamp
  package var at: Timestamp
  /// How often it was seen.
  package var count: Int

  package init(
    id: String, _ action: Action, _ severity: Severity, title: String, detail: String = "",
    facts: [Fact] = [], steps: [Step] = [], source: String, since: Timestamp, at: Timestamp,
    count: Int = 1
  ) {
    self.id = id
    self.action = action
    self.severity = severity
    // It is kept, and goes to people and services that need not know what others have said.
    self.title = masked(title)
    self.detail = masked(detail)
    self.facts = facts.map { Fact($0.name, masked($0.value)) }
    self.steps = steps.map { Step($0.meaning, masked($0.command)) }
    self.source = source
    self.since = since
    self.at = at
    self.count = count
  }

  /// What people see first: `error: gold.sales failed`, `resolved after 2 h 5 min: …`.
  package var headline: String {
    switch action {
    case .trigger: "\(severity.rawValue): \(title)"
    case .escalate: "not acknowledged, \(severity.rawValue): \(title)"
    case .acknowledge: "acknowledged: \(title)"
    case .resolve: "resolved after \(spanText(from: since, to: at)): \(title)"
    case .rehearse: "rehearsal: \(title)"
    case .heartbeat: title
    }
  }

  /// What programs are given: keys in a fixed order.
  package var json: JSONValue {
    [
      "id": .string(id), "action": .string(action.rawValue), "severity": .string(severity.rawValue),
      "title": .string(title), "detail": .string(detail),
      "facts": .array(facts.map { ["name": .string($0.name), "value": .string($0.value)] }),
      "commands": .array(
        steps.map { ["meaning": .string($0.meaning), "command": .string($0.command)] }),
      "source": .string(source), "since": .string("\(since)"), "at": .string("\(at)"),
      "count": JSONValue(count),
    ]
  }

  /// The message in `json`; nil when it is none.
  package init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let title = json["title"]?.string,
      let action = json["action"]?.string.flatMap(Action.init),
      let severity = json["severity"]?.string.flatMap(Severity.init),
      let since = json["since"]?.string.flatMap({ Timestamp(rfc3339Text: $0) }),
      let at = json["at"]?.string.flatMap({ Timestamp(rfc3339Text: $0) })
    else { return nil }
    let facts = (json["facts"]?.array ?? []).map {
      Fact($0["name"]?.string ?? "", $0["value"]?.string ?? "")
    }
    let steps = (json["commands"]?.array ?? []).map {
      Step($0["meaning"]?.string ?? "", $0["command"]?.string ?? "")
    }
    self.init(
      id: id, action, severity, title: title, detail: json["detail"]?.string ?? "", facts: facts,
      steps: steps, source: json["source"]?.string ?? "", since: since, at: at,
      count: json["count"]?.int ?? 1)
  }
}

/// How long it is between two times, in the two greatest units: `2 d 4 h`, `35 min`, `8 s`.
package func spanText(from start: Timestamp, to end: Timestamp) -> String {
  spanText(seconds: max(0, end.secondCount(since: start)))
}

/// A number of seconds in the two greatest units.
package func spanText(seconds: Int64) -> String {
  let units: [(name: String, size: Int64)] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
  guard let first = units.firstIndex(where: { seconds >= $0.size }) else { return "0 s" }
  var parts = ["\(seconds / units[first].size) \(units[first].name)"]
  if first + 1 < units.count {
    let rest = seconds % units[first].size / units[first + 1].size
    if rest > 0 && first < 2 || rest > 0 && seconds < 600 {
      parts.append("\(rest) \(units[first + 1].name)")
    }
  }
  return parts.joined(separator: " ")
}

/// The beginning of `text` whose signs, each as `spelled`, are at most `limit` characters; one that
/// is cut ends with a sign that says so.
package func fitted(
  _ text: String, _ limit: Int, spelled: (Character) -> String = { String($0) }
) -> String {
  var result = ""
  var count = 0
  var safe = result.endIndex
  for sign in text {
    let word = spelled(sign)
    if count + word.unicodeScalars.count > limit {
      return String(result[..<safe]) + "…"
    }
    result += word
    count += word.unicodeScalars.count
    if count < limit { safe = result.endIndex }
  }
  return result
}
