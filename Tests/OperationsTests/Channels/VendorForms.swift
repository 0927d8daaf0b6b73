import Core
import JSON

/// What the services say of the payloads that they take, written down from their documentation.
///
///     Slack       Block Kit reference: header, section and context blocks, text objects
///     Teams       Adaptive Cards 1.5: AdaptiveCard, TextBlock, FactSet; incoming webhooks: 28 kB
///     PagerDuty   Events API v2: enqueue, alert events
///
/// Stricter than they are in one thing: a member that the documentation does not have is wrong, as
/// one that is misspelled would be ignored by the service. Each gives what is wrong: `path: what`.
enum VendorForms {
  static func slack(_ message: JSONValue) -> [String] {
    var form = FormCheck(message)
    form.members(["text", "blocks"], needed: ["text"])
    form.text("text", 1...40_000)
    form.each("blocks", 0...50) { block in
      switch block.word("type") {
      case "header":
        block.members(["type", "text", "block_id", "level"], needed: ["text"])
        block.within("text") { text(&$0, 1...150, ["plain_text"]) }
      case "section":
        block.members(["type", "text", "fields", "block_id", "accessory", "expand"], needed: [])
        block.need(block["text"] != nil || block["fields"] != nil, "neither text nor fields")
        block.within("text") { text(&$0, 1...3_000, ["plain_text", "mrkdwn"]) }
        block.each("fields", 1...10) { text(&$0, 1...2_000, ["plain_text", "mrkdwn"]) }
      case "context":
        block.members(["type", "elements", "block_id"], needed: ["elements"])
        block.each("elements", 1...10) { text(&$0, 1...3_000, ["plain_text", "mrkdwn"]) }
      default: block.need(false, "no block that is sent")
      }
    }
    return form.findings
  }

  private static func text(_ form: inout FormCheck, _ length: ClosedRange<Int>, _ kinds: [String]) {
    form.members(["type", "text", "emoji", "verbatim"], needed: ["type", "text"])
    form.choice("type", kinds)
    form.text("text", length)
    form.need(form["emoji"] == nil || form.word("type") == "plain_text", "emoji of no plain text")
    form.need(form["emoji"] == nil || form["emoji"]?.bool != nil, "emoji is no yes or no")
  }

  static func teams(_ message: JSONValue) -> [String] {
    var form = FormCheck(message)
    form.need(JSONWriter.bytes(message).count <= 28 * 1_024, "more than 28 kB")
    form.members(["type", "attachments", "summary"], needed: ["type", "attachments"])
    form.choice("type", ["message"])
    form.each("attachments", 1...1) { attachment in
      attachment.members(
        ["contentType", "contentUrl", "content"], needed: ["contentType", "content"])
      attachment.choice("contentType", ["application/vnd.microsoft.card.adaptive"])
      attachment.within("content", card)
    }
    return form.findings
  }

