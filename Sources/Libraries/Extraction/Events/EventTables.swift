import Core
import LakeJobs

/// A table that events tell of.
struct EventTable: Sendable {
  let table: ExtractedTable
  /// What the topics of its system begin with.
  let prefix: String
  /// How columns are written, where `sources.yml` says so.
  let forms: [String: ValueForm]

  /// `.configuration` when a type that `sources.yml` names is none.
  init(_ table: ExtractedTable, prefix: String) throws(Fault) {
    self.table = table
    self.prefix = prefix
    var forms: [String: ValueForm] = [:]
    for (column, type) in table.source.types {
      guard let form = ValueForm(declared: type) else {
        throw Fault(
          .configuration, at: table.source.place, "'\(type)' is no type of '\(column)'",
          remedy: "name one of Debezium's or Connect's, such as io.debezium.time.MicroTimestamp, "
            + "base64 or hex")
      }
      forms[column] = form
    }
    self.forms = forms
  }
}

/// The tables that events may tell of, by the names that events have for them.
struct EventTables: Sendable {
  /// A table's number among them.
  typealias Index = Int

  let tables: [EventTable]
  private let prefixes: Set<String>

  init(_ tables: [EventTable]) {
    self.tables = tables
    prefixes = Set(tables.map(\.prefix))
  }

  subscript(index: Index) -> EventTable { tables[index] }

  /// The table of the system of `prefix` that `parts` name, as database, schema and table: the one
  /// called by most of them. Without a prefix the only system is meant.
  func index(of parts: [String], prefix: String?) -> Index? {
    guard let prefix = prefix ?? (prefixes.count == 1 ? prefixes.first : nil) else { return nil }
    for start in parts.indices {
      let name = parts[start...].joined(separator: ".")
      let found = tables.firstIndex { $0.prefix == prefix && $0.table.source.name == name }
      if let found { return found }
    }
    return nil
  }

  /// The prefix and the names that a topic, or a schema's name, is made of.
  func parts(ofTopic topic: String) -> (prefix: String, parts: [String])? {
    let fitting = prefixes.filter { topic.hasPrefix($0 + ".") }
    guard let prefix = fitting.max(by: { $0.utf8.count < $1.utf8.count }) else { return nil }
    let rest = topic.dropFirst(prefix.count + 1)
    return (prefix, rest.split(separator: ".").map { String($0) })
  }
}
