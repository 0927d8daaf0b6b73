/// The suite as a whole.
package enum Medallion {
  /// The version of all its tools and libraries: what `--version` says, and what commits and run
  /// events note of who made them.
  package static let version = "1.0.0"
}
