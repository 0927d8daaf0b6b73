import Core
import YAML

/// Reads the roles of a policy file, and sees that they can be roles of a server too.
struct RoleReader {
  private(set) var roles: [AccessRole] = []

  /// What servers keep for themselves, or for what is made of a policy.
  private static let taken = ["public", "none", "current_user", "session_user", "current_role"]
  private static let takenBeginnings = ["pg_", "medallion_"]
  /// Servers cut longer names, and schemas are called by them.
  private static let longest = 50

  init(_ value: YAMLValue?) throws(Fault) {
    for (name, value) in try value?.members() ?? [] { roles.append(try Self.role(name, value)) }
    let known = KnownNames("a role", roles.map(\.name))
    for role in roles {
      for name in role.inherits { try known.check(name, at: role.place) }
      if let member = role.members.first(where: { name in roles.contains { $0.name == name } }) {
        throw Fault(
          .configuration, at: role.place, "the member '\(member)' is a role",
          remedy: "let '\(member)' inherit from '\(role.name)', or give one another name")
      }
    }
    for role in roles { try check(role, trail: []) }
  }

  private static func role(_ name: String, _ value: YAMLValue) throws(Fault) -> AccessRole {
    let keys = try value.members(allowed: ["members", "inherits"])
    try check(name: name, "a role's name", at: value.place)
    let members = try keys["members"]?.texts() ?? []
    for member in members { try check(name: member, "a member's name", at: value.place) }
    return AccessRole(
      name: name, members: members.withoutRepeats, inherits: try keys["inherits"]?.texts() ?? [],
      place: value.place)
  }

  private static func check(name: String, _ what: String, at place: Place) throws(Fault) {
    try NameRule.check(table: name, at: place)
    let lowered = name.lowercased()
    guard !taken.contains(lowered), !takenBeginnings.contains(where: lowered.hasPrefix),
      lowered == name, name.utf8.count <= longest
    else {
      throw Fault(
        .configuration, at: place, "'\(name)' cannot be \(what)",
        remedy: "use at most \(longest) small letters, and no word that servers have for their own")
    }
  }

  /// Throws where a role inherits from itself.
  private func check(_ role: AccessRole, trail: [String]) throws(Fault) {
    guard !trail.contains(role.name) else {
      throw Fault(
        .configuration, at: role.place,
        "the roles inherit from each other in a circle: "
          + (trail + [role.name]).joined(separator: " -> "), remedy: "break the circle")
    }
    for name in role.inherits {
      guard let next = roles.first(where: { $0.name == name }) else { continue }
      try check(next, trail: trail + [role.name])
    }
  }
}
