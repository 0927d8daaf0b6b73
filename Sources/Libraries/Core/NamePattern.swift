/// A name, or many: `*` stands for any letters, as in `gold.*`.
package struct NamePattern: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// Whether `name` is one of them, letter case aside.
  package func matches(_ name: String) -> Bool {
    let parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    var rest = name.lowercased()[...]
    guard parts.count > 1 else { return rest == parts.first ?? "" }
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    let last = parts[parts.count - 1]
    return rest.count >= last.count && rest.hasSuffix(last)
  }
}
