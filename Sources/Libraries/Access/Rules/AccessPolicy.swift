package import Core
import LakeJobs

/// Who may see what, as the policy file says: roles, what they are granted, what they are denied.
///
/// A role has its own grants and those of the roles that it inherits from; a user has those of all
/// roles whose member it is. Grants add rows, and columns that no other one speaks of. A mask is
/// lifted only by a grant that names the column or its label outright, and only for the rows of
/// that grant; what any grant hides stays hidden, and a denial counts more than all grants.
package struct AccessPolicy: Sendable {
  /// Where it stands.
  package let path: String
  /// The roles, sorted by name.
  package let roles: [AccessRole]
  package let grants: [AccessGrant]
  package let denials: [AccessDenial]
  /// How the columns of a label look where they are masked, unless a grant says otherwise.
  package let masks: [String: MaskForm]
  /// Who may enter the folders of the layers.
  package let folders: [LayerFolder]

  init(
    path: String, roles: [AccessRole], grants: [AccessGrant], denials: [AccessDenial],
    masks: [String: MaskForm], folders: [LayerFolder]
  ) {
    self.path = path
    self.roles = roles
    self.grants = grants
    self.denials = denials
    self.masks = masks
    self.folders = folders
  }

  /// The role called `name`.
  package func role(_ name: String) -> AccessRole? { roles.first { $0.name == name } }

  /// The members of all roles, sorted.
  package var users: [String] { Set(roles.flatMap(\.members)).sorted() }

  /// The roles whose rules count for `subject`, a role or a user, those that it inherits from
  /// among them, sorted; none for who is not in the file.
  package func roles(of subject: String) -> [String] {
    var waiting =
      role(subject) == nil
      ? roles.filter { $0.members.contains(subject) }.map(\.name) : [subject]
    var found: Set<String> = []
    while let next = waiting.popLast() {
      guard found.insert(next).inserted else { continue }
      waiting += role(next)?.inherits ?? []
    }
    return found.sorted()
  }

  /// Throws `.missing` when the file knows no role or user `name`.
  package func check(subject name: String) throws(Fault) {
    let known = roles.map(\.name) + users
    guard !known.contains(name) else { return }
    throw Fault(
      .missing, at: Place(path), "there is no role or member '\(name)'",
      remedy: Suggestion.remedy(
        for: name, among: known, otherwise: "use one of \(known.joined(separator: ", "))"))
  }
}
