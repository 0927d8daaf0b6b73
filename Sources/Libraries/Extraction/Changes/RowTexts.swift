import Core
import Database

/// The values of a row as texts, in one buffer that serves row after row.
struct RowTexts {
  /// The texts, one behind the other.
  private(set) var bytes: [UInt8] = []
  /// Where each value's text lies in `bytes`; nil is NULL.
  private(set) var values: [Range<Int>?] = []

  /// Forgets the row, and keeps the room.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  mutating func appendNull() { values.append(nil) }

  mutating func append(_ text: some Sequence<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    values.append(start..<bytes.count)
  }

  /// Appends a value; nil is NULL.
  mutating func append(_ value: ArraySlice<UInt8>?) {
    if let value { append(Array(value)) } else { appendNull() }
  }

  /// The texts of all values.
  var all: [ArraySlice<UInt8>?] { values.map { $0.map { bytes[$0] } } }

  /// What tells a row apart whose key has these values.
  static func key(of values: [ArraySlice<UInt8>?]) -> [UInt8] {
    var key = RowImage()
    for value in values { key.append(value) }
    return key.bytes
  }

  /// What tells a row apart whose key has these values.
  static func key(of values: [[UInt8]?]) -> [UInt8] {
    key(of: values.map { $0.map { $0[...] } })
  }

  /// The text of a value; nil is NULL.
  subscript(index: Int) -> ArraySlice<UInt8>? { values[index].map { bytes[$0] } }
}
