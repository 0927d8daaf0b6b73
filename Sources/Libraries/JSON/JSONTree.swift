import CSimdjson
import Core

/// Builds a value from its tokens, without recursion: depth is the text's, not the stack's.
struct JSONTree {
  /// An array or object of which some values are still to come.
  private struct Open {
    var isObject: Bool
    var missing: Int
    var key = ""
    var elements: [JSONValue] = []
    var members: [JSONObject.Member] = []

    mutating func append(_ value: JSONValue) {
      if isObject {
        members.append(JSONObject.Member(key: key, value: value))
      } else {
        elements.append(value)
      }
      missing -= 1
    }

    var value: JSONValue {
      isObject ? .object(JSONObject(members: members)) : .array(elements)
    }
  }

  let tokens: UnsafeBufferPointer<medallion_json_token>
  let bytes: TextBytes
  private var next = 0

  init(tokens: UnsafeBufferPointer<medallion_json_token>, bytes: TextBytes) {
    self.tokens = tokens
    self.bytes = bytes
  }

  /// The value of all tokens.
  mutating func build() -> JSONValue {
    var open: [Open] = []
    while true {
      if !open.isEmpty, open[open.count - 1].isObject {
        open[open.count - 1].key = text(of: take())
      }
      let token = take()
      let isObject = token.kind == MEDALLION_JSON_OBJECT.rawValue
      var value: JSONValue
      if isObject || token.kind == MEDALLION_JSON_ARRAY.rawValue {
        var container = Open(isObject: isObject, missing: Int(token.end))
        if container.missing > 0 {
          if isObject {
            container.members.reserveCapacity(container.missing)
          } else {
            container.elements.reserveCapacity(container.missing)
          }
          open.append(container)
          continue
        }
        value = container.value
      } else {
        value = scalar(token)
      }
      while !open.isEmpty {
        open[open.count - 1].append(value)
        if open[open.count - 1].missing > 0 { break }
        value = open.removeLast().value
      }
      if open.isEmpty { return value }
    }
  }

  private mutating func take() -> medallion_json_token {
    defer { next += 1 }
    return tokens[next]
  }

  private func scalar(_ token: medallion_json_token) -> JSONValue {
    switch token.kind {
    case MEDALLION_JSON_NULL.rawValue: .null
    case MEDALLION_JSON_TRUE.rawValue: .bool(true)
    case MEDALLION_JSON_FALSE.rawValue: .bool(false)
    case MEDALLION_JSON_NUMBER.rawValue: .number(text(of: token))
    default: .string(text(of: token))
    }
  }

  private func text(of token: medallion_json_token) -> String {
    let slice = TextBytes(rebasing: bytes[Int(token.start)..<Int(token.end)])
    guard token.kind == MEDALLION_JSON_ESCAPED_STRING.rawValue else {
      return String(decoding: slice, as: UTF8.self)
    }
    return String(unsafeUninitializedCapacity: slice.count) { output in
      medallion_json_unescape(slice.baseAddress, slice.count, output.baseAddress)
    }
  }
}
