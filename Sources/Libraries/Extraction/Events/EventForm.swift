import Core
import JSON

/// What the schema of an event says: how its columns are written, and what it is called.
struct EventForm {
  let columns: [String: ValueForm]
  /// `shop.public.customers.Envelope`, or nil.
  let name: String?

  static let none = EventForm(columns: [:], name: nil)

  private init(columns: [String: ValueForm], name: String?) {
    self.columns = columns
    self.name = name
  }

  /// Reads the schema of an envelope, or of a row alone.
  init(schema: JSONValue) {
    var fields = schema["fields"]?.array ?? []
    // The row stands in the envelope twice, and looks the same each time.
    let row = fields.first { field in
      ["after", "before"].contains(field["field"]?.string) && field["fields"] != nil
    }
    if let row { fields = row["fields"]?.array ?? [] }
    var columns: [String: ValueForm] = [:]
    for field in fields {
      if let name = field["field"]?.string { columns[name] = ValueForm(schema: field) }
    }
    self.columns = columns
    name = schema["name"]?.string
  }
}

/// The schemas that events came with, so that each is read once: with a schema an event is mostly
/// schema, and all those of a table have the same.
final class EventForms {
  /// Schemas as bytes, the one that was met last first.
  private var known: [(bytes: [UInt8], form: EventForm)] = []
  private let reader: JSONReader

  /// So many tables write at a time, at most.
  private static let limit = 64
  private static let start = Array("{\"schema\":".utf8)
  private static let payload = Array(",\"payload\":".utf8)

  init(_ reader: JSONReader) { self.reader = reader }

  /// The event that `text` holds, without the schema that it came with, and that schema's form; a
  /// fault when it is not JSON.
  func read(_ text: [UInt8]) throws(Fault) -> (event: JSONValue, form: EventForm) {
    if let short = quickly(text) { return short }
    let value = try reader.read(text)
    guard value.object?.count == 2, let schema = value["schema"], let payload = value["payload"],
      schema.isNull || schema.object != nil
    else { return (value, .none) }
    let form = EventForm(schema: schema)
    remember(form, in: text)
    return (payload, form)
  }

  /// An event whose schema is known, read from behind it; nil for others.
  private func quickly(_ text: [UInt8]) -> (event: JSONValue, form: EventForm)? {
    guard text.starts(with: EventForms.start),
      let index = known.firstIndex(where: { text.starts(with: $0.bytes) })
    else { return nil }
    let found = known[index]
    let rest = text[found.bytes.count...]
    guard let end = rest.lastIndex(where: { !isBlank($0) }), rest[end] == UInt8(ascii: "}"),
      // What stands behind the payload makes it no JSON.
      let event = try? reader.read(rest[..<end])
    else { return nil }
    if index > 0 {
      known.remove(at: index)
      known.insert(found, at: 0)
    }
    return (event, found.form)
  }

  /// Remembers the schema that stands at the beginning of `text`.
  private func remember(_ form: EventForm, in text: [UInt8]) {
    guard text.starts(with: EventForms.start),
      let end = EventForms.end(ofObjectIn: text, from: EventForms.start.count),
      text[end...].starts(with: EventForms.payload)
    else { return }
    known.insert((Array(text[..<(end + EventForms.payload.count)]), form), at: 0)
    if known.count > EventForms.limit { known.removeLast() }
  }

  /// Where the object ends that begins at `start` of a text that is JSON.
  private static func end(ofObjectIn text: [UInt8], from start: Int) -> Int? {
    guard start < text.count, text[start] == UInt8(ascii: "{") else { return nil }
    var depth = 0
    var isText = false
    var index = start
    while index < text.count {
      let byte = text[index]
      index += 1
      if isText {
        if byte == UInt8(ascii: "\\") { index += 1 }
        if byte == UInt8(ascii: "\"") { isText = false }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
    }
    return nil
  }
}
