package import Core
import YAML

/// `sources.yml`: where data comes from.
package struct SourcesFile: Sendable {
  package var systems: [SourceSystem]
  package var landings: [Landing]

  /// A folder in which files land.
  package struct Landing: Sendable {
    /// The name of the system in bronze.
    package var name: String
    package var folder: String
    package var entity: String
    /// The tool that takes these files.
    package var tool: String
    /// Which links to files are files of the folder.
    package var links: Links
    package var place: Place
  }

  /// Which links in a landing folder are followed.
  package enum Links: String, Sendable {
    /// None: a link is what its maker chose, and may lead to any file of this machine.
    case refused
    /// Those that lead to a file in the folder or below it.
    case inside
  }

  /// Reads the file at `path`.
  package init(_ path: String, fileSystem: any FileSystem) throws(Fault) {
    let file = try YAMLFile(path, fileSystem: fileSystem)
    let root = try file.root.members(allowed: ["systems", "landing"])
    systems = []
    landings = []
    for (name, value) in try root["systems"]?.members() ?? [] {
      systems.append(try SourceSystem(name, value))
    }
    for (name, value) in try root["landing"]?.members() ?? [] {
      let keys = try value.members(allowed: ["folder", "entity", "tool", "links"])
      let tool = try Self.required("tool", keys, value)
      try Self.takers.check(try tool.text(), at: tool.place)
      let entity = try Self.required("entity", keys, value)
      try NameRule.check(folder: name, "a system's name", at: value.place)
      try NameRule.check(folder: try entity.text(), "an entity's name", at: entity.place)
      landings.append(
        Landing(
          name: name, folder: try Self.path(try Self.required("folder", keys, value)),
          entity: try entity.text(),
          tool: try tool.text(), links: try Self.links(keys["links"]), place: value.place))
    }
  }

  private static func links(_ value: YAMLValue?) throws(Fault) -> Links {
    guard let value else { return .refused }
    guard let links = Links(rawValue: try value.text()) else {
      throw Fault(
        .configuration, at: value.place, "'\(try value.text())' is no choice of links to follow",
        remedy: "write 'inside', or leave it out")
    }
    return links
  }

  /// Who takes files of a landing folder.
  private static let takers = KnownNames(
    "a tool that takes files",
    [ToolName.ingestPOS, .ingestFiles].map(\.rawValue))

  /// The path that a value names.
  static func path(_ value: YAMLValue) throws(Fault) -> String {
    try FileAddress.path(try value.text(), .configuration, at: value.place)
  }

  static func required(
    _ key: String, _ members: [String: YAMLValue], _ parent: YAMLValue
  ) throws(Fault) -> YAMLValue {
    guard let value = members[key] else {
      throw Fault(
        .configuration, at: parent.place, "'\(key)' is missing", remedy: "add '\(key):' here")
    }
    return value
  }
}
