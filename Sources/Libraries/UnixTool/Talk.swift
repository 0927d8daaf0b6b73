import Core

/// The form of messages on standard error.
package enum TalkFormat: String, CaseIterable, Sendable {
  case text
  case json
}

/// One message to a person, or to a program that collects messages.
struct Talk: Equatable {
  enum Level: String {
    case note
    case warning
    case error
  }

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

  /// `tool:place: text; remedy`, or the same as one JSON object; with the end of the line.
  func line(_ level: Level, tool: String, as format: TalkFormat, at time: Timestamp) -> String {
    switch format {
    case .text:
      let origin = place.map { "\(tool):\($0)" } ?? tool
      return "\(origin): \(text)\(remedy.map { "; \($0)" } ?? "")\n"
    case .json:
      var members: [(String, String)] = [
        ("time", time.description), ("level", level.rawValue), ("tool", tool),
      ]
      if let place { members.append(("place", place.description)) }
      members.append(("message", text))
      if let remedy { members.append(("remedy", remedy)) }
      let text = members.map { "\(jsonText($0.0)):\(jsonText($0.1))" }.joined(separator: ",")
      return "{\(text)}\n"
    }
  }
}

/// `text` as a JSON string.
private func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case _ where scalar.value < 0x20: result += "\\u" + hexText([0, UInt8(scalar.value)])
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
