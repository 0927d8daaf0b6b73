import Core
import JSON
import Testing

@testable import Operations

/// What each receiver refuses is never sent to it, whatever stands in a message.
@Suite struct MessageFormTests {
  private static let signs = ["a", "&", "<", "\"", "\\", "é", "`", "\n", "]", "💶", "_", "\u{1}"]

  /// Messages from nothing to far too much, of signs that are spelled longer than they are.
  private static let messages: [AlertMessage] = [0, 1, 149, 151, 2_999, 3_001, 20_000].flatMap {
    length in
    signs.map { sign in
      let text = String(repeating: sign, count: length)
      return AlertMessage(
        id: SHA256.hex(of: "\(sign)\(length)"), .trigger, .error, title: text, detail: text,
        facts: (0..<12).map { .init("\(text)\($0)", text) },
        steps: (0..<9).map { .init("\(text)\($0)", text) }, source: text,
        since: Timestamp(microseconds: 0), at: Timestamp(microseconds: 3_600_000_000))
    }
  }

  @Test func `Slack is sent no text, field or message that is too long`() {
    for message in Self.messages {
      let json = SlackMessage(message).json
      #expect(JSONWriter.bytes(json).count < 10_000)
      let blocks = json["blocks"]?.array ?? []
      #expect(blocks.count <= 50)
      for block in blocks {
        #expect((block["fields"]?.array ?? []).count <= 10)
        let isHeader = block["type"]?.string == "header"
        let texts =
          [block["text"]].compactMap { $0 } + (block["fields"]?.array ?? [])
          + (block["elements"]?.array ?? [])
        for text in texts {
          let words = text["text"]?.string ?? ""
          #expect(words.unicodeScalars.count <= (isHeader ? 150 : 3_000))
        }
      }
    }
  }

  @Test func `Slack's signs name nobody`() {
    let message = AlertMessage(
      id: "1", .trigger, .error, title: "<!channel> & <@U1>", source: "s",
      since: Timestamp(microseconds: 0), at: Timestamp(microseconds: 0))
    #expect(
      SlackMessage(message).json["text"]?.string
        == "error: &lt;!channel&gt; &amp; &lt;@U1&gt;")
  }

  @Test func `a Teams card stays well below 28 kB`() {
    for message in Self.messages {
      #expect(JSONWriter.bytes(TeamsCard(message).json).count < 20_000)
    }
  }

  @Test func `PagerDuty's key is a digest, the same for all that is told of a problem`() {
    for message in Self.messages {
      let json = PagerDutyEvent(message, routingKey: "k").json
      #expect(json["dedup_key"]?.string == "medallion-\(message.id)")
      #expect((json["payload"]?["summary"]?.string ?? "").unicodeScalars.count <= 1_024)
      #expect(JSONWriter.bytes(json).count < 512 << 10)
      var end = message
      end.action = .resolve
      let resolved = PagerDutyEvent(end, routingKey: "k").json
      #expect(resolved["dedup_key"] == json["dedup_key"])
      #expect(resolved["event_action"]?.string == "resolve")
      #expect(resolved["payload"] == nil)
    }
  }

  @Test func `a message is what its JSON says`() {
    for message in Self.messages { #expect(AlertMessage(message.json) == message) }
  }

  @Test func `a length of time is said in its two greatest units`() {
    let spans: [(Int64, String)] = [
      (0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (600, "10 min"), (3_599, "59 min"),
      (7_500, "2 h 5 min"), (90_000, "1 d 1 h"),
    ]
    for (seconds, words) in spans { #expect(spanText(seconds: seconds) == words) }
  }

  @Test func `what is given to curl stands for itself`() throws {
    let request = try WebRequest(
      to: "https://example.com/a?sig=%2Bx\"", Array("{\"a\":\"\\n'@\"}".utf8), headers: ["X-A: b"])
    let settings = request.settings(patience: 5)
    #expect(settings.contains("url = \"https://example.com/a?sig=%2Bx\\\"\"\n"))
    #expect(settings.contains("data-binary = \"{\\\"a\\\":\\\"\\\\n'@\\\"}\"\n"))
    #expect(settings.split(separator: "\n").count == 12)
    for address in ["", "ftp://a", "https://a b", "https://a\nurl = \"http://b\"", "-K/etc/passwd"]
    {
      #expect(throws: Fault.self) { try WebRequest(to: address, []) }
    }
  }

  @Test func `a server's wish to wait is understood in both forms`() {
    let now = Timestamp(rfc3339Text: "2026-10-21T07:00:00Z") ?? Timestamp(microseconds: 0)
    let answers: [(String, WebAnswer)] = [
      ("body\nmore\n429 90", WebAnswer(status: 429, body: "body\nmore", retryAfter: 90)),
      (
        "\n503 Wed, 21 Oct 2026 07:28:00 GMT",
        WebAnswer(status: 503, body: "", retryAfter: 1_680)
      ),
      ("ok\n200 ", WebAnswer(status: 200, body: "ok")),
      ("ok\n500 soon", WebAnswer(status: 500, body: "ok")),
    ]
    for (text, answer) in answers {
      #expect(WebAnswer(curlOutput: text, now: now) == answer)
    }
    #expect(WebAnswer(curlOutput: "", now: now) == nil)
  }
}
