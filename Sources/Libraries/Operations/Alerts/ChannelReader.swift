import Core
import YAML

/// Reads one channel of `alerts.yml`.
struct ChannelReader {
  private let name: String
  private let value: YAMLValue

  init(_ name: String, _ value: YAMLValue) {
    self.name = name
    self.value = value
  }

  private static let pagerDutyAddress = "https://events.pagerduty.com/v2/enqueue"
  private static let kinds = ["mail", "slack", "teams", "pagerduty", "webhook", "file", "command"]
  private static let keys: [String: [String]] = [
    "mail": ["to", "from", "program"], "slack": ["url"] + route, "teams": ["url"] + route,
    "pagerduty": ["key", "url"] + route, "webhook": ["url", "secret"] + route, "file": ["path"],
    "command": ["run"],
  ]
  private static let route = ["ca", "unencrypted"]

  func channel() throws(Fault) -> Channel {
    let word = try AlertsFile.required(
      "kind", try value.members(allowed: ["kind"] + Self.keys.values.flatMap(\.self)), value)
    let kind = try word.text()
    try KnownNames("a kind of channel", Self.kinds).check(kind, at: word.place)
    let keys = try value.members(allowed: ["kind"] + (Self.keys[kind] ?? []))
    func text(_ key: String) throws(Fault) -> String {
      try AlertsFile.required(key, keys, value).text()
    }
    let made: Channel.Kind =
      switch kind {
      case "mail": try mail(keys)
      case "slack": .slack(address: try text("url"))
      case "teams": .teams(address: try text("url"))
      case "pagerduty":
        .pagerDuty(
          address: try keys["url"]?.text() ?? Self.pagerDutyAddress, key: try secret("key", keys))
      case "webhook":
        .webhook(
          address: try text("url"),
          secret: keys["secret"] == nil ? nil : try secret("secret", keys))
      case "file": .file(path: try FileAddress.path(try text("path"), at: value.place))
      default: .command(program: try program("run", keys))
      }
    var channel = Channel(name, made, at: value.place)
    if let file = keys["ca"] {
      channel.route.authority = try FileAddress.path(try file.text(), at: file.place)
    }
    if let word = keys["unencrypted"] {
      guard let isSo = Bool(parsing: try word.text()) else { throw word.wrong("true or false") }
      channel.route.isUnencrypted = isSo
    }
    return channel
  }

  private func mail(_ keys: [String: YAMLValue]) throws(Fault) -> Channel.Kind {
    let receivers = try AlertsFile.required("to", keys, value)
    let sender = try AlertsFile.required("from", keys, value)
    for address in try receivers.texts() {
      try MailMessage.check(address: address, at: receivers.place)
    }
    try MailMessage.check(address: try sender.text(), at: sender.place)
    guard try !receivers.texts().isEmpty else { throw receivers.wrong("at least one address") }
    return .mail(
      to: try receivers.texts(), from: try sender.text(),
      program: keys["program"] == nil ? ["sendmail", "-i"] : try program("program", keys))
  }

  /// A key, which must not stand in the file itself: people copy it, and it is kept in version
  /// control.
  private func secret(_ key: String, _ keys: [String: YAMLValue]) throws(Fault) -> String {
    let text = try AlertsFile.required(key, keys, value)
    guard try text.text().hasPrefix("secret:") else {
      throw Fault(
        .configuration, at: text.place, "a key in a job file",
        remedy: "write 'secret:NAME', and put the key into the lake's folder of secrets")
    }
    return try text.text()
  }

  private func program(
    _ key: String, _ keys: [String: YAMLValue]
  ) throws(Fault) -> [String] {
    let words = try AlertsFile.required(key, keys, value)
    let program = try words.texts()
    guard let first = program.first, !first.isEmpty else { throw words.wrong("a program") }
    return program
  }
}
