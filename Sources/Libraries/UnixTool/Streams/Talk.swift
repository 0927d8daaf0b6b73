import Core
import JSON

/// The form of messages on standard error.
package enum TalkFormat: String, CaseIterable, Sendable {
  case text
  case json
}

/// One message to a person, or to a program that collects messages.
struct Talk: Equatable {
  let place: Place?
  let text: String
  let remedy: String?

  init(_ text: String) {
    self.text = text
    place = nil
    remedy = nil
  }

  init(_ fault: Fault) {
    text = fault.problem
    place = fault.place
    remedy = fault.remedy
  }

  /// `tool:place: text; remedy`, or the same as one JSON object; with the end of the line. What a
  /// terminal would obey is spelled out, whatever it came from: nothing in a message can be taken
  /// for another. Passwords of addresses are left out.
  func line(
    _ level: TalkLevel, tool: String, run: RunID, as format: TalkFormat, at time: Timestamp
  ) -> String {
    switch format {
    case .text:
      let origin = place.map { "\(tool):\($0)" } ?? tool
      return shown(masked("\(origin): \(text)\(remedy.map { "; \($0)" } ?? "")")) + "\n"
    case .json:
      let members: [(String, String?)] = [
        ("time", time.description), ("level", level.rawValue), ("tool", tool),
        ("run_id", run.description), ("place", place?.description), ("message", text),
        ("remedy", remedy),
      ]
      let present = members.compactMap { key, value in value.map { (key, JSONValue(masked($0))) } }
      return shown(JSONWriter.text(.object(JSONObject(present)))) + "\n"
    }
  }
}
