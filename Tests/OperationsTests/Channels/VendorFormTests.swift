import Core
import JSON
import Testing

@testable import Operations

/// What is sent has the form that the service documents, for all that may be told and however it is
/// spelled; and the forms would not let everything pass.
@Suite struct VendorFormTests {
  private static let actions: [AlertMessage.Action] = [
    .trigger, .escalate, .acknowledge, .resolve, .rehearse, .heartbeat,
  ]
  private static let severities: [Severity] = [.info, .warning, .error, .critical]

  /// Messages of every action and level, with nothing in them, with much, and with signs that are
  /// spelled longer than they are.
  private static let messages: [AlertMessage] = actions.flatMap { action in
    severities.flatMap { severity in
      ["", "a", "<&>`*_[]\\\"\n\u{1}", "💶"].flatMap { sign in
        [0, 1, 150, 4_000].map { length in
          let text = String(repeating: sign, count: length)
          return AlertMessage(
            id: SHA256.hex(of: text), action, severity, title: "t\(text)", detail: text,
            facts: (0..<(length % 40)).map { .init("\(text)\($0)", text) },
            steps: (0..<(length % 20)).map { .init("\(text)\($0)", text) }, source: "lake",
            since: Timestamp(microseconds: 0), at: Timestamp(microseconds: 3_600_000_000))
        }
      }
    }
  }

  @Test func `every message has Slack's form`() {
    for message in Self.messages {
      #expect(VendorForms.slack(SlackMessage(message).json) == [], "\(message.title.prefix(20))")
    }
  }

  @Test func `every message has Teams' form`() {
    for message in Self.messages {
      #expect(VendorForms.teams(TeamsCard(message).json) == [], "\(message.title.prefix(20))")
    }
  }

  @Test func `every message has PagerDuty's form`() {
    for message in Self.messages {
      let event = PagerDutyEvent(message, routingKey: "e93facc04764012d7bfb002500d5d1a6").json
      #expect(VendorForms.pagerDuty(event) == [], "\(message.title.prefix(20))")
    }
  }

  private func texts(_ kind: String, _ count: Int, length: Int) -> String {
    let text = String(repeating: "x", count: length)
    return Array(repeating: #"{"type": "\#(kind)", "text": "\#(text)"}"#, count: count)
      .joined(separator: ", ")
  }

  @Test func `what Slack refuses is found`() throws {
    for (block, finding) in [
      (#"{"type": "header", "text": \#(texts("mrkdwn", 1, length: 1))}"#, "none of plain_text"),
      (#"{"type": "header", "text": \#(texts("plain_text", 1, length: 151))}"#, "151 characters"),
      (#"{"type": "section", "text": \#(texts("mrkdwn", 1, length: 3_001))}"#, "3001 characters"),
      (#"{"type": "section", "fields": [\#(texts("mrkdwn", 11, length: 1))]}"#, "11 elements"),
      (#"{"type": "section"}"#, "neither text nor fields"),
      (#"{"type": "context", "elements": [\#(texts("mrkdwn", 1, length: 0))]}"#, "0 characters"),
      (#"{"type": "section", "txt": 1, "fields": [\#(texts("mrkdwn", 1, length: 1))]}"#, "'txt'"),
    ] {
      let message = try JSONValue(parsing: #"{"text": "t", "blocks": [\#(block)]}"#)
      let findings = VendorForms.slack(message)
      #expect(findings.count == 1 && findings[0].contains(finding), "\(block): \(findings)")
    }
  }

  @Test func `what Teams refuses is found`() throws {
    for (element, finding) in [
      (#"{"type": "TextBlock", "text": "t", "color": "red"}"#, "'color' is none of"),
      (#"{"type": "TextBlock", "txt": "t"}"#, "'text' is missing"),
      (#"{"type": "FactSet", "facts": [{"title": "t"}]}"#, "'value' is missing"),
      (#"{"type": "FactSet", "facts": [{"title": "t", "value": 3}]}"#, "'value' is no text"),
      (#"{"type": "TextBlock", "text": "t", "wrap": "yes"}"#, "wrap is no yes or no"),
    ] {
      let message = try JSONValue(
        parsing: #"""
          {"type": "message", "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {"type": "AdaptiveCard", "version": "1.5", "body": [\#(element)]}}]}
          """#)
      let findings = VendorForms.teams(message)
      #expect(findings.contains { $0.contains(finding) }, "\(element): \(findings)")
    }
  }

  @Test func `what PagerDuty refuses is found`() throws {
    let payload = #""payload": {"summary": "s", "source": "x", "severity": "error"}"#
    for (members, finding) in [
      (#""event_action": "trigger""#, "no payload of what begins"),
      (#""event_action": "resolve""#, "no dedup_key of what is to end"),
      (#""event_action": "close", "dedup_key": "k""#, "'event_action' is none of"),
      (
        #""event_action": "trigger", "payload": {"summary": "s", "source": "x", "severity": "b"}"#,
        "'severity' is none of"
      ),
      (#""event_action": "trigger", "dedupe_key": "k", \#(payload)"#, "there is no 'dedupe_key'"),
    ] {
      let findings = VendorForms.pagerDuty(
        try JSONValue(parsing: #"{"routing_key": "r", \#(members)}"#))
      #expect(findings.count == 1 && findings[0].contains(finding), "\(members): \(findings)")
    }
  }
}
