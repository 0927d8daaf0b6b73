import Core
package import JSON

/// A message as PagerDuty's Events API v2 takes it.
///
/// All that is told of one problem has one `dedup_key`, which is a digest: names of tables may be
/// longer than the 255 characters that a key may have.
package struct PagerDutyEvent {
  private let message: AlertMessage
  private let routingKey: String

  package init(_ message: AlertMessage, routingKey: String) {
    self.message = message
    self.routingKey = routingKey
  }

  /// The payload.
  package var json: JSONValue {
    let action =
      switch message.action {
      case .trigger, .escalate, .rehearse, .heartbeat: "trigger"
      case .acknowledge: "acknowledge"
      case .resolve: "resolve"
      }
    let head: [(String, JSONValue)] = [
      ("routing_key", .string(routingKey)), ("event_action", .string(action)),
      ("dedup_key", .string("medallion-\(message.id.prefix(200))")),
    ]
    guard action == "trigger" else { return .object(JSONObject(head)) }
    let facts = message.facts.prefix(30).map { fact in
      (fitted(fact.name, 100), JSONValue.string(fitted(fact.value, 1_000)))
    }
    let commands = message.steps.prefix(10).map { step in
      (fitted(step.meaning, 100), JSONValue.string(fitted(step.command, 1_000)))
    }
    let details = JSONObject(
      facts + commands + [
        ("detail", .string(fitted(message.detail, 4_000))), ("count", JSONValue(message.count)),
      ])
    let payload: JSONValue = [
      "summary": .string(fitted(message.headline, 1_000)),
      "source": .string(fitted(message.source, 250)),
      "severity": .string(message.severity.rawValue),
      "timestamp": .string("\(message.at)"),
      "custom_details": .object(details),
    ]
    return .object(JSONObject(head + [("client", "medallion"), ("payload", payload)]))
  }
}
