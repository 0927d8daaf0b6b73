package import Core
import YAML

/// `alerts.yml`: channels, rules, deadlines, quiet hours.
package struct AlertsFile: Sendable {
  /// The channels in the order in which they stand.
  package var channels: [Channel] = []
  package var rules: [AlertRule] = []
  package var quiet: QuietHours?
  /// The channel that takes what another does not.
  package var second: String?
  package var deadlines: [String: Deadline] = [:]
  package var heartbeat: Heartbeat?
  /// A query that says what is at stake: the table, and the words.
  package var worthFile: String?

  /// A sign of life: its absence is the alarm, for whoever waits for it.
  package struct Heartbeat: Sendable {
    package var channel: String
    package var seconds: Int64
  }

  /// The file's name in a folder of jobs.
  package static let fileName = "alerts.yml"

  package init() {}

  /// Reads the file in `folder`; what it says when there is none is nothing.
  package init(jobs folder: String, fileSystem: any FileSystem) throws(Fault) {
    let path = "\(folder)/\(Self.fileName)"
    if try fileSystem.exists(path) {
      try self.init(YAMLFile(path, fileSystem: fileSystem).root)
    } else {
      self.init()
    }
  }

  init(_ root: YAMLValue) throws(Fault) {
    let keys = try root.members(allowed: [
      "channels", "rules", "quiet", "second", "deadlines", "heartbeat", "worth",
    ])
    for (name, value) in try keys["channels"]?.members() ?? [] {
      try NameRule.check(folder: name, "a channel's name", at: value.place)
      channels.append(try ChannelReader(name, value).channel())
    }
    for value in try keys["rules"]?.list() ?? [] { rules.append(try rule(value)) }
    if let value = keys["quiet"] { quiet = try Self.quietHours(value) }
    if let value = keys["second"] { second = try channelName(value) }
    for (table, value) in try keys["deadlines"]?.members() ?? [] {
      deadlines[table.lowercased()] = try Deadline(try value.text(), at: value.place)
    }
    if let value = keys["heartbeat"] {
      let members = try value.members(allowed: ["tell", "every"])
      heartbeat = Heartbeat(
        channel: try channelName(try Self.required("tell", members, value)),
        seconds: try Self.seconds(try Self.required("every", members, value)))
    }
    worthFile = try keys["worth"]?.text()
  }

  /// The channel called `name`; nil when there is none.
  package func channel(_ name: String) -> Channel? { channels.first { $0.name == name } }

  /// The rules of one kind, in order.
  package func rules(_ condition: AlertRule.Condition) -> [AlertRule] {
    rules.filter { $0.condition == condition }
  }

  private func channelName(_ value: YAMLValue) throws(Fault) -> String {
    let name = try value.text()
    try KnownNames("a channel of this file", channels.map(\.name)).check(name, at: value.place)
    return name
  }

  private func channelNames(_ value: YAMLValue) throws(Fault) -> [String] {
    let names = try value.texts()
    for name in names {
      try KnownNames("a channel of this file", channels.map(\.name)).check(name, at: value.place)
    }
    return names
  }

  private func rule(_ value: YAMLValue) throws(Fault) -> AlertRule {
    let keys = try value.members(allowed: [
      "when", "jobs", "tables", "layers", "statuses", "in_a_row", "over", "within", "least",
      "severity", "owner", "tell", "escalate",
    ])
    let word = try Self.required("when", keys, value)
    guard let condition = AlertRule.Condition(rawValue: try word.text()) else {
      throw KnownNames("a kind of problem", AlertRule.Condition.allCases.map(\.rawValue))
        .fault(try word.text(), at: word.place)
    }
    var rule = AlertRule(condition, at: value.place)
    rule.jobs = try keys["jobs"]?.texts().map(NamePattern.init) ?? []
    rule.tables = try keys["tables"]?.texts().map(NamePattern.init) ?? []
    rule.layers = try keys["layers"]?.texts() ?? []
    if let list = keys["statuses"] {
      for text in try list.texts() { rule.statuses.append(try Self.statuses(text, list.place)) }
    }
    rule.inARow = max(1, try keys["in_a_row"]?.integer() ?? 1)
    rule.limit = try keys["over"].map(Self.share) ?? Self.standardLimit(condition)
    rule.window = try keys["within"].map(Self.seconds) ?? Self.standardWindow(condition)
    rule.least = max(1, try keys["least"]?.integer() ?? Self.standardLeast(condition))
    if let text = keys["severity"] { rule.severity = try Self.severity(text) }
    rule.owner = try keys["owner"]?.text()
    rule.channels = try channelNames(try Self.required("tell", keys, value))
    if let escalate = keys["escalate"] {
      let members = try escalate.members(allowed: ["after", "tell"])
      rule.escalation = AlertRule.Escalation(
        seconds: try Self.seconds(try Self.required("after", members, escalate)),
        channels: try channelNames(try Self.required("tell", members, escalate)))
    }
    return rule
  }

  private static func standardLimit(_ condition: AlertRule.Condition) -> Double {
    switch condition {
    case .rejects, .quarantined: 0.02
    case .failures: 0.2
    case .slow: 2
    case .lag: 3
    case .failed, .quality, .deadline, .unproven, .inferred, .undelivered: 0
    }
  }

  private static func standardLeast(_ condition: AlertRule.Condition) -> Int {
    switch condition {
    case .rejects, .quarantined: 100
    case .failures, .slow, .lag: 5
    case .failed, .quality, .deadline, .unproven, .inferred, .undelivered: 1
    }
  }

  private static func standardWindow(_ condition: AlertRule.Condition) -> Int64 {
    condition == .inferred ? 30 * 86_400 : 86_400
  }

  /// `2 %`, or a factor such as `2.5`.
  private static func share(_ value: YAMLValue) throws(Fault) -> Double {
    let text = try value.text()
    let isPercent = text.hasSuffix("%")
    let number = Double(parsing: String((isPercent ? text.dropLast() : text[...]).trimmed))
    guard let number, number.isFinite, number >= 0 else {
      throw value.wrong("a share such as '2 %', or a factor such as '2.5'")
    }
    return isPercent ? number / 100 : number
  }

  /// `75`, `1-74`, or `lost`.
  private static func statuses(_ text: String, _ place: Place) throws(Fault) -> AlertRule.Statuses {
    if text == "lost" { return 137...137 }
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard (1...2).contains(parts.count), parts.allSatisfy({ (1...255).contains($0) }),
      parts[0] <= parts[parts.count - 1]
    else {
      throw Fault(
        .configuration, at: place, "'\(text)' is no exit status",
        remedy: "write one such as 78, a range such as 1-74, or lost")
    }
    return parts[0]...parts[parts.count - 1]
  }

  private static func severity(_ value: YAMLValue) throws(Fault) -> Severity {
    guard let severity = Severity(rawValue: try value.text()) else {
      throw KnownNames("a severity", Severity.allCases.map(\.rawValue))
        .fault(try value.text(), at: value.place)
    }
    return severity
  }

  private static func quietHours(_ value: YAMLValue) throws(Fault) -> QuietHours {
    let keys = try value.members(allowed: ["zone", "from", "to", "severity"])
    let zone = try required("zone", keys, value)
    guard let rules = ZoneRules.named(try zone.text()) else {
      var fault = ZoneRules.unknown(try zone.text())
      fault.kind = .configuration
      throw fault.placed(at: zone.place)
    }
    return QuietHours(
      zone: rules, from: try minute(try required("from", keys, value)),
      to: try minute(try required("to", keys, value)),
      severity: try keys["severity"].map(severity) ?? .error)
  }

  /// `22:00` as a minute of the day.
  private static func minute(_ value: YAMLValue) throws(Fault) -> Int64 {
    let parts = try value.text().split(separator: ":").compactMap { Int64($0) }
    guard parts.count == 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]) else {
      throw value.wrong("a time of day such as '22:00'")
    }
    return parts[0] * 60 + parts[1]
  }

  /// `30m`, `24h` or `1 day`.
  static func seconds(_ value: YAMLValue) throws(Fault) -> Int64 {
    let text = try value.text()
    if let span = TimeSpan(text), span.duration >= .seconds(1) {
      return span.duration.components.seconds
    }
    let words = text.split(separator: " ")
    let units: [Substring: Int64] = [
      "minute": 60, "minutes": 60, "hour": 3_600, "hours": 3_600, "day": 86_400, "days": 86_400,
    ]
    guard words.count == 2, let count = Int64(words[0]), (1...10_000).contains(count),
      let unit = units[words[1]]
    else { throw value.wrong("a length of time such as '30m', '24h' or '7 days'") }
    return count * unit
  }

  static func required(
    _ key: String, _ members: [String: YAMLValue], _ parent: YAMLValue
  ) throws(Fault) -> YAMLValue {
    guard let value = members[key] else {
      throw Fault(
        .configuration, at: parent.place, "'\(key)' is missing", remedy: "add '\(key):' here")
    }
    return value
  }
}
