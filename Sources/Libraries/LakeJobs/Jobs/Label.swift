import Core

/// What a column holds of people: a word, and how much it takes to show it.
package struct Label: Sendable, Hashable, Comparable {
  /// How much harm it does to be seen by the wrong people.
  package enum Sensitivity: String, CaseIterable, Sendable {
    /// To be seen by whoever works here.
    case `internal`
    /// Tells a person, or of one.
    case personal
    /// Enough for a fraud, or protected by laws of its own.
    case sensitive
  }

  package let name: String
  package let sensitivity: Sensitivity

  package init(_ name: String, _ sensitivity: Sensitivity) {
    self.name = name
    self.sensitivity = sensitivity
  }

  package static func < (left: Label, right: Label) -> Bool { left.name < right.name }

  /// What `labels.yml` says of a column that holds nothing of people.
  package static let none = "none"
  /// What a column of a labelled table holds until somebody has said it.
  package static let restricted = "restricted"

  /// The labels that every job folder has, in the order in which they are explained.
  package static let known: [Label] = [
    Label("email", .personal), Label("phone", .personal), Label("name", .personal),
    Label("address", .personal), Label("birth_date", .personal), Label("iban", .sensitive),
    Label("card", .sensitive), Label("national_id", .sensitive), Label("ip", .personal),
    Label("geo", .personal), Label("free_text", .personal),
  ]
}
