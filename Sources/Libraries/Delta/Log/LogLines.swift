import Core
import JSON

/// Commits as JSON lines.
enum LogLines {
  /// The actions in the lines of a commit file; without those of files if these are passed over.
  static func actions(
    _ bytes: [UInt8], path: String, passingOverFiles: Bool = false
  ) throws(Fault) -> [Action] {
    let place = Place(path)
    let values = try JSONReader().readLines(bytes, at: place) { line in
      !(passingOverFiles && isOfFile(line))
    }
    var actions: [Action] = []
    for value in values {
      if let action = try Action(value, at: place) { actions.append(action) }
    }
    return actions
  }

  /// Whether a line is an action of a file, by its first letters, as writers spell it.
  private static func isOfFile(_ line: ArraySlice<UInt8>) -> Bool {
    fileActions.contains { line.starts(with: $0) }
  }

  private static let fileActions = ["add", "remove", "cdc"].map { Array("{\"\($0)\":".utf8) }

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
