package import Core

// YAML: files that people write, as trees whose every value knows where it stands.
//
// libyaml reads; `YAMLDocument` turns what it read into a `YAMLValue`, and `YAMLFile` is the door.
// A value is asked for what it should be, and the fault that it is something else names its line.
//
// Begin with `YAMLFile`. What the keys mean is not known here: Lakehouse reads job files.

/// One value of a YAML file, and its place, so that a fault about it can say where.
package struct YAMLValue: Sendable {
  /// What a value can be.
  enum Content: Sendable {
    /// A text; plain when it stands without quotes, and may then mean a null.
    case scalar(String, isPlain: Bool)
    case list([YAMLValue])
    case mapping([Member])
  }

  /// A key and what it names.
  struct Member: Sendable {
    var key: YAMLValue
    var value: YAMLValue
  }

  package let place: Place
  let content: Content

  /// The members of a mapping, in order; a null is an empty mapping.
  package func members() throws(Fault) -> [(key: String, value: YAMLValue)] {
    try placedMembers().map { ($0.key, $0.value) }
  }

  /// The members of a mapping whose keys must be among `allowed`.
  package func members(allowed: [String]) throws(Fault) -> [String: YAMLValue] {
    try members(of: KnownNames("a key here", allowed))
  }

  /// The members of a mapping whose keys `known` must contain.
  package func members(of known: KnownNames) throws(Fault) -> [String: YAMLValue] {
    var found: [String: YAMLValue] = [:]
    for (key, value, place) in try placedMembers() {
      try known.check(key, at: place)
      found[key] = value
    }
    return found
  }

  private func placedMembers() throws(Fault) -> [(key: String, value: YAMLValue, place: Place)] {
    if isNull { return [] }
    guard case .mapping(let mapping) = content else { throw wrong("a mapping") }
    var members: [(key: String, value: YAMLValue, place: Place)] = []
    for member in mapping {
      guard case .scalar(let name, _) = member.key.content else {
        throw wrong("a mapping with text keys")
      }
      guard !members.contains(where: { $0.key == name }) else {
        throw Fault(
          .configuration, at: member.key.place, "'\(name)' is given twice",
          remedy: "remove or rename one of the two")
      }
      members.append((name, member.value, member.key.place))
    }
    return members
  }

  /// The elements of a list.
  package func list() throws(Fault) -> [YAMLValue] {
    guard case .list(let elements) = content else { throw wrong("a list") }
    return elements
  }

  /// A text, a number or a word as it is written.
  package func text() throws(Fault) -> String {
    guard case .scalar(let text, _) = content else { throw wrong("a text") }
    return text
  }

  /// A list of texts; a single text counts as a list of one.
  package func texts() throws(Fault) -> [String] {
    if case .scalar(let text, _) = content { return [text] }
    var texts: [String] = []
    for value in try list() { texts.append(try value.text()) }
    return texts
  }

  /// A whole number.
  package func integer() throws(Fault) -> Int {
    guard let value = Int(try text()) else { throw wrong("a whole number") }
    return value
  }

  /// Whether there is nothing: no text, or a word for that without quotes.
  package var isNull: Bool {
    guard case .scalar(let text, let isPlain) = content else { return false }
    return text.isEmpty || isPlain && ["~", "null", "Null", "NULL"].contains(text)
  }

  /// Whether it has members.
  package var isMapping: Bool { if case .mapping = content { true } else { false } }

  /// The fault of a value that is not what its place asks for.
  package func wrong(_ expected: String) -> Fault {
    Fault(
      .configuration, at: place, "this is not \(expected)", remedy: "write \(expected) here")
  }
}
