// Audit: what was done that somebody may be asked for later, in a record that cannot be changed
// unseen.
//
// Each entry holds the digest of the one before it, so that none can be changed, left out, doubled
// or moved without breaking the chain behind it. What is not recorded is not done: an act first
// tells of itself here, and is refused where that fails.
//
// Begin with `AuditLog`, which adds entries; `AuditRecord` draws a line of the record, `AuditCheck`
// goes through all of them. It knows nothing of tables or policies, and stands below whatever acts.

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

  /// What is known under `name`; nil where nothing is.
  package func detail(_ name: String) -> String? { details.last { $0.name == name }?.value }
}

extension AuditEntry {
  /// What the record tells of itself.
  enum OwnKind {
    /// A file is full, or is closed by hand: the next one begins with this.
    static let rotate = "audit.rotate"
    /// Bytes that are no entry were found at the end, or entries had gone from there.
    static let mend = "audit.mend"
  }
}
