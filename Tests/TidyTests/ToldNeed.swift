import Core
import JSON

/// A thing that a tool says it would touch, in the form that all tools have for it.
struct ToldNeed: Hashable {
  let access: String
  let what: String
  let name: String

  /// Reads a line of `--needs --format json`, which has these three members in this order.
  init(_ line: Substring) throws {
    let members = try JSONValue(parsing: String(line)).object?.members ?? []
    guard members.map(\.key) == ["access", "what", "name"],
      let access = members[0].value.string, let what = members[1].value.string,
      let name = members[2].value.string
    else { throw Fault(.data, "'\(line)' is no need", remedy: "tell it by 'Needs'") }
    self.access = access
    self.what = what
    self.name = name
  }

  private static let accesses: [String: Set<String>] = [
    "path": ["read", "write", "lock"], "table": ["read", "write"], "host": ["reach"],
    "program": ["start"], "grant": ["hold"],
  ]

  /// Whether such a thing is touched in such a way, and has a name of its kind.
  var isWellFormed: Bool {
    guard Self.accesses[what]?.contains(access) == true, !name.isEmpty else { return false }
    switch what {
    // As job files call it: with the schema, or the system that it is at.
    case "table":
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    case "host": return name.hasPrefix("/") || name.hasPrefix("secret:") || hasPort
    // A path is told as it was given, a folder without the sign that it is one.
    case "path": return name == "/" || !name.hasSuffix("/")
    default: return true
    }
  }

  private var hasPort: Bool {
    guard let colon = name.lastIndex(of: ":") else { return false }
    return UInt16(name[name.index(after: colon)...]) != nil && colon != name.startIndex
  }

  /// The lines for people that tell the same.
  static func text(of needs: [ToldNeed]) -> String {
    ([("access", "what", "name")] + needs.map { ($0.access, $0.what, $0.name) }).map { row in
      [(row.0, 8), (row.1, 9)].map { word, width in
        word + String(repeating: " ", count: max(1, width - word.count))
      }.joined() + row.2 + "\n"
    }.joined()
  }
}
