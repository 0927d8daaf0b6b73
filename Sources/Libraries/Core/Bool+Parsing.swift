extension Bool {
  /// The truth value in `text` by Spark's CAST: `true`, `t`, `yes`, `y`, `1` and `false`, `f`,
  /// `no`, `n`, `0`, in any letter case, spaces around it trimmed. Nil for other text.
  package init?(parsing text: TextBytes) {
    let bytes = text.trimmed
    if Bool.truths.contains(where: { bytes.equalsIgnoringCase($0) }) {
      self = true
    } else if Bool.falsehoods.contains(where: { bytes.equalsIgnoringCase($0) }) {
      self = false
    } else {
      return nil
    }
  }

  /// `init(parsing:)` for a slice of bytes.
  package init?(parsing text: ArraySlice<UInt8>) {
    guard let value = text.withTextBytes({ Bool(parsing: $0) }) else { return nil }
    self = value
  }

  /// `init(parsing:)` for a string.
  package init?(parsing text: String) {
    guard let value = text.withTextBytes({ Bool(parsing: $0) }) else { return nil }
    self = value
  }

  private static let truths: [StaticString] = ["true", "t", "yes", "y", "1"]
  private static let falsehoods: [StaticString] = ["false", "f", "no", "n", "0"]
}
