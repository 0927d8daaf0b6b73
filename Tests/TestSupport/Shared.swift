/// Data shared by several projects that stands beside the checkout, if it is there.
package enum Shared {
  /// The folder beside the checkout that holds `data/` and `conformance/`.
  package static let root = "../shared"
}
