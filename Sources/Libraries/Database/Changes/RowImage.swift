import Core

/// A source row as bytes: each value its text's length plus one (LEB128; 0 is NULL), then the text.
struct RowImage {
  private(set) var bytes: [UInt8] = []

  init() {}

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func appendNull() { bytes.append(0) }

  mutating func append(_ text: [UInt8]) {
    text.withTextBytes { append($0) }
  }

  mutating func append(_ text: TextBytes) {
    var length = text.count + 1
    while length >= 0x80 {
      bytes.append(UInt8(length & 0x7F) | 0x80)
      length >>= 7
    }
    bytes.append(UInt8(length))
    bytes.append(contentsOf: text)
  }

  /// The values: where each text lies in `bytes`, nil for NULL; nil for all when the bytes are
  /// torn.
  func values() -> [Range<Int>?]? {
    var values: [Range<Int>?] = []
    var position = 0
    while position < bytes.count {
      var length = 0
      var shift = 0
      var byte: UInt8
      repeat {
        guard position < bytes.count, shift < 56 else { return nil }
        byte = bytes[position]
        position += 1
        length |= Int(byte & 0x7F) << shift
        shift += 7
      } while byte & 0x80 != 0
      guard length > 0 else {
        values.append(nil)
        continue
      }
      guard position + length - 1 <= bytes.count else { return nil }
      values.append(position..<(position + length - 1))
      position += length - 1
    }
    return values
  }
}
