import Core
import JSON

/// What a call would touch, told without touching it: `--needs`.
///
/// Each tool gathers its own, from its call and from job files alone. Tables are those that job
/// files name; what lies below a path is not told apart.
package struct Needs: Sendable {
  /// What is done with it.
  package enum Access: String, Sendable {
    case read
    case write
    /// Held, so that others wait.
    case lock
    /// Spoken to over a network or a socket.
    case reach
    /// Started as a program of its own.
    case start
    /// A right that somebody else has to give.
    case hold
  }

  struct Need: Hashable {
    var access: Access
    var kind: String
    var name: String
  }

  private(set) var needs: [Need] = []

  package init() {}

  /// Adds a file, or a folder with all below it.
  package mutating func add(_ access: Access, path: String) { add(access, "path", path) }

  /// Adds a table of the lake or the warehouse.
  package mutating func add(_ access: Access, table: String) { add(access, "table", table) }

  /// Adds a server, as `HOST:PORT` or the path of its socket.
  package mutating func add(host: String) { add(.reach, "host", host) }

  /// Adds a program that is started.
  package mutating func add(program: String) { add(.start, "program", program) }

  /// Adds a right at a server of a database, as the statement that gives it.
  package mutating func add(grant statement: String) { add(.hold, "grant", statement) }

  /// Adds what is written: standard output for nil and `-`, else the file of that name.
  package mutating func add(output path: String?) {
    if let path, path != "-" { add(.write, path: path) }
  }

  private mutating func add(_ access: Access, _ kind: String, _ name: String) {
    let need = Need(access: access, kind: kind, name: name)
    if !needs.contains(need) { needs.append(need) }
  }

  /// A line for each, under names.
  var text: String {
    ([("access", "what", "name")] + needs.map { ($0.access.rawValue, $0.kind, $0.name) })
      .map { $0.padded(8) + $1.padded(9) + shown($2) + "\n" }.joined()
  }

  /// A JSON line for each.
  var jsonLines: String {
    needs.map { need in
      JSONWriter.text([
        "access": .string(need.access.rawValue), "what": .string(need.kind),
        "name": .string(need.name),
      ]) + "\n"
    }.joined()
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
