package import Core

/// A role: people who may see the same.
package struct AccessRole: Sendable {
  package let name: String
  /// The users who have it.
  package let members: [String]
  /// The roles whose rules count for it too.
  package let inherits: [String]
  package let place: Place
}
