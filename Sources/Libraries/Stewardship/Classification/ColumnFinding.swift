/// What a column seems to hold: a label, how sure that is, and why.
package struct ColumnFinding: Sendable, Equatable {
  package var label: String
  /// From 0 to 1.
  package var confidence: Double
  /// By which rule, in words.
  package var rule: String
  /// Which share of the column's different values follows the rule.
  package var share: Double
  /// Some of these, as they are.
  var matches: [String]

  init(
    _ label: String, _ confidence: Double, _ rule: String, share: Double, matches: [String]
  ) {
    self.label = label
    self.confidence = confidence
    self.rule = rule
    self.share = share
    self.matches = matches
  }

  /// What a few of the values look like, unreadable.
  package var samples: [String] { matches.prefix(3).map(ValueMask.masked) }
}

extension [String] {
  /// The share of texts that `test` holds of, and those.
  func matching(_ test: (String) -> Bool) -> (share: Double, texts: [String]) {
    let found = filter(test)
    return (isEmpty ? 0 : Double(found.count) / Double(count), found)
  }
}
