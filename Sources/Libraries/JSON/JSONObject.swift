/// The members of a JSON object in the order they were written. Two of them may have one key: both
/// are kept, and the last is the one that counts.
package struct JSONObject: Hashable, Sendable {
  /// One key and its value.
  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Keys and values, in order.
  package private(set) var members: [Member]

  /// The object of `members`, in that order.
  package init(_ members: [(String, JSONValue)] = []) {
    self.members = members.map { Member(key: $0.0, value: $0.1) }
  }

  /// The object of `members`, in that order.
  package init(members: [Member]) { self.members = members }

  /// The object of `members` by sorted key.
  package init(_ members: [String: JSONValue]) {
    self.members = members.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: $0.value) }
  }

  /// How many members there are.
  package var count: Int { members.count }

  /// Whether there are no members.
  package var isEmpty: Bool { members.isEmpty }

  /// The members' keys, in order.
  package var keys: [String] { members.map(\.key) }

  /// The value of a key: set, it stays in its place or comes last; set to nil, the key goes.
  package subscript(key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let newValue else {
        members.removeAll { $0.key == key }
        return
      }
      if let index = members.lastIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        members.append(Member(key: key, value: newValue))
      }
    }
  }

  /// Values by key, for objects with many members.
  package var dictionary: [String: JSONValue] {
    Dictionary(members.map { ($0.key, $0.value) }) { _, last in last }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral, Sequence {
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  /// Key and value of each member, in order.
  package func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
    var rest = members.makeIterator()
    return AnyIterator { rest.next().map { (key: $0.key, value: $0.value) } }
  }
}
