import Core
import JSON

/// Commits as JSON lines.
enum LogLines {
  /// The actions in the lines of a commit file.
  static func actions(_ bytes: [UInt8], path: String) throws(Fault) -> [Action] {
    let place = Place(path)
    var actions: [Action] = []
    for value in try JSONReader().readLines(bytes, at: place) {
      if let action = try Action(value, at: place) { actions.append(action) }
    }
    return actions
  }

  /// The lines of a commit file that holds `actions`.
  static func bytes(_ actions: [Action]) -> [UInt8] {
    var writer = JSONWriter()
    for action in actions {
      writer.append(action.json)
      writer.endLine()
    }
    return writer.bytes
  }
}
