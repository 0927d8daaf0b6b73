// Audit: what was done that somebody may be asked for later, in a record that cannot be changed
// unseen.
//
// Each entry holds the digest of the one before it, so that none can be changed, left out, doubled
// or moved without breaking the chain behind it.

/// One act that the record tells of.
package struct AuditEntry: Sendable {
  /// What was done, in two words: `policy.apply`, `key.rotate`, `quarantine.replay`.
  package let kind: String
  /// To what: a table, a key, a role, a member.
  package let subject: String
  /// What else there is to know, by name.
  package let details: [(name: String, value: String)]

  package init(kind: String, subject: String, details: [(name: String, value: String)] = []) {
    self.kind = kind
    self.subject = subject
    self.details = details
  }
}
