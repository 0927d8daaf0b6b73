package import ArgumentParser

/// What a tool shows of the rows that it comes upon.
package struct SightOptions: ParsableArguments {
  @OptionGroup package var eyes: RoleOption

  @Flag(
    name: .customLong("show-labelled"),
    help: "also values of columns that bear labels, which hold something of people")
  package var showsLabelled = false

  package init() {}

  /// Whether columns that bear labels may be shown as they are.
  package var mayShowLabelled: Bool { showsLabelled || eyes.isGiven }

  package mutating func validate() throws {
    guard showsLabelled, eyes.role != nil || eyes.isPinned else { return }
    throw ValidationError("--show-labelled in a role, which decides what is shown; leave one out")
  }
}
