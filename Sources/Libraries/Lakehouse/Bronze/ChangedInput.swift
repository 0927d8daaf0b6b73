package import Core

extension Fault {
  /// That a file of this name was taken before with other bytes: worth a look, for what it said
  /// then stays.
  package static func changedInput(_ name: String) -> Fault {
    Fault(
      .data, at: Place(name), "was taken before with other bytes; it is taken as a new file",
      remedy: "see that what was taken before is still meant")
  }
}
