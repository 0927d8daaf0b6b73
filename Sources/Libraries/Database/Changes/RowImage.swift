package import Core

/// A row as bytes: each value its text's length plus one (LEB128; 0 is NULL), then the text.
package struct RowImage: Equatable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The image of these texts, nil for NULL.
  init(of texts: [[UInt8]?]) {
    for text in texts { append(text.map { $0[...] }) }
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func appendNull() { bytes.append(0) }

  /// Appends a value; nil is NULL.
  package mutating func append(_ text: ArraySlice<UInt8>?) {
    if let text { text.withTextBytes { append($0) } } else { appendNull() }
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
  package func values() -> [Range<Int>?]? {
    var values: [Range<Int>?] = []
    var position = 0
    while position < bytes.count {
      guard let value = next(&position) else { return nil }
      values.append(value.text)
    }
    return values
  }

  /// Where the text of the value at `index` lies; nil when it is NULL or not there.
  func value(at index: Int) -> Range<Int>? {
    var position = 0
    for _ in 0..<index { if next(&position) == nil { return nil } }
    return next(&position)?.text
  }

  /// The value that begins at `position`, which moves behind it; nil when it is torn.
  private func next(_ position: inout Int) -> (text: Range<Int>?, Void)? {
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
    guard length > 0 else { return (nil, ()) }
    guard length - 1 <= bytes.count - position else { return nil }
    defer { position += length - 1 }
    return (position..<position + length - 1, ())
  }

  /// The texts of the values, nil for NULL; `.data` when there are not `count` of them.
  package func texts(_ count: Int) throws(Fault) -> [ArraySlice<UInt8>?] {
    guard let values = values(), values.count == count else {
      throw Fault(
        .data, "a remembered row is damaged",
        remedy: "remove the table's _state folder: it is made anew from bronze")
    }
    return values.map { $0.map { bytes[$0] } }
  }

  /// The values at `places`, NULL where there is none: what tells a row apart.
  func key(at places: [Int?]) -> [UInt8] {
    let values = values() ?? []
    var key = RowImage()
    for place in places {
      let range = place.flatMap { $0 < values.count ? values[$0] : nil }
      key.append(range.map { bytes[$0] })
    }
    return key.bytes
  }

  /// The values at `places` as people see them.
  func keyText(at places: [Int?]) -> String {
    let key = RowImage(key(at: places))
    return (key.values() ?? []).map { range in
      range.map { String(decoding: key.bytes[$0], as: UTF8.self) } ?? "NULL"
    }.joined(separator: ", ")
  }
}
