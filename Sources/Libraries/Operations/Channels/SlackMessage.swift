import Core
package import JSON

/// A message as Slack's incoming webhooks take it: blocks, with a plain text for notifications.
///
/// Slack takes 3,000 characters a text, 150 in a header and 10 fields, and in all somewhat more
/// than 10,000: what is longer is cut, so that it never refuses a message for its length.
package struct SlackMessage {
  static let limit = 10_000

  private let message: AlertMessage

  package init(_ message: AlertMessage) { self.message = message }

  /// The payload.
  package var json: JSONValue {
    for budget in [2_000, 800, 300, 100] {
      let json = json(budget)
      if JSONWriter.bytes(json).count < Self.limit { return json }
    }
    return json(20)
  }

  private func json(_ budget: Int) -> JSONValue {
    var blocks: [JSONValue] = [
      [
        "type": "header",
        "text": [
          "type": "plain_text", "text": .string(fitted(message.headline, min(150, budget))),
          "emoji": false,
        ],
      ]
    ]
    let fields = message.facts.prefix(10).map { fact in
      let name = Self.escaped(fact.name, min(40, budget))
      return Self.text("*\(name)*\n\(Self.escaped(fact.value, min(200, budget)))")
    }
    if !fields.isEmpty { blocks.append(["type": "section", "fields": .array(Array(fields))]) }
    if !message.detail.isEmpty {
      blocks.append(["type": "section", "text": Self.text(Self.escaped(message.detail, budget))])
    }
    if !message.steps.isEmpty {
      // A fence within would end the fence.
      let lines = message.steps.map { "# \($0.meaning)\n\($0.command)" }.joined(separator: "\n")
        .replacing("```", with: "'''")
      blocks.append([
        "type": "section", "text": Self.text("```\(Self.escaped(lines, budget))```"),
      ])
    }
    let foot = "\(message.source) · \(message.id.prefix(12)) · \(message.at)"
    blocks.append([
      "type": "context", "elements": [Self.text(Self.escaped(foot, 300))],
    ])
    return [
      "text": .string(Self.escaped(message.headline, min(300, budget))), "blocks": .array(blocks),
    ]
  }

  private static func text(_ text: String) -> JSONValue {
    ["type": "mrkdwn", "text": .string(text)]
  }

  /// Slack's three signs, which could else name people and addresses.
  private static func escaped(_ text: String, _ limit: Int) -> String {
    fitted(text, limit) { sign in
      switch sign {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(sign)
      }
    }
  }
}
