/// Which changes that are set aside otherwise fail a streaming table's run, so that nothing of them
/// is published.
package struct Strictness: Sendable {
  /// Changes without a key or a sequence.
  package var failsOnMissingKeys: Bool
  /// Changes of one key and sequence that say different things.
  package var failsOnTies: Bool

  package init(failsOnMissingKeys: Bool = false, failsOnTies: Bool = false) {
    self.failsOnMissingKeys = failsOnMissingKeys
    self.failsOnTies = failsOnTies
  }
}
