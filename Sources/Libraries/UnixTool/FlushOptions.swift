package import ArgumentParser
package import Core

/// How often a tool commits what a pipe brings.
package struct FlushOptions: ParsableArguments {
  @Option(
    name: .customLong("flush-every"),
    help: ArgumentHelp("commit what a pipe has brought so often", valueName: "TIME"))
  package var every: TimeSpan?

  @Option(
    name: .customLong("flush-rows"),
    help: ArgumentHelp("commit when a pipe has brought so many lines", valueName: "N"))
  package var rows: Int?

  package init() {}

  /// Whether any of it was said.
  package var isGiven: Bool { every != nil || rows != nil }

  package mutating func validate() throws {
    guard rows.map({ $0 > 0 }) ?? true else {
      throw ValidationError("'\(rows ?? 0)' is no number of rows; give one from 1")
    }
  }
}
