import Core

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

  /// The text of a value; nil is NULL.
  subscript(index: Int) -> ArraySlice<UInt8>? { values[index].map { bytes[$0] } }
}
