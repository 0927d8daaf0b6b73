import CSimdjson
import Columnar

extension Column {
  /// A column of text in which bytes that are not UTF-8 have become U+FFFD.
  func repairingText() -> Column {
    guard case .bytes(let runs) = flattened().values else { return self }
    var repaired = ByteRuns()
    for row in 0..<count { repaired.append(String(decoding: runs[row], as: UTF8.self).utf8) }
    return Column(type, count: count, validity: validity, .bytes(repaired))
  }

  /// Whether all its text, and that of columns below, is UTF-8.
  var holdsOnlyText: Bool {
    switch values {
    case .bytes(let runs): type == .binary || runs.holdOnlyText
    case .dictionary(_, let dictionary): type == .binary || dictionary.values.holdOnlyText
    case .list(_, let elements): elements.holdsOnlyText
    case .structure(let members): members.allSatisfy(\.holdsOnlyText)
    default: true
    }
  }

  /// The same, with text repaired in columns below too.
  func repairingTexts() -> Column {
    switch values {
    case .bytes, .dictionary: type == .binary ? self : repairingText()
    case .list(let offsets, let elements):
      Column(
        type, count: count, validity: validity,
        .list(offsets: offsets, elements: elements.repairingTexts()))
    case .structure(let members):
      Column(
        type, count: count, validity: validity, .structure(members.map { $0.repairingTexts() }))
    default: self
    }
  }
}

extension ByteRuns {
  /// Whether each is UTF-8: all are together, and none begins within a character.
  fileprivate var holdOnlyText: Bool {
    bytes.isUTF8
      && offsets.allSatisfy { Int($0) == bytes.count || bytes[Int($0)] & 0xC0 != 0x80 }
  }
}

extension [UInt8] {
  /// Whether the bytes are UTF-8.
  var isUTF8: Bool {
    withUnsafeBufferPointer { medallion_json_is_utf8($0.baseAddress, $0.count) }
  }
}
