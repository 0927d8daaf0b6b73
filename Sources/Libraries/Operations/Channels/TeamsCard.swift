import Core
package import JSON

/// A message as Teams' webhooks and workflows take it: an adaptive card 1.5 in a message.
///
/// Teams takes 28 kB, counted after it has expanded the card: it is kept well below.
package struct TeamsCard {
  static let limit = 18_000

  private let message: AlertMessage

  package init(_ message: AlertMessage) { self.message = message }

  /// The payload.
  package var json: JSONValue {
    for budget in [4_000, 1_500, 500, 150] {
      let json = json(budget)
      if JSONWriter.bytes(json).count < Self.limit { return json }
    }
    return json(20)
  }

  private func json(_ budget: Int) -> JSONValue {
    var body: [JSONValue] = [
      [
        "type": "TextBlock", "text": .string(Self.escaped(message.headline, min(250, budget))),
        "size": "Large", "weight": "Bolder", "wrap": true, "style": "heading",
        "color": .string(color),
      ]
    ]
    if !message.detail.isEmpty { body.append(Self.block(message.detail, budget)) }
    if !message.facts.isEmpty {
      body.append([
        "type": "FactSet",
        "facts": .array(
          message.facts.prefix(20).map { fact in
            [
              "title": .string(Self.escaped(fact.name, min(60, budget))),
              "value": .string(Self.escaped(fact.value, min(300, budget))),
            ]
          }),
      ])
    }
    for step in message.steps.prefix(8) {
      body.append(Self.block("\(step.meaning):", min(100, budget), ["isSubtle": true]))
      body.append(
        Self.block(
          step.command, min(400, budget), ["fontType": "Monospace", "spacing": "None"]))
    }
    let foot = "\(message.source) · \(message.id.prefix(12)) · \(message.at)"
    body.append(Self.block(foot, 300, ["isSubtle": true, "size": "Small"]))
    return [
      "type": "message",
      "attachments": [
        [
          "contentType": "application/vnd.microsoft.card.adaptive",
          "content": [
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard", "version": "1.5", "body": .array(body),
            "msteams": ["width": "Full"],
          ],
        ]
      ],
    ]
  }

  private var color: String {
    switch message.action {
    case .resolve, .acknowledge, .rehearse, .heartbeat: "Good"
    case .trigger, .escalate: message.severity >= .error ? "Attention" : "Warning"
    }
  }

  private static func block(
    _ text: String, _ limit: Int, _ more: JSONObject = [:]
  ) -> JSONValue {
    let members: [(String, JSONValue)] = [
      ("type", "TextBlock"), ("text", .string(escaped(text, limit))), ("wrap", true),
    ]
    return .object(JSONObject(members + more.members.map { ($0.key, $0.value) }))
  }

  /// What would make a link, or letters of another kind, of a stranger's text.
  private static func escaped(_ text: String, _ limit: Int) -> String {
    fitted(text, limit) { sign in
      "\\[]*`<>#".contains(sign) ? "\\\(sign)" : String(sign)
    }
  }
}
