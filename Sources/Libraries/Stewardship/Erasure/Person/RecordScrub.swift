import Core
import JSON

/// Takes a person out of a record that is text: a JSON object, or whatever else, in which only
/// values that tell the person are found.
struct RecordScrub: Sendable {
  private let person: Person
  private let roles: RowRoles
  private let scrub: ValueScrub
  /// The keys that are too short to be found in any text, between quotes or as numbers.
  private let short: ValueScrub

  init(_ person: Person, _ roles: RowRoles, _ scrub: ValueScrub) {
    self.person = person
    self.roles = roles
    self.scrub = scrub
    short = ValueScrub(
      person.allKeys.filter { !Person.isTelling($0) }.map { (value: $0, substitute: "") })
  }

  /// Whether a record may hold the person: what is not found here needs no closer look.
  func occurs(in bytes: ArraySlice<UInt8>) -> Bool {
    scrub.occurs(in: bytes) || short.occurs(in: bytes)
  }

  /// The record without the person; nil when it does not hold it.
  func scrubbed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard occurs(in: bytes) else { return nil }
    let start = bytes.first { $0 != UInt8(ascii: " ") }
    guard start == UInt8(ascii: "{") || start == UInt8(ascii: "["),
      let value = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
    else { return scrub.scrubbed(bytes)?.bytes }
    let after = scrubbed(value)
    return after == value ? nil : JSONWriter.bytes(after)
  }

  private func scrubbed(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text):
      // A text may be a record in its turn, as the line that a quarantined row came from.
      return scrubbed(Array(text.utf8)[...]).map { .string(String(decoding: $0, as: UTF8.self)) }
        ?? value
    case .array(let values): return .array(values.map(scrubbed))
    case .object(let object):
      let isOwned = object.members.contains { key($0.key, $0.value) != nil }
      return .object(
        JSONObject(
          object.members.map { member in
            if let substitute = key(member.key, member.value) { return (member.key, substitute) }
            let isTold = isOwned && roles.personal.contains(member.key.lowercased())
            return (member.key, isTold ? told(member.value) : scrubbed(member.value))
          }))
    default: return value
    }
  }

  /// What stands for a member that says something of the person.
  private func told(_ value: JSONValue) -> JSONValue {
    guard let text = value.string else { return .null }
    return .string(text.isEmpty ? "" : Person.substitute)
  }

  /// What stands for a member that holds a key of the person; nil for any other.
  private func key(_ name: String, _ value: JSONValue) -> JSONValue? {
    let name = name.lowercased()
    guard roles.keys.contains(name) else { return nil }
    if let text = value.string {
      return person.substitute(for: text, in: name).map { .string($0) }
    }
    if let number = value.number, let substitute = person.substitute(for: number, in: name) {
      return Int64(substitute) == nil ? .string(substitute) : .number(substitute)
    }
    return nil
  }
}