  private static func card(_ card: inout FormCheck) {
    // `msteams` is what Teams adds to cards.
    card.members(["$schema", "type", "version", "body", "msteams"], needed: ["type", "version"])
    card.choice("type", ["AdaptiveCard"])
    card.choice("version", ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"])
    card.within("msteams") { width in
      width.members(["width"], needed: [])
      width.choice("width", ["Full"])
    }
    card.each("body", 1...100) { element in
      if element.word("type") == "FactSet" {
        element.members(["type", "facts"], needed: ["facts"])
        element.each("facts", 1...100) { fact in
          fact.members(["title", "value"], needed: ["title", "value"])
          for name in ["title", "value"] { fact.text(name, 0...28_672) }
        }
        return
      }
      element.choice("type", ["TextBlock"])
      element.members(
        [
          "type", "text", "color", "fontType", "isSubtle", "size", "style", "weight", "wrap",
          "spacing",
        ], needed: ["text"])
      element.text("text", 0...28_672)
      for (name, words) in textWords where element[name] != nil { element.choice(name, words) }
      for name in ["isSubtle", "wrap"] {
        element.need(element[name] == nil || element[name]?.bool != nil, "\(name) is no yes or no")
      }
    }
  }

  private static let textWords = [
    "color": ["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"],
    "fontType": ["Default", "Monospace"],
    "size": ["Default", "Small", "Medium", "Large", "ExtraLarge"],
    "style": ["default", "heading"],
    "weight": ["Default", "Lighter", "Bolder"],
    "spacing": ["Default", "None", "Small", "Medium", "Large", "ExtraLarge", "Padding"],
  ]

  static func pagerDuty(_ event: JSONValue) -> [String] {
    var form = FormCheck(event)
    form.need(JSONWriter.bytes(event).count <= 512 << 10, "more than 512 kB")
    form.members(
      [
        "routing_key", "event_action", "dedup_key", "payload", "client", "client_url", "links",
        "images",
      ], needed: ["routing_key", "event_action"])
    form.text("routing_key", 1...1_000)
    form.choice("event_action", ["trigger", "acknowledge", "resolve"])
    form.text("dedup_key", 1...255)
    let isTrigger = form.word("event_action") == "trigger"
    form.need(isTrigger || form["dedup_key"] != nil, "no dedup_key of what is to end")
    form.need(!isTrigger || form["payload"] != nil, "no payload of what begins")
    form.text("client", 1...1_000)
    form.within("payload") { payload in
      payload.members(
        [
          "summary", "source", "severity", "timestamp", "component", "group", "class",
          "custom_details",
        ], needed: ["summary", "source", "severity"])
      payload.text("summary", 1...1_024)
      payload.text("source", 1...1_000)
      payload.choice("severity", ["critical", "error", "warning", "info"])
      let time = payload.word("timestamp")
      payload.need(
        time.isEmpty || Timestamp(zonedRFC3339Text: time[...]) != nil, "no time of ISO 8601")
      payload.need(
        payload["custom_details"] == nil || payload["custom_details"]?.object != nil,
        "details that are no object")
    }
    return form.findings
  }
}

/// A value that is held to a form, and what is wrong with it.
struct FormCheck {
  private(set) var findings: [String] = []
  private let value: JSONValue
  private let path: String

  init(_ value: JSONValue, at path: String = "$") {
    self.value = value
    self.path = path
  }

  subscript(name: String) -> JSONValue? { value[name] }

  mutating func need(_ holds: Bool, _ words: String) {
    if !holds { findings.append("\(path): \(words)") }
  }

  /// The text of a member; empty where there is none.
  func word(_ name: String) -> String { value[name]?.string ?? "" }

  mutating func members(_ known: Set<String>, needed: [String]) {
    guard let object = value.object else { return need(false, "no object") }
    for key in object.keys { need(known.contains(key), "there is no '\(key)'") }
    for name in needed { need(object[name] != nil, "'\(name)' is missing") }
  }

  mutating func choice(_ name: String, _ words: [String]) {
    need(words.contains(word(name)), "'\(name)' is none of \(words.joined(separator: ", "))")
  }

  /// A text of so many characters, where there is one.
  mutating func text(_ name: String, _ length: ClosedRange<Int>) {
    guard let member = value[name] else { return }
    guard let text = member.string else { return need(false, "'\(name)' is no text") }
    let count = text.unicodeScalars.count
    need(length.contains(count), "'\(name)' has \(count) characters")
  }

  mutating func within(_ name: String, _ body: (inout FormCheck) -> Void) {
    guard let member = value[name] else { return }
    var form = FormCheck(member, at: "\(path).\(name)")
    body(&form)
    findings += form.findings
  }

  mutating func each(
    _ name: String, _ count: ClosedRange<Int>, _ body: (inout FormCheck) -> Void
  ) {
    guard let member = value[name] else { return }
    guard let elements = member.array else { return need(false, "'\(name)' is no list") }
    need(count.contains(elements.count), "'\(name)' has \(elements.count) elements")
    for (index, element) in elements.enumerated() {
      var form = FormCheck(element, at: "\(path).\(name)[\(index)]")
      body(&form)
      findings += form.findings
    }
  }
}
