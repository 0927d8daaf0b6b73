import Core
import JSON

/// What Debezium writes in place of a large value that did not change and is not in the source's
/// log: a word, in the form of the column's type. Such a value is not given, which is not NULL.
struct Placeholders: Sendable {
  /// The word where the connector was not told another.
  static let standard = "__debezium_unavailable_value"

  private let values: Set<JSONValue>
  private let lengths: Set<Int>

  /// Those that stand for any of `words`.
  init(_ words: [String]) {
    var values: Set<JSONValue> = []
    for word in words {
      let bytes = Array(word.utf8)
      let base64 = Radix64.text(bytes)
      let same: JSONValue = .object(JSONObject([(word, .string(word))]))
      let texts = [
        word, base64, base64.replacing("=", with: ""), hexText(bytes), JSONWriter.text(same),
      ]
      values.formUnion(texts.map { .string($0) })
      values.insert(same)
      values.insert(.array([.string(word)]))
      // Arrays of numbers hold the word's bytes.
      values.insert(.array(bytes.map { JSONValue($0) }))
    }
    self.values = values
    lengths = Set(values.compactMap { $0.string?.utf8.count })
  }

  /// Whether `value` stands for one that is not given.
  func contains(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): lengths.contains(text.utf8.count) && values.contains(value)
    case .array, .object: values.contains(value)
    default: false
    }
  }
}
